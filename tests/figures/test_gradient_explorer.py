"""The gradient explorer: its settings, its numbers, its verdicts, its picture, and its controls."""

import html
from dataclasses import asdict, replace
from itertools import combinations, islice, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from course_lib import datasets, figures
from course_lib.cases import CaseA, CaseB
from course_lib.figures import gradient_explorer
from course_lib.figures.description import describe
from course_lib.figures.gradient_explorer import (
    PRESETS,
    Settings,
    computation,
    compute,
    verdict,
    verdict_words,
)
from course_lib.figures.gradient_explorer import build_network as networks
from course_lib.figures.gradient_explorer import controls as gradients
from course_lib.figures.gradient_explorer import picture as pictures
from course_lib.figures.gradient_explorer.settings import CHOICES, RANGES, WHOLE
from course_lib.nn.layers import Linear, ReLU, Sigmoid, Tanh
from course_lib.practice import ballot

pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture(scope="module")
def dataset():
    return datasets.load("pictograms")


# Settings


def any_of(name):
    if name in CHOICES:
        return st.sampled_from(CHOICES[name])
    return (st.integers if name in WHOLE else st.floats)(*RANGES[name])


ANY_SETTINGS = st.builds(Settings, **{name: any_of(name) for name in asdict(Settings())})


@given(ANY_SETTINGS)
@hypothesis_settings(deadline=None)
def test_settings_survive_as_text(settings):
    assert Settings.from_text(settings.to_text()) == settings


NEARLY_RIGHT = st.lists(
    st.sampled_from(["depth", "std", "init", "=", "normal:", "5", "1e9", " ", "x", "default"])
)


@given(st.text() | NEARLY_RIGHT.map("".join))
@hypothesis_settings(deadline=None)
def test_any_other_text_gives_settings_or_one_sentence(text):
    try:
        Settings.from_text(text)
    except ValueError as error:
        assert str(error) and "\n" not in str(error) and len(str(error)) < 600


A_LINE = "network=case-A inputs=0-to-1 learning_rate=1e-05 steps=7"


def test_the_line_holds_what_differs_from_the_defaults():
    assert Settings().to_text() == "default"
    assert Settings(std=0.01).to_text() == "init=normal:0.01"
    assert Settings(init="he", std=3.0).to_text() == "init=he std=3.0"
    many = Settings(network="case A", inputs="0 to 1", steps=7, learning_rate=np.float64(1e-5))
    assert sorted(many.to_text().split()) == sorted(A_LINE.split())
    assert Settings.from_text(A_LINE) == many


def test_a_line_is_read_in_any_order_with_any_spaces_and_capitals():
    line = "  activation=RELU\tinit=Case-B  depth=3\n"
    assert Settings.from_text(line) == Settings(depth=3, activation="ReLU", init="case B")
    assert Settings.from_text("") == Settings()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("depth", "'depth' is not understood; write settings as name=value"),
        ("depth = 5", "'depth' is not understood"),
        ("=5", "'=5' is not understood"),
        ("depht=5", "there is no setting 'depht'; choose one of network, depth, width"),
        ("depth=five", "depth is 'five'; give a whole number from 1 to 50"),
        ("depth=5.5", "depth is '5.5'; give a whole number from 1 to 50"),
        ("depth=51", "depth is 51; give a whole number from 1 to 50"),
        ("init=normal:1000", "std is 1000.0; give a number from 0.001 to 100"),
        ("init=normal:", "'std=' is not understood"),
        ("init=norml", "init is 'norml'; choose one of normal, xavier, he, case-A, case-B"),
        ("std=nan", "std is nan; give a number from 0.001 to 100"),
        ("depth=3 depth=4", "depth is given twice"),
        ("depth=" + "9" * 100, "depth is '9{40}'; give a whole number from 1 to 50$"),
    ],
)
def test_a_broken_line_gives_one_sentence(text, message):
    with pytest.raises(ValueError, match=f"^{message.replace('.', '[.]')}"):
        Settings.from_text(text)


