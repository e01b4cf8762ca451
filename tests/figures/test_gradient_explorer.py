"""The gradient explorer: its settings, its numbers, its verdicts, its picture, and its controls."""

import html
from dataclasses import asdict, replace
from itertools import combinations, islice, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from course_lib import datasets
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
from course_lib.figures.gradient_explorer.picture import (
    GradientPicture,
    decades,
    limits,
    whole_ticks,
)
from course_lib.figures.gradient_explorer.settings import CHOICES, RANGES, WHOLE
from course_lib.nn import gradcheck
from course_lib.nn.layers import Linear, ReLU, Sigmoid, Tanh
from course_lib.practice import ballot

pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture(scope="module")
def dataset():
    return datasets.load("pictograms")


# Settings


def numbers(name):
    low, high = RANGES[name]
    return st.integers(low, high) if name in WHOLE else st.floats(low, high)


ANY_SETTINGS = st.builds(
    Settings,
    **{name: st.sampled_from(choices) for name, choices in CHOICES.items()},
    **{name: numbers(name) for name in RANGES},
)


@given(ANY_SETTINGS)
@hypothesis_settings(deadline=None)
def test_settings_survive_as_text(settings):
    assert Settings.from_text(settings.to_text()) == settings


NEARLY_RIGHT = st.lists(
    st.sampled_from(["depth", "sigma", "init", "=", "normal:", "5", "1e9", " ", "x", "default"])
)


@given(st.text() | NEARLY_RIGHT.map("".join))
@hypothesis_settings(deadline=None)
def test_any_other_text_gives_settings_or_one_sentence(text):
    try:
        Settings.from_text(text)
    except ValueError as error:
        assert str(error) and "\n" not in str(error) and len(str(error)) < 600


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        (Settings(), "default"),
        (Settings(sigma=0.01), "init=normal:0.01"),
        (Settings(init="he", sigma=3.0), "init=he sigma=3.0"),
        (
            Settings(depth=5, width=64, activation="tanh", steps=7),
            "depth=5 width=64 activation=tanh steps=7",
        ),
        (
            Settings(
                network="case A",
                loss="squared error",
                inputs="0 to 1",
                learning_rate=np.float64(1e-5),
            ),
            "network=case-A loss=squared-error inputs=0-to-1 learning_rate=1e-05",
        ),
    ],
)
def test_the_line_holds_what_differs_from_the_defaults(settings, text):
    assert settings.to_text() == text
    assert Settings.from_text(text) == settings


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
        ("init=normal:1000", "sigma is 1000.0; give a number from 0.001 to 100"),
        ("init=normal:", "'sigma=' is not understood"),
        ("init=norml", "init is 'norml'; choose one of normal, xavier, he, case-A, case-B"),
        ("sigma=nan", "sigma is nan; give a number from 0.001 to 100"),
        ("depth=3 depth=4", "depth is given twice"),
        ("depth=" + "9" * 100, "depth is '9{40}'; give a whole number from 1 to 50$"),
    ],
)
def test_a_broken_line_gives_one_sentence(text, message):
    with pytest.raises(ValueError, match=f"^{message.replace('.', '[.]')}"):
        Settings.from_text(text)


@pytest.mark.parametrize(
    "bad",
    [
        {"depth": 0},
        {"depth": 51},
        {"depth": 2.0},
        {"depth": True},
        {"width": 3},
        {"width": 129},
        {"sigma": 0.0},
        {"sigma": 101},
        {"sigma": float("nan")},
        {"sigma": "1"},
        {"batch_size": 0},
        {"steps": -1},
        {"steps": 201},
        {"learning_rate": 0},
        {"learning_rate": float("inf")},
        {"activation": "relu"},
        {"init": None},
        {"loss": "mse"},
        {"inputs": 1},
        {"network": "case C"},
    ],
)
def test_a_bad_setting_is_refused_in_one_sentence(bad):
    name, value = next(iter(bad.items()))
    with pytest.raises(ValueError, match=rf"^{name} is .*; (choose|give)") as caught:
        Settings(**bad)
    assert repr(value) in str(caught.value)


