"""The experiments on case A are what their names say, and the figures show what came out."""

from dataclasses import asdict, replace

import numpy as np
import pytest

from course_lib import __main__ as commands
from course_lib import datasets
from course_lib.cases import CaseA, Record, trial
from course_lib.cases.case_a import REPAIRED
from course_lib.figures import lesson_07_the_verdict as pictures
from course_lib.figures import lesson_07_the_verdict as results
from course_lib.figures import to_png
from course_lib.figures.description import describe
from course_lib.nn.training import History
from course_lib.practice.ballot import DIAGNOSES

INITS = {"filters": "he", "weights": "xavier"}


@pytest.fixture(scope="module")
def pictograms():
    whole = datasets.load("pictograms")
    return replace(
        whole,
        train_images=whole.train_images[:100],
        train_labels=whole.train_labels[:100],
        test_images=whole.test_images[:50],
        test_labels=whole.test_labels[:50],
    )


def a_record(accuracy, active, frozen=False, loss=1.0):
    """A record of len(active) steps, and of as many more if it was frozen."""
    steps = len(active)
    return Record(
        loss=[loss] * steps,
        active=list(active),
        gradients={"conv weight": [1.0] * steps},
        accuracy=accuracy,
        planned=steps * (1 + frozen),
        frozen=frozen,
    )


def living(accuracy=0.5):
    return a_record(accuracy, [0.5] * 20)


def dying(at, accuracy=0.1):
    return a_record(accuracy, [0.5] * at + [0.0] * 20)


# The experiments


def switches(cases, base):
    """How each case differs from `base`, by its name."""
    assert all(case.dtype == "float32" for case in cases.values())
    base = asdict(base.but(dtype="float32"))
    return {
        name: {key: value for key, value in asdict(case).items() if value != base[key]}
        for name, case in cases.items()
    }


def test_each_diagnosis_alone_is_the_posted_network_and_one_advice():
    assert switches(trial.alone(), CaseA()) == {
        "as posted": {},
        "1. first weights (He, Xavier)": INITS,
        "2. normalised": {"pixels": "normalised"},
        "3. batch 32": {"batch_size": 32},
        "4. batch 256": {"batch_size": 256},
        "5. rate 0.00001": {"learning_rate": 1e-5},
        "6. log-softmax": {"loss": "log-softmax"},
        "7. rate 0.0001, batch 32": {"learning_rate": 1e-4, "batch_size": 32},
    }
    assert len(trial.alone()) == 1 + len(DIAGNOSES)


def test_pairs_are_all_the_pairs_of_five_repairs():
    normal, batch, rate = {"pixels": "normalised"}, {"batch_size": 32}, {"learning_rate": 1e-5}
    log = {"loss": "log-softmax"}
    assert switches(trial.pairs(), CaseA()) == {
        "first weights + normalised": INITS | normal,
        "first weights + batch 32": INITS | batch,
        "first weights + rate 0.00001": INITS | rate,
        "first weights + log-softmax": INITS | log,
        "normalised + batch 32": normal | batch,
        "normalised + rate 0.00001": normal | rate,
        "normalised + log-softmax": normal | log,
        "batch 32 + rate 0.00001": batch | rate,
        "batch 32 + log-softmax": batch | log,
        "rate 0.00001 + log-softmax": rate | log,
    }


def test_all_but_one_puts_each_fault_back_by_itself():
    assert switches(trial.all_but_one(), CaseA.repaired()) == {
        "all repaired": {},
        "but raw pixels": {"pixels": "raw"},
        "but first weights": {"filters": "normal 0.01", "weights": "uniform 0 to 0.1"},
        "but one image a step": {"batch_size": 1, "learning_rate": 0.001, "momentum": 0.0},
        "but softmax": {"loss": "softmax"},
        "but no linear bias": {"bias": False},
        "but mirrored images": {"orientation": "mirrored"},
        "but ties by columns": {"ties": "by columns"},
        "but no shuffling": {"shuffle": False},
        "but raw pixels, rate 0.00001": {"pixels": "raw", "learning_rate": 1e-5},
    }


def test_every_repair_has_its_fault():
    put_back = [switch for fault in trial.FAULTS.values() for switch in fault]
    assert sorted(put_back) == sorted(REPAIRED)


def test_the_experiments_take_another_precision():
    for cases in (trial.alone, trial.pairs, trial.all_but_one):
        assert {case.dtype for case in cases("float64").values()} == {"float64"}


def test_compare_gives_the_records_of_single_runs(pictograms):
    cases = {"one": CaseA(pixels="normalised"), "other": CaseA.repaired(batch_size=8)}
    records = trial.compare(cases, pictograms, seeds=3, images=24)
    assert list(records) == ["one", "other"]
    for name, case in cases.items():
        singles = [case.run(pictograms, seed=seed, images=24) for seed in range(3)]
        assert len({tuple(record.loss) for record in singles}) == 3  # seeds do differ
        for record, single in zip(records[name], singles, strict=True):
            assert record.loss == pytest.approx(single.loss, rel=1e-9)
            assert (record.accuracy, record.seen) == (single.accuracy, 24)