@pytest.mark.parametrize(
    ("name", "values"),
    {
        "depth": [0, 51, 2.0, True],
        "width": [3, 129],
        "std": [0.0, 101, float("nan"), "1"],
        "batch_size": [0],
        "steps": [-1, 201],
        "learning_rate": [0, float("inf")],
        **{name: ["other", None, 1] for name in CHOICES},
    }.items(),
)
def test_a_bad_setting_is_refused_in_one_sentence(name, values):
    for value in values:
        with pytest.raises(ValueError, match=rf"^{name} is .*; (choose|give)") as caught:
            Settings(**{name: value})
        assert repr(value) in str(caught.value)


def test_presets_hold_both_cases_and_every_diagnosis_that_is_a_matter_of_settings():
    a = Settings(network="case A", init="case A", inputs="raw", batch_size=1, learning_rate=0.001)
    b = a.but(network="case B", init="case B", batch_size=32, learning_rate=0.03)
    b = b.but(loss="squared error", jacobian="scalar")
    expected = {
        "start": Settings(),
        "case A, as posted": a,
        "case A, repaired": a.but(init="he", inputs="normalised", batch_size=64).but(
            learning_rate=0.01
        ),
        "case B, as posted": b,
        "case B, repaired": b.but(
            init="xavier", loss="cross-entropy", inputs="normalised", jacobian="outer"
        ),
    }
    changes = [{"init": "he"}, {"inputs": "normalised"}, {"batch_size": 32}, {"batch_size": 256}]
    changes += [{"learning_rate": 1e-5}, None, {"learning_rate": 1e-4, "batch_size": 32}]
    for diagnosis, change in zip(ballot.DIAGNOSES, changes, strict=True):
        if change:
            expected[f"diagnosis {diagnosis.number}: {diagnosis.title.lower()}"] = a.but(**change)
    assert expected == PRESETS
    assert len(set(PRESETS.values())) == len(PRESETS)


# Computation


CASE_A = CaseA(ties="by rows", dtype="float32")


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"pixels": "normalised"},
        {"pixels": "0 to 1", "batch_size": 32, "learning_rate": 0.01},
    ],
)
def test_case_a_is_that_of_the_cases_step_by_step(changes, dataset):
    case = CASE_A.but(**changes)
    settings = gradient_explorer.presets.of_case_a(case)
    rng = np.random.default_rng(0)
    network = case.build(rng, dataset)
    for number, step in enumerate(islice(case.steps(dataset, network, rng), 3)):
        result = compute(settings.but(steps=number), dataset)
        expected = [step.gradients["conv weight"], step.gradients["linear weight"]]
        np.testing.assert_allclose(result.l2, expected, rtol=1e-3)
        np.testing.assert_allclose(result.rms, expected / np.sqrt([432, 36000]), rtol=1e-3)
        lengths = [np.linalg.norm(network.layers[k].params["weight"]) for k in (1, -1)]
        moved = case.learning_rate * np.array(expected) / lengths
        np.testing.assert_allclose(result.step, moved, rtol=1e-3)


@pytest.mark.parametrize(
    "case", [CaseB(jacobian="outer", sign=1, shift=True), CaseB.repaired()], ids=str
)
def test_case_b_is_that_of_the_cases_at_the_first_step(case, dataset):
    digits = datasets.load("digits")
    network = case.build(np.random.default_rng(0), digits)
    labels = digits.train_labels[:32]
    loss = case.make_loss()
    loss.forward(network(digits.train_images[:32]), labels)
    network.backward(loss.backward())
    expected = [np.linalg.norm(network.layers[k].grads["weight"]) for k in (2, 4, 6)]
    result = compute(gradient_explorer.presets.of_case_b(case), dataset)
    np.testing.assert_allclose(result.l2, expected, rtol=1e-3)
    assert result.activations == ("Sigmoid", "ReLU")


def by_hand(settings, dataset):
    """The network before its training, its loss, and all images with their labels."""
    x, labels = networks.pictures(dataset, settings.network, settings.inputs)
    network = networks.build(settings, x.shape[1:], np.random.default_rng(0))
    return network, computation.CrossEntropyLoss(), x, labels


