"""A prediction comes back as it was kept, is kept only on request, and is never a traceback."""

import json
import os
import subprocess
import sys

import ipywidgets.widgets.widget as all_widgets
import pytest

from course_lib.cases import CaseA
from course_lib.practice import ballot
from course_lib.practice.ballot import DIAGNOSES, EFFECTS, Ballot
from course_lib.practice.ballot_widget import BallotBox
from tests.notebook_checker import SWEEP_SOURCE

VOTE = Ballot({2: "cures", 5: "nothing"}, culprit=2)
NO_PREDICTIONS = [
    b"",
    b"{",
    b"[]",
    b'{"ballot": 3}',
    b'{"ballot": {}}',
    b"null",
    b"7",
    b"\xff\xfe\x00",
    b'{"ballot": {"effects": {"2": "cures"}}}',
    b'{"ballot": {"effects": {"8": "cures"}, "culprit": 1}}',
    b'{"ballot": {"effects": {"x": "cures"}, "culprit": 1}}',
    b'{"ballot": {"effects": {"2": "heals"}, "culprit": 1}}',
    b'{"ballot": {"effects": {"2": ["cures"]}, "culprit": 1}}',
    b'{"ballot": {"effects": [], "culprit": 1}}',
    b'{"ballot": {"effects": {}, "culprit": 9}}',
    b'{"ballot": {"effects": {}, "culprit": true}}',
    b'{"ballot": {"effects": {}, "culprit": [1]}}',
    b"[" * 100_000,
]


@pytest.fixture
def file(tmp_path):
    return tmp_path / ".learner.json"


def test_the_diagnoses_are_the_seven_and_their_switches_exist():
    assert [diagnosis.number for diagnosis in DIAGNOSES] == list(range(1, 8))
    assert [diagnosis.switches for diagnosis in DIAGNOSES] == [
        {"filters": "he", "weights": "xavier"},
        {"pixels": "normalised"},
        {"batch_size": 32},
        {"batch_size": 256},
        {"learning_rate": 1e-5},
        {"loss": "log-softmax"},
        {"learning_rate": 1e-4, "batch_size": 32},
    ]
    for diagnosis in DIAGNOSES:
        assert CaseA(**diagnosis.switches) != CaseA()


@pytest.mark.parametrize("vote", [VOTE, Ballot({7: "helps"}), Ballot(culprit=0), Ballot({}, 7)])
def test_a_kept_ballot_comes_back(file, vote):
    assert ballot.load(file) is None
    assert str(file) in ballot.keep(vote, file)
    assert ballot.load(file) == vote
    assert os.listdir(file.parent) == [file.name]


def test_what_was_left_out_is_unsure():
    assert VOTE.effects == {
        1: "unsure",
        2: "cures",
        3: "unsure",
        4: "unsure",
        5: "nothing",
        6: "unsure",
        7: "unsure",
    }
    assert "2: this alone would cure it\n3: not sure" in str(VOTE)
    assert str(VOTE).endswith("main culprit: 2")
    assert str(Ballot(culprit=0)).endswith("main culprit: none of them")


@pytest.mark.parametrize(
    ("effects", "culprit"), [({8: "cures"}, None), ({1: "cure"}, None), ({}, 8), ({}, "2")]
)
def test_a_ballot_that_cannot_be_is_refused(effects, culprit):
    with pytest.raises(ValueError, match="choose one of unsure, cures|give a number from 0 to 7"):
        Ballot(effects, culprit)


def test_an_empty_ballot_is_not_written(file):
    assert Ballot().empty and not VOTE.empty and not Ballot(culprit=0).empty
    assert "Nothing was written" in ballot.keep(Ballot(), file)
    assert not file.exists()


def test_a_second_vote_replaces_the_first_and_says_so(file):
    assert "earlier" not in ballot.keep(VOTE, file)
    before = file.stat().st_mtime_ns
    assert "kept already" in ballot.keep(VOTE, file)
    assert file.stat().st_mtime_ns == before
    assert "in place of your earlier one" in ballot.keep(Ballot(culprit=4), file)
    assert ballot.load(file) == Ballot(culprit=4)