def between(accuracy=0.5, active=0.04):
    """A record of a network that neither lives nor is dead."""
    return a_record(accuracy, [0.5] * 10 + [active] * 10)


@pytest.mark.parametrize(
    ("records", "words"),
    [
        ([living(), living()], "lives"),
        ([living(0.15)], "does not live"),
        ([living(0.151)], "lives"),
        ([between(active=0.05)], "does not live"),
        ([between(active=0.051)], "lives"),
        ([living(0.2), living(0.2), living(0.1)], "lives"),  # in the median
        ([living(0.8), living(0.1), living(0.1)], "does not live"),  # and not in the mean
        ([living(), living(), between()], "lives"),
        ([living(), between(), between()], "does not live"),
        ([dying(3), dying(3)], "dead at step 3"),
        ([dying(7), dying(3)], "dead at step 3 to 7"),
        ([dying(15, accuracy=0.5)], "dead at step 15"),  # whatever it was before
        ([dying(7), living(), dying(3)], "does not live, 2 of 3 dead at step 3 to 7"),
        ([living(), living(), dying(3)], "lives, 1 of 3 dead at step 3"),
        ([a_record(0.1, [0.5] * 5, loss=np.nan)], "overflow at step 4"),
        (
            [between(), between(), a_record(0.1, [0.5] * 5, loss=np.inf)],
            "does not live, 1 of 3 overflow at step 4",
        ),
    ],
)
def test_state_and_fate(records, words):
    assert trial.fate(records) == words
    dead = words.startswith(("dead", "overflow"))
    assert trial.state(records) == ("dead" if dead else words.partition(",")[0])
    assert trial.lives(records) == words.startswith("lives")


def test_table_has_medians_and_range_and_fate_of_each_case():
    posted = [dying(3, 0.1), dying(4, 0.13), dying(4, 0.11)]
    records = {"posted": posted, "a name that is as long as this": [living(0.345), between(0.345)]}
    head, *lines = trial.table(records)
    assert head.split() == [
        "medians",
        "of",
        "the",
        "seeds",
        "accuracy",
        "[lowest,",
        "highest]",
        "active",
        "fate",
    ]
    first, second = (" ".join(line.split()) for line in lines)
    assert first == "posted 11.0% [ 10.0%, 13.0%] 0.0% dead at step 3 to 4"
    assert second == "a name that is as long as this 34.5% [ 34.5%, 34.5%] 27.0% lives"
    assert lines[0].index("11.0%") == lines[1].index("34.5%")


def test_the_share_of_active_relus_is_a_median():
    assert trial.active([living(), living(), between()]) == 0.5


# The command


def test_the_command_prints_three_tables(capsys, tmp_path):
    file = tmp_path / "verdict.png"
    arguments = "verdict --dataset pictograms --images 64 --seeds 1 --figure".split()
    assert commands.main([*arguments, str(file)]) == 0
    printed = capsys.readouterr().out
    assert "64 images a run, 1 seeds" in printed
    titles = ["Each diagnosis alone", "Two repairs at a time", "All repairs, and all but one"]
    assert [printed.count(title) for title in titles] == [1, 1, 1]
    for cases in (trial.alone(), trial.pairs(), trial.all_but_one()):
        assert all(f"\n{name} " in printed for name in cases)
    assert file.read_bytes().startswith(b"\x89PNG")


# The figure of fates


def test_fates_shows_each_seed_in_its_row_with_the_mark_of_its_state():
    records = {
        "first": [dying(3, 0.1), living(0.4), living(0.4)],
        "second": [between(0.15)],
        "third": [living(0.5)],
    }
    figure = pictures.fates(records, "A title")
    panel = figure.axes[0]
    marks = {c.get_label(): c.get_offsets().tolist() for c in panel.collections}
    assert marks == {
        "lives": [[40, 0], [40, 0.25], [50, 2]],  # the seeds of a row stand one below the other
        "does not live": [[15, 1]],
        "dead": [[10, -0.25]],
        "median of the seeds": [[40, 0], [15, 1], [50, 2]],
    }
    assert [text.get_text() for text in panel.get_yticklabels()] == list(records)
    assert [text.get_text() for text in panel.texts] == [
        "50.0 % active, lives,\n1 of 3 dead at step 3",
        "4.0 % active, does not live",
        "50.0 % active, lives",
        "guessing",
        "ReLUs (median of the seeds), fate",
    ]
    assert panel.get_xlim() == (0, 53)
    assert panel.get_ylim() == (2.5, -0.5)  # the first row on top
    assert figure.get_suptitle() == "A title"
    assert 'vertical line "guessing" at 10.0' in describe(figure)
    legend = [text.get_text() for text in figure.legends[0].get_texts()]
    assert legend == [*marks]