@pytest.mark.parametrize(
    "changes",
    [
        {"depth": 2, "width": 8, "batch_size": 16, "steps": 2, "init": "xavier"},
        {"batch_size": 256, "steps": 7, "learning_rate": 1e-6},  # begins again at the first image
        {"depth": 4, "width": 8, "activation": "ReLU", "init": "he", "batch_size": 1},
    ],
)
def test_training_takes_one_mini_batch_after_the_other_and_watches_64_images(changes, dataset):
    settings = Settings(**changes)
    network, loss, x, labels = by_hand(settings, dataset)
    before = loss.forward(network.forward(x[:64]), labels[:64])
    for step in range(settings.steps + 1):
        if step == settings.steps:
            y, outputs = x[:64], []
            for layer in network.layers:
                y = layer.forward(y)
                outputs.append(y)
            after = loss.forward(y, labels[:64])
        rows = np.arange(step * settings.batch_size, (step + 1) * settings.batch_size) % len(x)
        loss.forward(network.forward(x[rows]), labels[rows])
        network.backward(loss.backward())
        for layer in network.layers[1::2]:
            for name in layer.params if step < settings.steps else ():
                layer.params[name] -= np.float32(settings.learning_rate) * layer.grads[name]
    expected = [np.linalg.norm(layer.grads["weight"]) for layer in network.layers[1::2]]
    result = compute(settings, dataset)
    np.testing.assert_allclose(result.l2, expected, rtol=1e-3)
    assert (result.loss_before, result.loss) == pytest.approx((before, after), rel=1e-4)
    assert result.steps == settings.steps
    if settings.activation == "ReLU":
        active = [y != 0 for y in outputs[2:-1:2]]
        np.testing.assert_allclose(result.dead, [1 - y.any(axis=0).mean() for y in active])
        np.testing.assert_allclose(result.histograms[:, 0], [1 - y.mean() for y in active])
        assert np.isnan(result.saturated).all() and result.dead.max() > 0


def test_equal_settings_give_equal_results_and_another_seed_gives_others(dataset):
    settings = Settings(depth=3, steps=2)
    first = compute(settings, dataset)
    compute(settings.but(depth=7, inputs="raw"), dataset)
    again, other = compute(settings, dataset), compute(settings, dataset, seed=1)
    for name in ("rms", "l2", "step", "histograms", "saturated", "loss_before", "loss"):
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name))
        assert np.any(getattr(first, name) != getattr(other, name)) or name == "saturated"


@pytest.mark.parametrize("init", CHOICES["init"])
def test_first_weights_have_the_spread_that_their_name_says(init):
    settings = Settings(depth=3, width=100, init=init, std=0.5)
    network = networks.build(settings, (8, 8, 3), np.random.default_rng(0))
    first, middle, last = (layer for layer in network.layers if isinstance(layer, Linear))
    spreads = {
        "normal": (0.5, 0.5),
        "xavier": (np.sqrt(2 / 292), np.sqrt(1 / 100)),
        "he": (np.sqrt(2 / 192), np.sqrt(2 / 100)),
        "case A": (0.01, 0.01),
        "case B": (1, 1),
    }
    for layer, spread in zip((first, middle), spreads[init], strict=True):
        assert layer.params["weight"].std() == pytest.approx(spread, rel=0.05)
        assert layer.params["weight"].dtype == np.float32
    if init == "case A":
        assert 0 <= last.params["weight"].min() < 0.01 and 0.09 < last.params["weight"].max() <= 0.1
    biases = np.concatenate([layer.params["bias"] for layer in (first, middle, last)])
    assert biases.std() == pytest.approx(1 if init == "case B" else 0, rel=0.2)