def test_presets_hold_both_cases_and_every_diagnosis_that_is_a_matter_of_settings():
    posted = Settings(
        network="case A", init="case A", inputs="raw", batch_size=1, learning_rate=0.001
    )
    assert PRESETS["case A, as posted"] == posted
    assert PRESETS["case A, repaired"] == posted.but(
        init="he", inputs="normalised", batch_size=64, learning_rate=0.01
    )
    assert PRESETS["case B, as posted"] == Settings(
        network="case B",
        init="case B",
        loss="squared error",
        inputs="raw",
        batch_size=32,
        learning_rate=0.03,
    )
    assert PRESETS["case B, repaired"] == PRESETS["case B, as posted"].but(
        init="xavier", loss="cross-entropy", inputs="normalised"
    )
    changes = [
        {"init": "he"},
        {"inputs": "normalised"},
        {"batch_size": 32},
        {"batch_size": 256},
        {"learning_rate": 1e-5},
        None,
        {"learning_rate": 1e-4, "batch_size": 32},
    ]
    for diagnosis, change in zip(ballot.DIAGNOSES, changes, strict=True):
        named = [
            preset
            for name, preset in PRESETS.items()
            if name.startswith(f"diagnosis {diagnosis.number}: ")
        ]
        assert named == ([posted.but(**change)] if change else [])
    assert len(set(PRESETS.values())) == len(PRESETS)


# Computation


@pytest.mark.parametrize(
    "case",
    [
        CaseA(ties="by rows", dtype="float32"),
        CaseA(ties="by rows", dtype="float32", pixels="normalised"),
        CaseA(ties="by rows", dtype="float32", pixels="0 to 1", batch_size=32, learning_rate=0.01),
    ],
    ids=str,
)
def test_case_a_is_that_of_the_cases_step_by_step(case, dataset):
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
    logits = network.forward(digits.train_images[:32])
    network.backward(case.gradient_of_logits(case.softmax(logits), labels))
    expected = [np.linalg.norm(network.layers[k].grads["weight"]) for k in (2, 4, 6)]
    result = compute(gradient_explorer.presets.of_case_b(case), dataset)
    np.testing.assert_allclose(result.l2, expected, rtol=1e-3)
    assert result.activations == ("Sigmoid", "ReLU")


@pytest.mark.parametrize("inputs", CHOICES["inputs"])
def test_one_layer_by_hand(inputs, dataset):
    images = dataset.train_images[:64].astype(float)
    small = images.reshape(64, 8, 4, 8, 4, 3).mean(axis=(2, 4)).round()
    if inputs == "0 to 1":
        small /= 255
    elif inputs == "normalised":
        every = dataset.train_images[:2000].reshape(-1, 8, 4, 8, 4, 3).mean(axis=(2, 4)).round()
        small = (small - every.mean(axis=(0, 1, 2))) / every.std(axis=(0, 1, 2))
    x = small.reshape(64, 192)
    weight = np.random.default_rng(0).normal(0, 0.1, (192, 10))
    exponentials = np.exp(x @ weight - (x @ weight).max(axis=1, keepdims=True))
    p = exponentials / exponentials.sum(axis=1, keepdims=True)
    y = np.eye(10)[dataset.train_labels[:64]]
    result = compute(Settings(depth=1, inputs=inputs), dataset)
    np.testing.assert_allclose(result.l2, [np.linalg.norm(x.T @ (p - y) / 64)], rtol=1e-3)
    assert result.histograms.shape == (0, computation.BINS)
    assert result.loss == result.loss_before
    if inputs != "raw":
        assert result.loss == pytest.approx(-np.mean(np.log(p[y == 1])), rel=1e-3)


