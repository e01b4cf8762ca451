"""What holds for every explorer that the page draws: settings, numbers, words, still, and page."""

import json
import os
import re
import shutil
import subprocess

import numpy as np
import pytest

from course_lib.figures import of_this_cell
from course_lib.figures.description import describe
from course_lib.figures.page_explorer import PageExplorer
from tests.figures.page_explorers import EXPLORERS

NODE = shutil.which("node")
MAKE = pytest.mark.parametrize("make", EXPLORERS.values(), ids=EXPLORERS)


def draws(explorer, count):
    """`count` random settings of an explorer."""
    rng = np.random.default_rng(0)
    places = {name: explorer.places(name) for name in explorer.setting_names}
    return [
        {name: values[rng.integers(len(values))] for name, values in places.items()}
        for _ in range(count)
    ]


def put(explorer, settings):
    with explorer.hold_trait_notifications():
        for name, value in settings.items():
            setattr(explorer, name, value)


@MAKE
def test_settings_have_ranges_and_every_place_gives_numbers_that_json_can_hold(make):
    explorer = make()
    for name, first in explorer.settings.items():
        assert len(explorer.places(name)) > 1
        for value in explorer.places(name):
            setattr(explorer, name, value)
            json.dumps(explorer.numbers, allow_nan=False)
        setattr(explorer, name, first)


@MAKE
def test_controls_name_settings_and_stay_in_their_ranges(make):
    explorer = make()
    grouped = [control.get("controls", [control]) for control in explorer.controls]
    for control in sum(grouped, []):
        changes = [control["settings"]] if control["kind"] == "start" else []
        if control["kind"] in ("slider", "play"):
            changes = [{control["name"]: control[end]} for end in ("low", "high")]
        elif "values" in control:
            changes = [{control["name"]: value} for value in control["values"]]
        elif control["kind"] == "toggle":
            changes = [{control["name"]: True}]
        assert changes, control
        for settings in changes:
            assert set(settings) <= set(explorer.setting_names)
            put(explorer, settings)  # which raises for a value out of range


@MAKE
def test_words_are_one_or_two_sentences_and_change_with_the_settings(make):
    explorer, words = make(), set()
    for settings in draws(explorer, 20):
        put(explorer, settings)
        words.add(explorer.numbers["words"])
        assert 20 < len(explorer.numbers["words"]) < 300
        assert explorer.numbers["words"][0].isupper() and explorer.numbers["words"][-1] in ".?"
    assert len(words) > 3


@MAKE
def test_stored_output_has_the_still_its_words_and_the_live_view(make):
    explorer = make()
    data, metadata = explorer._repr_mimebundle_()
    assert set(data) == {"image/png", "text/plain", "application/vnd.jupyter.widget-view+json"}
    assert metadata["image/png"]["alt"] == explorer.numbers["words"]
    assert data["text/plain"].startswith(explorer.numbers["words"])


@MAKE
def test_still_can_be_drawn_with_any_settings(make):
    explorer = make()
    for settings in draws(explorer, 5):
        put(explorer, settings)
        assert describe(explorer.still())


@MAKE
def test_a_message_of_several_settings_is_answered_once(make):
    explorer = make()
    before = explorer.numbers["turn"]
    explorer.set_state(draws(explorer, 1)[0])
    assert explorer.numbers["turn"] == before + 1


@MAKE
def test_an_error_is_answered_too_so_that_the_page_does_not_wait(make, monkeypatch):
    explorer = make()
    before = explorer.numbers["turn"]

    def fail():
        raise ValueError("there is no such layer")

    monkeypatch.setattr(explorer, "compute", fail)
    with pytest.raises(ValueError, match="no such layer"):
        explorer.set_state(draws(explorer, 1)[0])
    assert explorer.sent_each_time["turn"] == before + 1
    assert "there is no such layer" in explorer.sent_each_time["words"]


@MAKE
def test_what_is_large_is_not_sent_again_when_it_has_not_changed(make):
    explorer = make()
    explorer.answer()
    assert len(json.dumps(explorer.sent_each_time)) < 30_000
    assert {**explorer.sent_once, **explorer.sent_each_time} == explorer.numbers
    sent = []
    explorer.observe(lambda change: sent.append(change.name), names=["sent_once", "sent_each_time"])
    explorer.answer()
    assert sent == ["sent_each_time"]


@MAKE
def test_page_is_safe_and_reachable(make):
    """No markup made of text, no inline handler, nothing from outside; keys of its own."""
    source = make()._esm
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|\bon\w+\s*=\s*[\"']", source)
    assert not re.search(r"https?://(?!www\.w3\.org)|\bimport\b|\beval\b", source)
    assert "data-lm-suppress-shortcuts" in source


RUN = """
const {compute} = await import(process.argv[2]);
let text = '';
for await (const part of process.stdin) text += part;
const {cases} = JSON.parse(text);
console.log(JSON.stringify(cases.map(([settings, sent]) => compute(settings, sent))));
"""


@pytest.mark.parametrize("name", [name for name in EXPLORERS if EXPLORERS[name]().computed_in_page])
def test_page_computes_what_python_does(name, tmp_path):
    if NODE is None and not os.environ.get("CI"):
        pytest.skip("Node is not installed: the page's computation is not compared")
    explorer = EXPLORERS[name]()
    cases, expected = [], []
    for settings in draws(explorer, 100):
        put(explorer, settings)
        cases.append([explorer.settings, explorer.numbers])
        expected.append(explorer.numbers)
    module, run = tmp_path / "explorer.mjs", tmp_path / "run.mjs"
    module.write_text(explorer._esm, encoding="utf-8")
    run.write_text(RUN, encoding="utf-8")
    done = subprocess.run(
        [NODE, run, module.as_uri()],
        input=json.dumps({"cases": cases}),
        capture_output=True,
        text=True,
        check=True,
    )
    for computed, numbers, (settings, _) in zip(
        json.loads(done.stdout), expected, cases, strict=True
    ):
        common = set(computed) & set(numbers)
        assert "words" in common and len(common) > 2
        for part in common:
            assert_same(computed[part], numbers[part], f"{part} of {settings}")


def assert_same(one, other, what):
    """Numbers agree to the last digits, all else exactly. The page may leave out (null)."""
    if isinstance(other, list):
        assert len(one) == len(other), what
        for part, another in zip(one, other, strict=True):
            assert_same(part, another, what)
    elif isinstance(other, (int, float)) and not isinstance(other, bool):
        assert one is None or np.isclose(one, other, rtol=1e-9, atol=1e-12), what
    else:
        assert one == other, what


def test_a_cell_that_runs_again_lets_go_of_what_it_showed(monkeypatch):
    class Shown:
        open = True

        def close(self):
            self.open = False

    runs = iter([("a", 1), ("a", 1), ("b", 2), ("a", 3)])  # cell, run
    made = [Shown() for _ in range(4)]
    for explorer in made:
        cell, run = next(runs)
        parent = {"metadata": {"cellId": cell}, "header": {"msg_id": run}}
        monkeypatch.setattr(of_this_cell, "running", lambda parent=parent: parent)
        of_this_cell.keep(explorer)
    assert [explorer.open for explorer in made] == [False, False, True, True]


def test_an_explorer_says_what_a_subclass_must_have():
    with pytest.raises(NotImplementedError):
        PageExplorer()