@pytest.mark.parametrize(
    ("layer", "values", "expected"),
    [
        (Sigmoid(), [0, 0.049, 0.051, 0.999, 1], {0: 0.4, 1: 0.2, 19: 0.4}),
        (Tanh(), [-1, -0.95, 0.05, 1], {0: 0.5, 10: 0.25, 19: 0.25}),
        (ReLU(), [0, 1e-9, 0.9, 1.1, np.inf], {0: 0.2, 1: 0.2, 10: 0.2, 11: 0.2, 19: 0.2}),
        (ReLU(), [0, np.nan, 5e4, 0], {0: 2 / 3, 19: 1 / 3}),
    ],
)
def test_histograms_by_hand(layer, values, expected):
    with np.errstate(divide="ignore"):
        shares = computation.histogram(layer, np.array([values], np.float32))
    wanted = np.zeros(computation.BINS)
    wanted[list(expected)] = list(expected.values())
    np.testing.assert_allclose(shares, wanted)


def test_a_long_histogram_counts_images_and_channels_alike():
    values = np.zeros((64, 30, 30, 16), np.float32)
    values[..., 3] = values[:16, ..., 5] = 0.97
    shares = computation.histogram(Sigmoid(), values)
    assert shares[[0, 19]] == pytest.approx([1 - 1.25 / 16, 1.25 / 16], abs=0.01)


@pytest.mark.parametrize(
    ("network", "shape", "brightest"),
    [
        ("layers", (2000, 8, 8, 3), 255),
        ("case A", (2000, 32, 32, 3), 255),
        ("case B", (1415, 8, 8, 1), 16),
    ],
)
def test_each_network_sees_its_images_on_three_scales(network, shape, brightest, dataset):
    raw, labels = networks.pictures(dataset, network, "raw")
    assert raw.shape == shape and raw.dtype == np.float32 and len(labels) == len(raw)
    assert 0.9 * brightest < raw.max() <= brightest and raw.min() >= 0
    np.testing.assert_allclose(networks.pictures(dataset, network, "0 to 1")[0], raw / brightest)
    normalised, _ = networks.pictures(dataset, network, "normalised")
    assert normalised.mean() == pytest.approx(0, abs=0.1)
    assert normalised.std() == pytest.approx(1, rel=0.1)
    if network == "layers":
        blocks = dataset.train_images[:2000].reshape(-1, 8, 4, 8, 4, 3).mean(axis=(2, 4)).round()
        np.testing.assert_array_equal(raw, blocks)
        mean, std = blocks.mean(axis=(0, 1, 2)), blocks.std(axis=(0, 1, 2))
        np.testing.assert_allclose(normalised, (blocks - mean) / std, atol=1e-5)


def test_images_of_another_size_are_refused_in_one_sentence():
    with pytest.raises(ValueError, match="digits are 8x8x1, and 32x32x3 are needed; give"):
        compute(Settings(), datasets.load("digits"))


# Overflow


def test_overflow_in_training_says_after_how_many_steps(dataset):
    settings = Settings(activation="ReLU", init="he", learning_rate=10, steps=200)
    result = compute(settings, dataset)
    assert 0 < result.steps < 20 and verdict(result).startswith("overflowed at layer")
    assert verdict(result).endswith(f", after {result.steps} steps of training")


OVERFLOWING = Settings(depth=14, std=100.0, activation="ReLU", inputs="raw")


@pytest.mark.parametrize(
    ("settings", "shades", "words"),
    [  # black images let every slope of tanh be 1; the second mini-batch alone is white
        (OVERFLOWING.but(depth=20, width=128, activation="tanh"), (0, 0), "6, on the way back"),
        (OVERFLOWING.but(depth=50), None, "14, on the way forward"),
        (OVERFLOWING.but(std=70.0), None, "14, in the loss that follows"),
        (OVERFLOWING.but(steps=1, learning_rate=1e-6), (0, 255), "14, on the way forward, after 1"),
    ],
)
def test_overflow_is_found_where_it_begins(settings, shades, words, dataset):
    if shades:
        images = np.zeros_like(dataset.train_images)
        images[:64], images[64:128] = shades
        dataset = replace(dataset, train_images=images)
    result = compute(settings, dataset)
    assert np.isfinite(result.loss) == (shades is not None)
    assert np.isfinite(result.rms).all() == ("loss" in words)
    assert result.steps == settings.steps
    assert verdict(result).startswith(f"overflowed at layer {words}")