def test_training_takes_one_mini_batch_after_the_other(dataset):
    settings = Settings(depth=2, width=8, batch_size=16, steps=2, init="xavier")
    x, labels = networks.pictures(dataset, "layers", "normalised")
    network = networks.build(settings, x.shape[1:], np.random.default_rng(0))
    loss = computation.CrossEntropyLoss()
    for start in (0, 16, 32):
        rows = slice(start, start + 16)
        loss.forward(network.forward(x[rows]), labels[rows])
        network.backward(loss.backward())
        if start < 32:
            for layer in network.layers[1::2]:
                for name in layer.params:
                    layer.params[name] -= np.float32(0.1) * layer.grads[name]
    expected = [np.linalg.norm(layer.grads["weight"]) for layer in network.layers[1::2]]
    result = compute(settings, dataset)
    np.testing.assert_allclose(result.l2, expected, rtol=1e-4)
    after = loss.forward(network.forward(x[:64]), labels[:64])
    assert result.loss == pytest.approx(after, rel=1e-4)
    assert result.loss_before == compute(settings.but(steps=0), dataset).loss
    assert result.steps == 2


def test_mini_batches_begin_again_after_the_last_image(dataset):
    last = compute(Settings(batch_size=256, steps=7, learning_rate=1e-6), dataset)
    x, labels = networks.pictures(dataset, "layers", "normalised")
    rows = np.r_[1792:2000, 0:48]
    network = networks.build(last.settings, x.shape[1:], np.random.default_rng(0))
    loss = computation.CrossEntropyLoss()
    loss.forward(network.forward(x[rows]), labels[rows])
    network.backward(loss.backward())
    expected = np.linalg.norm(network.layers[-1].grads["weight"])
    assert last.l2[-1] == pytest.approx(expected, rel=1e-3)


def test_outputs_are_watched_on_64_images(dataset):
    settings = Settings(depth=4, width=8, activation="ReLU", init="he", batch_size=1)
    x, labels = networks.pictures(dataset, "layers", "normalised")
    network = networks.build(settings, x.shape[1:], np.random.default_rng(0))
    y, dead, zeros = x[:64], [], []
    for layer in network.layers:
        y = layer.forward(y)
        if isinstance(layer, ReLU):
            dead.append(np.mean((y == 0).all(axis=0)))
            zeros.append(np.mean(y == 0))
    result = compute(settings, dataset)
    np.testing.assert_allclose(result.dead, dead)
    np.testing.assert_allclose(result.histograms[:, 0], zeros)
    assert np.isnan(result.saturated).all()
    assert max(dead) > 0


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
    settings = Settings(depth=3, width=100, init=init, sigma=0.5)
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
    values[..., 3] = 0.97
    values[:16, ..., 5] = 0.97
    shares = computation.histogram(Sigmoid(), values)
    assert shares[0] == pytest.approx(1 - 1.25 / 16, abs=0.01)
    assert shares[19] == pytest.approx(1.25 / 16, abs=0.01)


def test_squared_error_is_that_of_probabilities():
    logits, labels = np.random.default_rng(0).normal(0, 2, (5, 4)), np.array([0, 3, 1, 1, 2])
    loss = computation.SquaredErrorLoss()
    value = loss.forward(logits, labels)
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    assert value == pytest.approx(np.square(p - np.eye(4)[labels]).sum() / 5 / 2)
    dlogits = loss.backward()
    numerical = gradcheck.numerical_gradient(lambda: loss.forward(logits, labels), logits)
    np.testing.assert_allclose(dlogits, numerical, atol=1e-7)


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


def test_images_of_another_size_are_refused_in_one_sentence():
    with pytest.raises(ValueError, match="digits are 8x8x1, and 32x32x3 are needed; give"):
        compute(Settings(), datasets.load("digits"))


# Overflow


def test_overflow_forward_is_found_where_it_begins(dataset):
    settings = Settings(depth=50, sigma=100, activation="ReLU", inputs="raw")
    result = compute(settings, dataset)
    x, _ = networks.pictures(dataset, "layers", "raw")
    network = networks.build(settings, x.shape[1:], np.random.default_rng(0))
    y, number = x[:64], 0
    with np.errstate(all="ignore"):
        for layer in network.layers:
            number += isinstance(layer, Linear)
            y = layer.forward(y)
            if not np.isfinite(y).all():
                break
    assert 3 < number < 20
    assert result.overflowed == number
    assert verdict(result) == f"overflowed at layer {number}, on the way forward"