@pytest.mark.parametrize("content", NO_PREDICTIONS)
def test_a_file_that_is_no_prediction_is_one_sentence(file, content, capsys):
    file.write_bytes(content)
    assert ballot.load(file) is None
    said = capsys.readouterr().out
    assert said == (
        f"The file {file} holds no prediction of this course: vote again in notebook 00.\n"
    )
    assert said.strip() in BallotBox(file).message.value


def test_a_foreign_file_is_not_lost(file):
    file.write_text("my notes")
    assert f"{file}.other" in ballot.keep(VOTE, file)
    assert ballot.load(file) == VOTE
    assert file.with_name(".learner.json.other").read_text() == "my notes"


def test_where_nothing_can_be_written_the_learner_is_asked_to_note_it(tmp_path):
    missing = tmp_path / "nowhere" / ".learner.json"
    said = ballot.keep(VOTE, missing)
    assert "could not be kept" in said and "note it by hand" in said and str(VOTE) in said


def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path, capsys):
    assert ballot.load(tmp_path) is None
    assert capsys.readouterr().out.startswith(f"The file {tmp_path} cannot be read (")
    assert "cannot be read" in BallotBox(tmp_path).message.value
    assert "note it by hand" in ballot.keep(VOTE, tmp_path)


def test_writing_that_fails_leaves_the_earlier_vote(file, monkeypatch):
    ballot.keep(VOTE, file)

    def full(*paths):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    assert "No space left on device" in ballot.keep(Ballot(culprit=4), file)
    assert ballot.load(file) == VOTE
    assert os.listdir(file.parent) == [file.name]


def test_the_module_needs_neither_widgets_nor_pictures():
    code = (
        "import sys, course_lib.practice.ballot; "
        "print(*{'matplotlib', 'ipywidgets'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == []


def test_the_box_offers_every_answer_and_keeps_it_when_the_button_is_pressed(file):
    box = BallotBox(file)
    assert box.prediction == Ballot()
    for control in box.effects.values():
        assert [label for label, _ in control.options] == list(EFFECTS.values())
    box.effects[2].value, box.effects[5].value, box.culprit.value = "cures", "nothing", 2
    assert not file.exists()
    box.button.click()
    assert json.loads(file.read_text())["ballot"]["culprit"] == 2
    assert ballot.load(file) == VOTE
    assert "Your prediction is kept" in box.message.value


def test_the_box_begins_with_the_kept_vote(file):
    ballot.keep(VOTE, file)
    box = BallotBox(file)
    assert box.prediction == VOTE
    assert "you kept" in box.message.value


def test_the_box_shows_no_markup_from_a_message(file):
    box = BallotBox(file)
    box.say("<b>\nnext")
    assert "&lt;b&gt;<br>next" in box.message.value


def test_without_a_kernel_the_diagnoses_are_a_list(file):
    fresh = BallotBox(file)._repr_mimebundle_()
    ballot.keep(VOTE, file)
    kept = BallotBox(file)._repr_mimebundle_()
    for kind in ("text/plain", "text/markdown"):
        assert fresh[kind] == kept[kind]
        assert all(diagnosis.advice in fresh[kind] for diagnosis in DIAGNOSES)
    assert "2. **The inputs are not normalised.** " in fresh["text/markdown"]


@pytest.mark.parametrize("earlier", [None, VOTE])
def test_moving_every_control_writes_nothing(file, earlier, monkeypatch):
    if earlier:
        ballot.keep(earlier, file)
    before = file.read_bytes() if earlier else None
    others = set(all_widgets._instances)
    box = BallotBox(file)
    own = {key: one for key, one in all_widgets._instances.items() if key not in others}
    assert box.button in own.values()
    monkeypatch.setattr(all_widgets, "_instances", own)
    moved = []
    box.effects[3].observe(lambda change: moved.append(change["new"]), names="value")
    exec(SWEEP_SOURCE, {})
    assert set(moved) == set(EFFECTS)
    assert box.message.value.endswith("Nothing was written.</span>")
    assert (file.read_bytes() if file.exists() else None) == before