@pytest.mark.parametrize(
    ("records", "sentence"),
    [
        (
            {"a": [living(0.41)], "b": [between(0.1)], "c": [dying(3)]},
            "Only one of 3 networks stays alive, “a”, and none of the others is as accurate: it has "
            "a median accuracy of 41.0 %.",
        ),
        (
            {"a": [living(0.41)], "b": [between(0.5)], "c": [dying(3)]},
            "Only one of 3 networks stays alive, “a”; the most accurate, “b”, has a median accuracy "
            "of 50.0 %.",
        ),
        (
            {"a": [living(0.41)], "b": [living(0.5)], "c": [dying(3)]},
            "All of the 3 networks stay alive but one, “c”; the most accurate, “b”, has a median "
            "accuracy of 50.0 %.",
        ),
        (
            {"a": [dying(3, 0.1)], "b": [between(0.12)]},
            "None of the 2 networks stays alive; the most accurate, “b”, has a median accuracy of 12.0 %.",
        ),
        (
            {"a": [living(0.4)], "b": [living(0.5)]},
            "2 of the 2 networks stay alive; the most accurate, “b”, has a median accuracy of 50.0 %.",
        ),
    ],
)
def test_the_figure_of_fates_says_who_lives(records, sentence):
    assert pictures.fates(records).get_label() == sentence


def test_each_state_has_its_own_mark_and_colour():
    looks = list(pictures.LOOKS.values())
    assert len({marker for marker, _ in looks}) == len({colour for _, colour in looks}) == 3


def test_fates_leaves_nothing_outside_the_picture():
    worst = [between(0.74), between(0.74), dying(3), dying(12)]
    figure = pictures.fates({f"{n}. first weights (He, Xavier)": worst for n in range(9)})
    to_png(figure, dpi=figure.dpi)
    width, height = figure.canvas.get_width_height()
    for text in figure.axes[0].texts:
        box = text.get_window_extent()
        assert 0 <= box.x0 and box.x1 <= width and 0 <= box.y0 and box.y1 <= height
    assert len(figure.axes[0].texts) == 11


# The pictures of a trained network


def test_learning_curves_show_the_history():
    history = History([2.0, 1.0], [0.3, 0.6], [0.25, 0.5])
    loss, accuracy = results.learning_curves(history).axes
    assert loss.lines[0].get_xdata().tolist() == [1, 2]
    assert loss.lines[0].get_ydata().tolist() == [2.0, 1.0]
    curves = {line.get_label(): line.get_ydata() for line in accuracy.lines}
    assert curves["training images"].tolist() == [30, 60]
    assert curves["test images"].tolist() == [25, 50]
    styles = [line.get_linestyle() for line in accuracy.lines]
    assert len(set(styles)) == 3  # colour is not the only signal
    named = [text.get_text() for text in (*loss.texts, *accuracy.texts)]
    assert named == ["training images", "training images", "test images", "guessing"]


def test_confusion_has_a_row_for_each_true_class():
    truth, answers = np.array([0, 0, 0, 0, 2]), np.array([0, 0, 1, 2, 0])
    np.testing.assert_array_equal(
        results.confusion(truth, answers, 3), [[0.5, 0.25, 0.25], [0, 0, 0], [1, 0, 0]]
    )


def test_confusion_matrix_writes_the_shares_in_percent():
    shares = np.array([[0.9, 0.1], [0.004, 0.996]])
    axes = results.confusion_matrix(shares, ["cat", "dog"]).axes[0]
    cells = {text.get_position(): text.get_text() for text in axes.texts}
    assert cells == {(0, 0): "90", (1, 0): "10", (1, 1): "100"}  # (column, row)
    assert [text.get_text() for text in axes.get_yticklabels()] == ["cat", "dog"]
    assert axes.get_ylabel() == "true class"
    assert "10 % of the images of class cat are taken for dog." in axes.figure.get_label()


def test_captioned_shows_each_image_under_its_caption():
    images = np.random.default_rng(0).integers(0, 255, (3, 8, 8, 3)).astype(np.uint8)
    rows = {"right": [(images[0], "cat\n99 %"), (images[1], "dog")], "wrong": [(images[2], "ship")]}
    panels = results.captioned(rows).axes
    assert [panel.get_title() for panel in panels] == ["cat\n99 %", "dog", "ship", ""]
    for panel, image in zip(panels, images, strict=False):
        np.testing.assert_array_equal(panel.images[0].get_array(), image)
    assert [panels[0].get_ylabel(), panels[2].get_ylabel()] == ["right", "wrong"]
    assert not panels[3].axison