def test_overflow_in_training_says_after_how_many_steps(dataset):
    settings = Settings(activation="ReLU", init="he", learning_rate=10, steps=200)
    result = compute(settings, dataset)
    assert 0 < result.steps < 20
    assert verdict(result).startswith("overflowed at layer")
    assert verdict(result).endswith(f", after {result.steps} steps of training")


def test_overflow_on_the_way_back(dataset, monkeypatch):
    def loud(self):
        return np.full_like(self.probabilities, 3e38)

    monkeypatch.setattr(computation.CrossEntropyLoss, "backward", loud)
    result = compute(Settings(depth=4, init="xavier"), dataset)
    assert np.isfinite(result.loss)
    assert verdict(result) == "overflowed at layer 4, on the way back"


def test_a_loss_that_overflows_alone_is_named_too(dataset, monkeypatch):
    forward = computation.CrossEntropyLoss.forward

    def infinite(self, logits, labels):
        forward(self, logits, labels)
        return float("inf")

    monkeypatch.setattr(computation.CrossEntropyLoss, "forward", infinite)
    result = compute(Settings(depth=4, init="xavier"), dataset)
    assert verdict(result) == "overflowed at layer 4, in the loss that follows"


def test_overflow_in_the_next_mini_batch_alone(dataset, monkeypatch):
    x, labels = networks.pictures(dataset, "layers", "normalised")
    x = x.copy()
    x[64:128] = 3e38
    monkeypatch.setattr(computation, "pictures", lambda *_: (x, labels))
    result = compute(Settings(depth=4, init="xavier", steps=1, learning_rate=1e-6), dataset)
    assert np.isfinite(result.loss) and result.steps == 1
    assert verdict(result).startswith("overflowed at layer 1, on the way forward")


@pytest.mark.parametrize("activation", CHOICES["activation"])
@pytest.mark.parametrize("network", CHOICES["network"])
@pytest.mark.parametrize("loss", CHOICES["loss"])
@pytest.mark.parametrize("sigma", [1e-3, 100])
def test_extremes_give_numbers_or_a_clear_overflow(activation, network, loss, sigma, dataset):
    settings = Settings(
        network, 50, 128, activation, "normal", sigma, loss, "raw", steps=3, learning_rate=10.0
    )
    picture, result = GradientPicture(), compute(settings, dataset)
    picture.redraw(result)
    assert ("overflowed at layer" in verdict(result)) == (
        not np.isfinite(np.concatenate([result.rms, [result.loss]])).all()
    )
    drawn = sum(
        np.isfinite(line.get_ydata()).sum()
        for line in (picture.rms, picture.zeros, picture.infinite)
        if line.get_visible()
    )
    assert drawn == len(result.rms)
    assert "Figure: " in describe(picture.figure)


# Verdicts