@pytest.mark.parametrize("activation", CHOICES["activation"])
@pytest.mark.parametrize("network", CHOICES["network"])
@pytest.mark.parametrize("loss", CHOICES["loss"])
@pytest.mark.parametrize("std", [1e-3, 100])
def test_extremes_give_numbers_or_a_clear_overflow(activation, network, loss, std, dataset):
    settings = Settings(
        network, 50, 128, activation, "normal", std, loss, "raw", steps=3, learning_rate=10.0
    )
    picture, result = pictures.GradientPicture(), compute(settings, dataset)
    picture.redraw(result)
    assert ("overflowed at layer" in verdict(result)) == (
        not np.isfinite(np.concatenate([result.rms, [result.loss]])).all()
    )
    lines = (picture.rms, picture.zeros, picture.infinite)
    drawn = [np.isfinite(line.get_ydata()).sum() for line in lines if line.get_visible()]
    assert sum(drawn) == len(result.rms) and "Figure: " in describe(picture.figure)


# Verdicts

RELU = Settings(activation="ReLU")


@pytest.mark.parametrize(
    ("settings", "beginning"),
    [
        (Settings(), "vanishing: the first layer receives 10⁻⁸ of the last"),
        (Settings(init="xavier", activation="tanh"), "healthy: the first layer receives 0."),
        (Settings(depth=1), "healthy: the only layer"),
        (RELU.but(std=0.01), "vanishing: no layer receives more than 10⁻¹⁴"),
        (Settings(std=0.001, depth=50), "vanishing: layers 1 to 3"),
        (RELU.but(std=1), "exploding: layer 10 receives 10⁵; step too long: "),
        (Settings(std=3, activation="tanh"), "saturated: 94 % of layer 1 and of 8 more; explod"),
        (RELU.but(init="he", depth=50, width=4), "dead: 100 % of layer 14 and of "),
        (PRESETS["case A, as posted"].but(steps=5), "dead: over 99 % of layer 1; no layer receiv"),
        (PRESETS["case A, repaired"], "healthy: "),
        (PRESETS["case B, as posted"], "saturated: 91 % of layer 1"),
        (PRESETS["case B, repaired"], "healthy: "),
    ],
    ids=str,
)
def test_known_situations(settings, beginning, dataset):
    assert verdict(compute(settings, dataset)).startswith(beginning)


@pytest.fixture
def healthy():
    result = compute(Settings(depth=4, activation="ReLU"), datasets.load("pictograms"))
    ones = np.ones(4)
    result = replace(result, rms=0.1 * ones, l2=ones, step=0.01 * ones, loss_before=2.3, loss=2.3)
    return replace(result, histograms=np.full((3, 20), 0.05), dead=np.zeros(3))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "healthy: the first layer receives 1 times the gradient of the last"),
        ({"rms": [1e-7, 1e-3, 0.01, 0.1]}, "vanishing: the first layer receives 10⁻⁶ of the last"),
        ({"rms": [0, 0.1, 0.1, 0.1]}, "vanishing: layer 1 receives exactly 0"),
        ({"rms": [0, 0, 0, 0.1]}, "vanishing: layers 1 to 3 receive exactly 0"),
        ({"rms": [0, 0, 0, 0]}, "vanishing: no layer receives any gradient"),
        ({"rms": [1e-9] * 4}, "vanishing: no layer receives more than 10⁻⁹"),
        ({"rms": [1e-9] * 4, "loss": 0.01}, "below the band: layer 1 receives 1.0·10⁻⁹, and the l"),
        ({"rms": [0.1, 1e-4, 0.1, 0.1]}, "below the band: layer 2 receives 1.0·10⁻⁴"),
        ({"rms": [0.1, 0.1, 3, 0.1]}, "above the band: layer 3 receives 3"),
        ({"rms": [101, 1, 0.1, 0.1]}, "exploding: the first layer receives 10³ times the last"),
        ({"rms": [1e4] * 4}, "exploding: layer 1 receives 10⁴"),
        ({"step": [0.1, 1.5, 0.1, 0.1]}, "step too long: 1.5 times the weights of layer 2"),
        ({"dead": [0, 0, 1]}, "dead: 100 % of layer 3"),
        ({"dead": [0, 0.89, 0]}, "healthy: "),
        (
            {"dead": [0.999, 0.95, 0], "rms": [0] * 4},
            "dead: over 99 % of layer 1 and of 1 more; no layer receives any gradient",
        ),
        ({"saturated": [0.3, 0.6, 0.3]}, "saturated: 60 % of layer 2"),
        ({"loss": 9.0}, "getting worse: the loss rose from 2.3 to 9"),
        ({"overflowed": 3, "where": "on the way back"}, "overflowed at layer 3, on the way back"),
    ],
)
def test_verdicts_on_numbers_made_by_hand(healthy, changes, expected):
    for name, value in changes.items():
        healthy = replace(healthy, **{name: np.array(value) if type(value) is list else value})
    assert verdict(healthy).startswith(expected)


