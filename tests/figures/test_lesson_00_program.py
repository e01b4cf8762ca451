"""The student's program is shown as it runs, each part under its layer and its switches."""

import inspect

import pytest

from course_lib.cases import CaseA, posted_program
from course_lib.figures.lesson_00_program import FOUND_OUT_LATER, Listing


@pytest.mark.parametrize("part", posted_program.PARTS, ids=lambda part: part.__name__)
def test_every_part_is_shown_with_its_layer_and_its_switches(part):
    layer, switches = posted_program.PARTS[part]
    for shown in (repr(Listing(part)), Listing(part)._repr_markdown_()):
        heading, code = shown.split("\n", 1)
        assert layer in heading and inspect.getsource(part).strip() in code
        for name in switches:
            value = "…" if name in FOUND_OUT_LATER else repr(getattr(CaseA(), name))
            assert f"{name}={value}" in heading
        assert ("switch" in heading) == bool(switches)


def test_several_parts_are_shown_one_after_the_other_as_code():
    shown = Listing(posted_program.relu, posted_program.softmax)._repr_markdown_()
    names = [block.split("(")[0] for block in shown.split("```python\ndef ")[1:]]
    assert names == ["relu", "softmax"] and shown.startswith("layer: **ReLU**")