@pytest.mark.parametrize(
    ("settings", "beginning"),
    [
        (Settings(), "vanishing: the first layer receives 10⁻⁸ of the last"),
        (Settings(init="xavier"), "vanishing: the first layer receives 10⁻⁶ of the last"),
        (Settings(init="xavier", activation="tanh"), "healthy: the first layer receives 0."),
        (Settings(init="he", activation="ReLU", depth=50), "healthy: the first layer receives "),
        (Settings(depth=1), "healthy: the only layer"),
        (Settings(sigma=0.01, activation="ReLU"), "vanishing: no layer receives more than 10⁻¹⁴"),
        (Settings(sigma=0.001, depth=50), "vanishing: layers 1 to 3"),
        (Settings(sigma=1, activation="ReLU"), "exploding: layer 10 receives 10⁵; step too long: "),
        (
            Settings(sigma=3, activation="tanh"),
            "saturated: 94 % of layer 1 and of 8 more; exploding: ",
        ),
        (
            Settings(init="he", activation="ReLU", depth=50, width=4),
            "dead: 100 % of layer 14 and of ",
        ),
        (PRESETS["case A, as posted"], "step too long: "),
        (
            PRESETS["case A, as posted"].but(steps=5),
            "dead: over 99 % of layer 1; no layer receives",
        ),
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
    ones = np.ones(4)
    return computation.Result(
        settings=Settings(depth=4),
        rms=0.1 * ones,
        l2=ones,
        step=0.01 * ones,
        activations=("ReLU",) * 3,
        histograms=np.full((3, 20), 0.05),
        saturated=np.full(3, np.nan),
        dead=np.zeros(3),
        loss_before=2.3,
        loss=2.3,
        overflowed=None,
        where="",
        steps=0,
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "healthy: the first layer receives 1 times the gradient of the last"),
        ({"rms": [1e-7, 1e-3, 0.01, 0.1]}, "vanishing: the first layer receives 10⁻⁶ of the last"),
        ({"rms": [0, 0.1, 0.1, 0.1]}, "vanishing: layer 1 receives exactly 0"),
        ({"rms": [0, 0, 0, 0.1]}, "vanishing: layers 1 to 3 receive exactly 0"),
        ({"rms": [0, 0, 0, 0]}, "vanishing: no layer receives any gradient"),
        ({"rms": [1e-9] * 4}, "vanishing: no layer receives more than 10⁻⁹"),
        ({"rms": [1e-9] * 4, "loss": 0.01}, "healthy: the first layer receives 1 times"),
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
    arrays = {
        name: np.array(value, float) if isinstance(value, list) else value
        for name, value in changes.items()
    }
    assert verdict(replace(healthy, **arrays)).startswith(expected)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.0123, "0.012"),
        (1.26e-6, "1.3·10⁻⁶"),
        (3.14159, "3.1"),
        (36_671, "36,671"),
        (2e7, "2.0·10⁷"),
        (np.nan, "not a number"),
        (np.inf, "infinite"),
    ],
)
def test_numbers_in_words(value, text):
    assert verdict_words.short(value) == text


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
    picture = GradientPicture()
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
    text = describe(picture.figure)
    assert 'line "RMS", 4 points: x 1, 2, 3, 4; y nan, 1.000e-06, 0.001000, nan' in text
    assert '1 marker "exactly 0, marked at the lower edge": x 1' in text
    assert '1 marker "not finite, marked at the upper edge": x 4' in text
    assert 'area "the RMS in networks that learn": y 0.001 to 1.000' in text and '"dead"' in text


def test_the_same_picture_shows_any_result_after_any_other(dataset):
    some = [
        Settings(),
        Settings(depth=1),
        PRESETS["case B, as posted"],
        Settings(depth=50),
        PRESETS["case A, as posted"],
        Settings(depth=3, activation="tanh"),
    ]
    one = GradientPicture()
    for settings in some + some[::-1]:
        result, fresh = compute(settings, dataset), GradientPicture()
        one.redraw(result)
        fresh.redraw(result)
        assert describe(one.figure) == describe(fresh.figure)
        for panel, other in zip(one.figure.axes, fresh.figure.axes, strict=True):
            assert panel.get_xlim() == other.get_xlim() and panel.get_ylim() == other.get_ylim()
            for axis, twin in ((panel.xaxis, other.xaxis), (panel.yaxis, other.yaxis)):
                assert [text.get_text() for text in axis.get_ticklabels()] == [
                    text.get_text() for text in twin.get_ticklabels()
                ]


def surroundings_in_words(picture):
    return [
        [text.get_text() for text in (*axis.get_ticklabels(), axis.label, panel.title)]
        + [*axis.get_ticklocs(), *axis.get_view_interval()]
        for panel in picture.figure.axes
        for axis in (panel.xaxis, panel.yaxis)
    ]


def test_the_same_frame_means_the_same_surroundings(dataset):
    picture, seen, again = GradientPicture(), {}, 0
    for activation, sigma, depth in product(CHOICES["activation"], (0.03, 0.1, 0.3), (1, 2, 3)):
        settings = Settings(activation=activation, init="normal", sigma=sigma, depth=depth)
        picture.redraw(compute(settings, dataset))
        now = surroundings_in_words(picture)
        again += picture.frame in seen
        assert seen.setdefault(picture.frame, now) == now
    assert again > 3