def test_numbers_in_words():
    values = [0, 0.0123, 1.26e-6, 3.14159, 36_671, 2e7, np.nan, np.inf]
    words = ["0", "0.012", "1.3·10⁻⁶", "3.1", "36,671", "2.0·10⁷", "not a number", "infinite"]
    assert list(map(verdict_words.short, values)) == words


def test_progress_tells_the_loss_and_the_next_step(healthy):
    assert verdict_words.progress(healthy) == (
        "Loss 2.3. The next step moves layer 1 by 0.01 times its weights."
    )
    trained = replace(healthy, settings=Settings(steps=1), steps=1, loss=1.9, step=np.zeros(4))
    assert verdict_words.progress(trained) == (
        "Loss 2.3 → 1.9 in 1 step. The next step leaves layer 1 as it is."
    )
    broken = replace(healthy, loss=np.nan, step=np.full(4, np.nan))
    assert verdict_words.progress(broken) == "Loss not a number. The next step cannot be computed."


# The picture


def test_the_picture_shows_the_result(healthy):
    picture = pictures.GradientPicture()
    rms, l2 = np.array([0, 1e-6, 1e-3, np.nan]), np.array([0, 1e-5, 1e-2, np.nan])
    dead = np.array([0.1, 0.5, 1.0])
    histograms = np.random.default_rng(0).dirichlet(np.ones(20), 3)
    result = replace(healthy, rms=rms, l2=l2, dead=dead, histograms=histograms)
    picture.redraw(result)
    np.testing.assert_array_equal(picture.rms.get_xdata(), [1, 2, 3, 4])
    np.testing.assert_array_equal(picture.rms.get_ydata(), [np.nan, 1e-6, 1e-3, np.nan])
    np.testing.assert_array_equal(picture.l2.get_ydata(), [np.nan, 1e-5, 1e-2, np.nan])
    low, high = picture.sizes.get_ylim()
    assert low < 1e-6 and high > 1
    np.testing.assert_array_equal(picture.zeros.get_data(), [[1], [low]])
    np.testing.assert_array_equal(picture.infinite.get_data(), [[4], [high]])
    np.testing.assert_array_equal(picture.image.get_array(), histograms)
    assert tuple(picture.image.get_extent()) == (0, 1, 3.5, 0.5)
    np.testing.assert_array_equal(picture.dead.get_data(), [[10, 50, 100], [1, 2, 3]])
    assert picture.dead.get_visible() and not picture.saturated.get_visible()
    assert not picture.nothing.get_visible()
    result.histograms[1:] = np.nan
    picture.redraw(result)
    assert picture.nothing.get_visible() and picture.nothing.get_position() == (0.5, 2.5)
    assert "text: not a number" in describe(picture.figure)
    title = picture.figure.get_suptitle()
    assert title[0].isupper() and title[1:].startswith(verdict(result)[1:15])
    assert title.endswith(verdict_words.progress(result))


