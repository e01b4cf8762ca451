"""The live trial trains as the verdict does, in slices, and answers between them."""

import asyncio
import json
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from course_lib import datasets
from course_lib.cases import CaseA, trial
from course_lib.figures import lesson_07_trial as live
from course_lib.figures.lesson_07_trial import LiveTrial
from tests.figures.page_explorers import noise
from tests.notebooks.live_kernel import LiveKernel

ROOT = Path(__file__).parents[2]
IMPORTS = """
from course_lib.figures.lesson_07_trial import LiveTrial
from tests.figures.page_explorers import noise
"""


@pytest.fixture(scope="module")
def dataset():
    return datasets.load("pictograms")


def present(explorer):
    return explorer.numbers["runs"][-1]


@pytest.mark.parametrize(
    "settings",
    [
        live.POSTED,
        {**live.REPAIRED, "learning_rate": 0.03},
        {**live.POSTED, "pixels": "normalised"},
    ],
)
def test_a_run_in_slices_is_the_run_of_the_case(dataset, settings):
    explorer = LiveTrial(dataset, images=300, **settings)
    explorer.begin()
    while explorer.doing != "finished":
        explorer.advance(7)
    sample = replace(
        dataset, test_images=dataset.test_images[:1000], test_labels=dataset.test_labels[:1000]
    )
    expected, record = live.case(settings).run(sample, images=300), explorer.run.record
    assert record.loss[: len(expected.loss)] == expected.loss  # which may have ended when frozen
    assert record.active[: len(expected.active)] == expected.active
    assert (record.accuracy, record.died_at) == (expected.accuracy, expected.died_at)
    assert present(explorer)["fate"] == trial.state([expected])


def test_settings_make_the_case_that_they_name():
    assert live.case(live.POSTED) == CaseA(dtype="float32")
    assert live.case(live.REPAIRED) == CaseA.repaired(dtype="float32")
    assert live.label(live.POSTED) == "as posted"
    assert live.label(live.EXPERIMENTS["only normalised"]) == "normalised"
    assert (
        live.label(live.EXPERIMENTS["all repaired but the learning rate"])
        == "all repaired but learning rate 0.001"
    )
    expected = "batch size 32, linear bias"
    assert live.label({**live.POSTED, "batch_size": 32, "bias": True}) == expected


def test_every_box_repairs_what_its_frame_counts():
    explorer = LiveTrial(noise())
    framed = next(each for each in explorer.controls if each.get("look") == "framed")
    assert len(framed["settings"]) == 8
    assert {each["name"] for each in framed["controls"]} == set(framed["settings"])
    rate_and_batch = {"learning_rate": 0.01, "batch_size": 64}
    assert live.case(framed["settings"] | rate_and_batch) == CaseA.repaired(dtype="float32")