def test_a_network_without_hidden_layers_says_so(dataset):
    picture = GradientPicture()
    picture.redraw(compute(Settings(depth=1), dataset))
    assert "text: no hidden layer" in describe(picture.figure)
    assert len(picture.strips.get_xticks()) == len(picture.strips.get_yticks()) == 0


@given(st.lists(st.floats(1e-45, 1e38), min_size=1, max_size=50))
@hypothesis_settings(deadline=None)
def test_the_axis_holds_all_values_and_the_band(values):
    low, high = limits(np.array(values))
    assert (
        low < min([*values, verdict_words.BAND[0]]) and max([*values, verdict_words.BAND[1]]) < high
    )
    exponents = decades(low, high)
    assert 2 <= len(exponents) <= 6 and np.all(np.diff(exponents) == np.diff(exponents)[0])
    assert low * 0.99 <= 10.0 ** exponents[0] and 10.0 ** exponents[-1] <= high * 1.01


@pytest.mark.parametrize("count", range(1, 51))
def test_layers_get_a_few_ticks(count):
    ticks = whole_ticks(count)
    assert ticks[0] == 1 and ticks[-1] <= count and len(ticks) <= 6


def test_everything_written_lies_within_the_figure(dataset):
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    picture = GradientPicture()
    canvas = FigureCanvasAgg(picture.figure)
    longest = Settings(sigma=3, activation="tanh", steps=3, learning_rate=1.0)
    for settings in (longest, PRESETS["case B, as posted"], Settings(depth=50, sigma=0.001)):
        picture.redraw(compute(settings, dataset))
        canvas.draw()
        width, height = picture.figure.bbox.size
        title = picture.figure._suptitle.get_window_extent()
        assert title.x0 >= 0 and title.x1 <= width and title.y1 <= height
        above = picture.strips.title.get_window_extent()
        assert title.y0 >= above.y1
        for panel in picture.figure.axes:
            box = panel.get_tightbbox()
            assert box.x0 >= 0 and box.x1 <= width and box.y0 >= 0


# The widget


@pytest.fixture(scope="module")
def explorer(dataset):
    return gradients.GradientExplorer(dataset=dataset)


@pytest.fixture(autouse=True)
def start_again(request):
    if "explorer" in request.fixturenames:
        request.getfixturevalue("explorer").choose(Settings())


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
    title = " ".join(explorer.figure.get_suptitle().split())
    assert title.startswith(said[0].upper() + said[1:])
    assert title == explorer.title and html.escape(title) in explorer.alternative.value
    assert bytes(explorer.picture.value).startswith(b"\x89PNG")
    return True


def positions(name):
    """Values of a setting from end to end."""
    if name in CHOICES:
        return CHOICES[name]
    low, high = RANGES[name]
    if name in WHOLE:
        return sorted({*np.linspace(low, high, 12).round().astype(int).tolist(), low + 1, high - 1})
    return [value for _, value in gradients.positions(name, low)][::3] + [high]


@pytest.mark.parametrize("name", asdict(Settings()))
def test_every_control_over_its_whole_range(explorer, name):
    pictures = set()
    for value in positions(name):
        explorer.controls[name].value = value
        assert is_consistent(explorer)
        assert getattr(explorer.chosen, name) == value
        pictures.add(bytes(explorer.picture.value))
    assert len(pictures) >= len(positions(name)) - 1  # each position has its picture


def test_controls_reach_as_far_as_the_settings(explorer):
    for name, (low, high) in RANGES.items():
        part = explorer.controls[name]
        if name in WHOLE:
            ends = part.min, part.max
        else:
            ends = part.options[0][1], part.options[-1][1]
        assert ends == (low, high)
    for name, choices in CHOICES.items():
        assert tuple(value for _, value in explorer.controls[name].options) == choices


@pytest.mark.parametrize(("first", "second"), list(combinations(CHOICES, 2)))
def test_every_pair_of_menus(explorer, first, second):
    for one, other in product(CHOICES[first], CHOICES[second]):
        explorer.controls[first].value = one
        explorer.controls[second].value = other
        assert is_consistent(explorer)
        assert (explorer.settings[first], explorer.settings[second]) == (one, other)


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset(explorer, name):
    explorer.presets.value = name
    assert explorer.chosen == PRESETS[name]
    assert is_consistent(explorer)