def test_the_same_picture_shows_any_result_after_any_other(dataset):
    some = [Settings(), Settings(depth=1), Settings(depth=3, activation="tanh")]
    some += [PRESETS[f"case {letter}, as posted"] for letter in "AB"]
    one = pictures.GradientPicture()
    for result in [compute(settings, dataset) for settings in some + some[::-1]]:
        fresh = pictures.GradientPicture()
        for picture in (one, fresh):
            picture.redraw(result)
        assert figures.to_png(one.figure, 50) == figures.to_png(fresh.figure, 50)


def test_a_network_without_hidden_layers_says_so(dataset):
    picture = pictures.GradientPicture()
    picture.redraw(compute(Settings(depth=1), dataset))
    assert "text: no hidden layer" in describe(picture.figure)
    assert not len(picture.strips.get_xticks()) and not len(picture.strips.get_yticks())


@given(st.lists(st.floats(1e-45, 1e38), min_size=1, max_size=50))
@hypothesis_settings(deadline=None)
def test_the_axis_holds_all_values_and_the_band(values):
    low, high = pictures.limits(np.array(values))
    assert (
        low < min([*values, verdict_words.BAND[0]]) and max([*values, verdict_words.BAND[1]]) < high
    )
    exponents = pictures.decades(low, high)
    assert 2 <= len(exponents) <= 6 and np.all(np.diff(exponents) == np.diff(exponents)[0])
    assert low * 0.99 <= 10.0 ** exponents[0] and 10.0 ** exponents[-1] <= high * 1.01


def test_layers_get_a_few_ticks():
    for count in range(1, 51):
        ticks = pictures.whole_ticks(count)
        assert ticks[0] == 1 and ticks[-1] <= count and len(ticks) <= 6


def test_everything_written_lies_within_the_figure(dataset):
    picture = pictures.GradientPicture()
    longest = Settings(std=3, activation="tanh", steps=3, learning_rate=1.0)
    for settings in (longest, PRESETS["case B, as posted"], Settings(depth=50, std=0.001)):
        picture.redraw(compute(settings, dataset))
        figures.to_png(picture.figure, picture.figure.dpi)
        width, height = picture.figure.bbox.size
        title = picture.figure.texts[0].get_window_extent()
        assert title.x0 >= 0 and title.x1 <= width and title.y1 <= height
        assert title.y0 >= picture.strips.title.get_window_extent().y1
        for box in (axes.get_tightbbox() for axes in picture.figure.axes):
            assert box.x0 >= 0 and box.x1 <= width and box.y0 >= 0


# The widget


class CountingExplorer(gradients.GradientExplorer):
    """An explorer that keeps a list of all Settings for which it computes."""

    computed: list = []

    def show(self, **settings):
        self.computed.append(Settings(**settings))
        super().show(**settings)


@pytest.fixture(scope="module")
def the_explorer(dataset):
    return CountingExplorer(dataset=dataset)


@pytest.fixture
def explorer(the_explorer):
    the_explorer.choose(Settings())
    the_explorer.computed.clear()
    return the_explorer


def is_consistent(explorer):
    """Whether the picture, the words and all controls are about the same Settings."""
    chosen = explorer.chosen
    assert explorer.result.settings == chosen
    for name, part in explorer.controls.items():
        assert part.value == getattr(chosen, name)
    assert explorer.line.value == chosen.to_text()
    assert PRESETS.get(explorer.presets.value, chosen) == chosen
    said = verdict(explorer.result)
    assert said in explorer.verdict.value.replace("&#x27;", "'")
    assert explorer.title.startswith(said[0].upper() + said[1:])
    assert html.escape(explorer.title) in explorer.alternative.value
    return True


@pytest.mark.parametrize("name", gradients.LABELS)
def test_every_control_reaches_as_far_as_its_setting(explorer, name):
    control = explorer.controls[name]
    values = CHOICES.get(name) or RANGES[name]
    for value in values:
        control.value = value
        assert is_consistent(explorer) and getattr(explorer.chosen, name) == value
    if name in CHOICES:
        assert tuple(value for _, value in control.options) == values
    elif name in WHOLE:
        assert (control.min, control.max) == values
    else:
        assert (control.options[0][1], control.options[-1][1]) == values