@pytest.mark.parametrize("batch_size", [1, 64])
def test_curves_are_means_and_the_accuracy_of_the_last_500_images(batch_size):
    rng = np.random.default_rng(0)
    explorer = LiveTrial(noise(), batch_size=batch_size)
    explorer.begin()
    run, steps = explorer.run, -(-3000 // batch_size)
    run.seen = [batch_size * (step + 1) for step in range(steps)]
    run.record.loss, run.record.active = rng.random((2, steps)).tolist()
    run.right = rng.integers(0, batch_size + 1, steps).tolist()
    explorer.answer()
    curves, ends = present(explorer), present(explorer)["images"]
    assert ends[:3] == run.seen[:3] and ends[-1] == run.seen[-1] and len(ends) < 300
    for begin, end, loss, active, accuracy in zip(
        [0, *ends[:-1]], ends, curves["loss"], curves["active"], curves["accuracy"], strict=True
    ):
        steps = slice(begin // batch_size, end // batch_size)
        assert loss == pytest.approx(np.mean(run.record.loss[steps]), rel=1e-3)
        assert active == pytest.approx(100 * np.mean(run.record.active[steps]), rel=1e-3)
        recent = run.right[: steps.stop][-(500 // batch_size) :]
        if len(recent) * batch_size < 50:
            assert accuracy is None
        else:
            share = np.sum(recent) / (len(recent) * batch_size)
            assert accuracy == pytest.approx(100 * share, rel=1e-3)


def test_four_whole_runs_make_a_short_message():
    explorer = LiveTrial(noise())
    for _ in range(6):
        explorer.begin()
        run, many = explorer.run, 5000
        run.seen, run.right = list(range(1, many + 1)), [1] * many
        run.record.loss, run.record.active = [np.pi] * many, [1 / 3] * many
        run.record.seen = many
    explorer.answer()
    assert len(explorer.numbers["runs"]) == 4
    assert len(json.dumps(explorer.numbers)) < 30_000


def test_a_moved_setting_trains_nothing_and_names_the_next_run():
    explorer = LiveTrial(noise(), images=300)
    explorer.pixels = "normalised"
    assert explorer.run is None and "normalised" in explorer.numbers["words"]
    explorer.begin()
    explorer.advance(20)
    run, steps = explorer.run, len(explorer.run.seen)
    explorer.batch_size = 64
    assert (
        explorer.run is run
        and len(run.seen) == steps
        and present(explorer)["label"] == "normalised, 300 images"
    )
    assert explorer.numbers["words"].endswith("Next: normalised, batch size 64, 300 images.")


def test_runs_keep_their_numbers_and_the_words_tell_the_fate_of_each(dataset):
    explorer = LiveTrial(dataset, images=300)
    explorer.train()
    explorer.begin()  # which another replaces before its first step
    explorer.train(pixels="normalised", first_weights=True, momentum=True)
    assert [run["name"] for run in explorer.numbers["runs"]] == ["run 1", "run 2"]
    words = "Run 2 has ended: run 1 is dead, run 2 lives. Next: as posted, 300 images."
    assert explorer.numbers["words"] == words
    for _ in range(4):
        explorer.begin()
        explorer.advance(2)
    assert [run["name"] for run in explorer.numbers["runs"]] == [f"run {i}" for i in range(3, 7)]
    explorer.press("clear")
    explorer.begin()
    assert present(explorer)["name"] == "run 1" and present(explorer)["test"] is None


def test_the_still_says_what_is_beyond_the_axis(dataset):
    explorer = LiveTrial(dataset, images=300)
    explorer.train()
    panel = explorer.still().axes[0]
    named = {line.get_label(): line for line in panel.lines}
    image, loss = present(explorer)["peak"]
    assert loss > 5 and image in named["run 1, beyond"].get_xdata()
    assert f"run 1: {loss:,.5g} at image {image}" in [text.get_text() for text in panel.texts]
    assert max(named["run 1"].get_ydata()) == pytest.approx(loss, rel=1e-3)


def test_numbers_that_overflow_end_the_run():
    explorer = LiveTrial(noise(), images=300, learning_rate=0.1, momentum=True, first_weights=True)
    explorer.begin()
    explorer.run.record.gradients["conv weight"] = [np.inf]
    explorer.run.advance(1)
    explorer.run.record.loss[-1] = np.inf
    explorer.advance()
    json.dumps(explorer.numbers, allow_nan=False)
    assert "numbers overflowed" in present(explorer)["outcome"]
    assert explorer.numbers["words"] == "Run 1 has ended: it is dead."
    panel = explorer.still().axes[1]  # too short for an accuracy, but tested
    assert [line.get_label() for line in panel.lines] == ["guessing", "run 1, test"]
    assert len(explorer.run.seen) == 1


# On an event loop, as in the kernel


async def until(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


def on_a_loop(play):
    explorer = LiveTrial(noise(), images=2500, pixels="normalised")

    async def played():
        await play(explorer)
        explorer.close()

    asyncio.run(played())


def tasks():
    return len(asyncio.all_tasks()) - 1  # beside the test's own


def test_buttons_train_pause_go_on_and_stop():
    async def play(explorer):
        explorer.pressed = {"button": "train", "time": 1}
        assert explorer.doing == "training" and tasks() == 1
        await until(lambda: present(explorer)["images"][-1:] > [5])
        explorer.pressed = {"button": "pause", "time": 2}
        await asyncio.sleep(0)
        paused = list(explorer.run.seen)
        assert "Run 1, paused at image" in explorer.numbers["words"] and tasks() == 0
        await asyncio.sleep(0.2)
        assert explorer.run.seen == paused
        explorer.press("go on")
        explorer.press("go on")
        await until(lambda: len(explorer.run.seen) > len(paused) + 5)
        assert tasks() == 1
        explorer.press("stop")
        await asyncio.sleep(0)
        assert "Run 1, stopped at image" in explorer.numbers["words"] and tasks() == 0
        explorer.press("go on")
        assert explorer.doing == "stopped"

    on_a_loop(play)


def test_a_second_run_begins_beside_the_first_and_only_one_trains():
    async def play(explorer):
        explorer.press("train")
        await until(lambda: len(explorer.run.seen) > 5)
        explorer.batch_size = 64
        explorer.press("train")
        await until(lambda: explorer.run.seen)
        assert tasks() == 1
        explorer.answer()
        first, second = explorer.numbers["runs"]
        assert [run["name"] for run in (first, second)] == ["run 1", "run 2"]
        assert first["label"] == "normalised, 2,500 images"
        assert second["label"] == "normalised, batch size 64, 2,500 images"
        assert first["outcome"].startswith("stopped at image")
        explorer.press("clear")
        await asyncio.sleep(0)
        assert explorer.numbers["runs"] == [] and tasks() == 0

    on_a_loop(play)


def test_a_closed_explorer_trains_no_longer():
    async def play(explorer):
        explorer.press("train")
        await until(lambda: explorer.run.seen)
        explorer.close()
        await asyncio.sleep(0)
        assert tasks() == 0

    on_a_loop(play)


def test_a_run_ends_with_its_fate_and_few_messages():
    async def play(explorer):
        turn, begun = explorer.numbers["turn"], time.monotonic()
        explorer.press("train")
        await until(lambda: explorer.doing == "finished" and tasks() == 0)
        assert explorer.numbers["turn"] - turn < 10 * (time.monotonic() - begun) + 5
        assert explorer.numbers["words"].startswith("Run 1 has ended: it ")
        shown = present(explorer)
        assert shown["outcome"].endswith(f"test accuracy {shown['test']:.1f} %")
        assert shown["test"] == pytest.approx(100 * explorer.run.record.accuracy, abs=0.05)

    on_a_loop(play)


def test_an_error_is_shown_in_words():
    async def play(explorer):
        labels = explorer.dataset.train_labels.copy()
        labels[5] = 99
        explorer.dataset = replace(explorer.dataset, train_labels=labels)
        explorer.press("train")
        await until(lambda: explorer.doing == "failed" and tasks() == 0)
        assert "99" in explorer.numbers["words"] and "error" in explorer.numbers["words"]
        explorer.press("train")  # and can be begun again
        assert explorer.doing == "training"

    on_a_loop(play)


def test_in_a_kernel_cells_and_buttons_are_answered_while_it_trains():
    def now(kernel):
        doing, steps = kernel.run("print(live.doing, len(live.run.seen))").printed.split()
        return doing, int(steps)

    def click(kernel, comm, button, time):
        state = {"pressed": {"button": button, "time": time}}
        content = {
            "comm_id": comm,
            "data": {"method": "update", "state": state, "buffer_paths": []},
        }
        kernel.client.shell_channel.send(kernel.client.session.msg("comm_msg", content))

    with LiveKernel(ROOT) as kernel:
        make = "live = LiveTrial(noise(), pixels='normalised')\nprint(live.model_id)"
        comm = kernel.run(f"{IMPORTS}\n{make}").printed.strip()
        click(kernel, comm, "train", 1)
        time.sleep(0.3)
        doing, steps = now(kernel)
        assert doing == "training" and steps > 0
        time.sleep(0.3)
        assert now(kernel)[1] > steps
        click(kernel, comm, "stop", 2)
        doing, steps = now(kernel)
        assert doing == "stopped" and steps < 5000
        time.sleep(0.3)
        assert now(kernel) == ("stopped", steps)