@pytest.fixture
def computed(monkeypatch):
    """A list of the Settings that the explorer computes from now on."""
    calls = []

    def counted(settings, dataset):
        calls.append(settings)
        return compute(settings, dataset)

    monkeypatch.setattr(gradients, "compute", counted)
    return calls


def test_one_computation_for_whatever_changes(explorer, computed):
    explorer.presets.value = "case A, as posted"
    assert computed == [PRESETS["case A, as posted"]]
    explorer.controls["steps"].value = 5
    assert computed[1:] == [PRESETS["case A, as posted"].but(steps=5)]
    assert explorer.presets.value == gradients.OWN
    explorer.line.value = "depth=3 activation=tanh"
    assert computed[2:] == [Settings(depth=3, activation="tanh")]
    explorer.line.value = "activation=tanh depth=3"  # the same, written in another way
    explorer.presets.value = gradients.OWN
    assert len(computed) == 4 and set(computed[2:]) == {Settings(depth=3, activation="tanh")}
    assert explorer.line.value == "depth=3 activation=tanh"
    explorer.line.value = PRESETS["case B, repaired"].to_text()
    assert len(computed) == 5 and explorer.presets.value == "case B, repaired"


def test_a_broken_line_changes_nothing_but_the_message(explorer, computed):
    before = bytes(explorer.picture.value)
    explorer.line.value = "depth=<b>99"
    assert "depth is &#x27;&lt;b&gt;99&#x27;; give a whole number" in explorer.message.value
    assert not computed and explorer.picture.value == before
    assert explorer.line.value == "depth=<b>99"  # to be corrected
    explorer.line.value = "default"
    assert explorer.message.value == ""
    explorer.line.value = "depth=x"
    explorer.controls["depth"].value = 4
    assert explorer.message.value == "" and is_consistent(explorer)


def test_a_line_keeps_its_exact_numbers_and_a_slider_gives_round_ones(explorer):
    explorer.line.value = "init=normal:0.012345 learning_rate=0.0333333"
    assert explorer.chosen.sigma == 0.012345
    explorer.controls["depth"].value = 3
    assert explorer.chosen == Settings(depth=3, sigma=0.012345, learning_rate=0.0333333)
    numbers = [value for _, value in explorer.controls["sigma"].options]
    assert numbers[:4] == [0.001, 0.0015, 0.002, 0.003] and numbers[-2:] == [70, 100]
    assert 0.012345 in numbers and len(numbers) == 5 * 6 + 1 + 1
    explorer.controls["sigma"].value = 1.5
    assert explorer.chosen.sigma == 1.5 and is_consistent(explorer)
    explorer.choose(Settings())
    assert len(explorer.controls["sigma"].options) == 5 * 6 + 1


def test_controls_without_effect_are_switched_off(explorer):
    def off():
        return {name for name, part in explorer.controls.items() if part.disabled}

    assert off() == set()
    explorer.controls["init"].value = "he"
    assert off() == {"sigma"}
    explorer.controls["network"].value = "case A"
    assert off() == {"sigma", "depth", "width", "activation"}
    explorer.choose(Settings())
    assert off() == set()


def test_it_starts_with_the_settings_it_is_given(dataset):
    one = gradients.GradientExplorer(PRESETS["case B, repaired"], dataset)
    assert one.chosen == PRESETS["case B, repaired"] and is_consistent(one)
    assert one.presets.value == "case B, repaired" and one.controls["depth"].disabled


def test_the_stored_notebook_shows_the_picture_and_its_words(explorer):
    data, metadata = explorer._repr_mimebundle_()
    assert data["text/plain"] == metadata["image/png"]["alt"]
    assert data["text/plain"].startswith("Figure: Vanishing: the first layer receives 10⁻⁸")
    assert "application/vnd.jupyter.widget-view+json" in data