def test_every_two_choices_of_two_menus(explorer):
    """15 settings, of which at least one has each two choices together."""
    met = set()
    for i, j in product(range(5), range(3)):
        places = {"init": i, "inputs": j, "activation": i + j, "network": i + 2 * j, "loss": i + j}
        places["jacobian"] = i // 2 + j
        chosen = {name: CHOICES[name][n % len(CHOICES[name])] for name, n in places.items()}
        explorer.line.value = Settings(**chosen).to_text()
        assert explorer.chosen == Settings(**chosen) and is_consistent(explorer)
        met |= {*combinations(sorted(chosen.items()), 2)}
    pairs = combinations(CHOICES.values(), 2)
    assert len(met) == sum(len(first) * len(second) for first, second in pairs)


def test_every_preset(explorer):
    for name, settings in PRESETS.items():
        explorer.presets.value = name
        assert explorer.chosen == settings and is_consistent(explorer)


def test_one_computation_for_whatever_changes(explorer):
    computed = explorer.computed
    explorer.presets.value = "case A, as posted"
    assert computed == [PRESETS["case A, as posted"]]
    explorer.controls["steps"].value = 5
    assert computed[1:] == [PRESETS["case A, as posted"].but(steps=5)]
    assert explorer.presets.value == gradients.OWN
    explorer.line.value = "depth=3 activation=tanh"
    assert computed[2:] == [Settings(depth=3, activation="tanh")]
    explorer.line.value = "activation=tanh depth=3"  # the same, written in another way
    explorer.presets.value = gradients.OWN
    assert len(computed) == 4 and explorer.line.value == "depth=3 activation=tanh"
    explorer.line.value = PRESETS["case B, repaired"].to_text()
    assert len(computed) == 5 and explorer.presets.value == "case B, repaired"


def test_a_broken_line_changes_nothing_but_the_message(explorer):
    before = bytes(explorer.picture.value)
    explorer.line.value = "depth=<b>99"
    assert "depth is &#x27;&lt;b&gt;99&#x27;; give a whole number" in explorer.message.value
    assert 'role="status"' in explorer.message.value
    assert not explorer.computed and explorer.picture.value == before
    assert explorer.line.value == "depth=<b>99"  # to be corrected
    explorer.line.value = "default"
    assert explorer.message.value == ""
    explorer.line.value = "depth=x"
    explorer.controls["depth"].value = 4
    assert explorer.message.value == "" and is_consistent(explorer)


def test_a_line_keeps_its_exact_numbers_and_a_slider_gives_round_ones(explorer):
    explorer.line.value = "init=normal:0.012345 learning_rate=0.0333333"
    assert explorer.chosen.std == 0.012345
    explorer.controls["depth"].value = 3
    assert explorer.chosen == Settings(depth=3, std=0.012345, learning_rate=0.0333333)
    numbers = [value for _, value in explorer.controls["std"].options]
    assert numbers[:4] == [0.001, 0.0015, 0.002, 0.003] and numbers[-2:] == [70, 100]
    assert 0.012345 in numbers and len(numbers) == 5 * 6 + 1 + 1
    explorer.controls["std"].value = 1.5
    assert explorer.chosen.std == 1.5 and is_consistent(explorer)
    explorer.choose(Settings())
    assert len(explorer.controls["std"].options) == 5 * 6 + 1


def test_controls_without_effect_are_switched_off(explorer):
    def off():
        return {name for name, part in explorer.controls.items() if part.disabled}

    assert off() == set()
    explorer.controls["init"].value = "he"
    assert off() == {"std"}
    explorer.controls["network"].value = "case A"
    assert off() == {"std", "depth", "width", "activation"}
    explorer.choose(Settings())
    assert off() == set()


def test_it_starts_with_the_settings_it_is_given(dataset):
    one = gradients.GradientExplorer(PRESETS["case B, repaired"], dataset)
    assert one.chosen == PRESETS["case B, repaired"] and is_consistent(one)
    assert one.presets.value == "case B, repaired" and one.controls["depth"].disabled
