"""Every break of tests/breaks.py still finds its place; the command itself takes half an hour."""

from pathlib import Path

import pytest

from tests.breaks import BREAKS, ROOT


@pytest.mark.parametrize("one", BREAKS, ids=lambda one: f"{one.room}: {one.name}")
def test_a_break_finds_its_place(one):
    source = Path(ROOT, "course_lib", one.file).read_text(encoding="utf-8")
    assert source.count(one.old) == 1
    if one.file.endswith(".py"):
        compile(source.replace(one.old, one.new), one.file, "exec")


def test_breaks_have_names_of_their_own_in_every_room():
    assert len({one.name for one in BREAKS}) == len(BREAKS) >= 60
    rooms = "datasets nn diagnostics cases figures practice classroom commands"
    assert {one.room for one in BREAKS} == set(rooms.split())
