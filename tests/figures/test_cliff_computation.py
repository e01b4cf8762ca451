"""Behind the cliff: its settings, its numbers, and its verdicts."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from course_lib import datasets
from course_lib.cases import CaseA, CaseB
from course_lib.figures.cliff import PRESETS, Settings, computation, compute, verdict, verdict_words
from course_lib.figures.cliff import build_network as networks
from course_lib.figures.cliff.presets import of_case_a, of_case_b
from course_lib.figures.cliff.settings import CHOICES
from course_lib.nn.layers import Linear, ReLU, Sigmoid, Tanh

pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture(scope="module")
def dataset():
    return datasets.load("pictograms")


# Settings


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


def test_presets_are_both_cases_as_posted_and_repaired():
    a = Settings(network="case A", init="case A", inputs="raw", batch_size=1, learning_rate=0.001)
    b = a.but(network="case B", init="case B", batch_size=32, learning_rate=0.03)
    b = b.but(loss="squared error", jacobian="scalar")
    assert PRESETS == {
        "case A, as posted": a,
        "case A, repaired": a.but(init="he", inputs="normalised", batch_size=64).but(
            learning_rate=0.01
        ),
        "case B, as posted": b,
        "case B, repaired": b.but(
            init="xavier", loss="cross-entropy", inputs="normalised", jacobian="outer"
        ),
    }


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
    settings = of_case_a(case)
    rng = np.random.default_rng(0)
    network = case.build(rng, dataset)
    for number, step in enumerate(islice(case.steps(dataset, network, rng), 3)):
        result = compute(settings.but(steps=number), dataset)
        expected = [step.gradients["conv weight"], step.gradients["linear weight"]]
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
    grads = [network.layers[k].grads["weight"] for k in (2, 4, 6)]
    expected = [np.linalg.norm(grad) / np.sqrt(grad.size) for grad in grads]
    result = compute(of_case_b(case), dataset)
    np.testing.assert_allclose(result.rms, expected, rtol=1e-3)
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
    grads = [layer.grads["weight"] for layer in network.layers[1::2]]
    expected = [np.linalg.norm(grad) / np.sqrt(grad.size) for grad in grads]
    result = compute(settings, dataset)
    np.testing.assert_allclose(result.rms, expected, rtol=1e-3)
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
    for name in ("rms", "step", "histograms", "saturated", "loss_before", "loss"):
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
    result = compute(settings, dataset)
    assert ("overflowed at layer" in verdict(result)) == (
        not np.isfinite(np.concatenate([result.rms, [result.loss]])).all()
    )


# Verdicts

RELU = Settings(activation="ReLU")


@pytest.mark.parametrize(
    ("settings", "beginning"),
    [
        (Settings(), "vanishing: the first layer's gradient is 10⁻⁸ of the last one's"),
        (Settings(init="xavier", activation="tanh"), "healthy: the first layer's gradient is 0."),
        (Settings(depth=1), "healthy: the only layer"),
        (RELU.but(std=0.01), "vanishing: no gradient is larger than 10⁻¹⁴"),
        (Settings(std=0.001, depth=50), "vanishing: layers 1 to 3"),
        (RELU.but(std=1), "exploding: layer 10's gradient is 10⁵; step too long: "),
        (Settings(std=3, activation="tanh"), "saturated: 94 % of layer 1 and of 8 more; explod"),
        (RELU.but(init="he", depth=50, width=4), "dead: 100 % of layer 14 and of "),
        (PRESETS["case A, as posted"].but(steps=5), "dead: over 99 % of layer 1; no layer has an"),
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
    result = replace(result, rms=0.1 * ones, step=0.01 * ones, loss_before=2.3, loss=2.3)
    return replace(result, histograms=np.full((3, 20), 0.05), dead=np.zeros(3))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "healthy: the first layer's gradient is 1 times the last one's"),
        (
            {"rms": [1e-7, 1e-3, 0.01, 0.1]},
            "vanishing: the first layer's gradient is 10⁻⁶ of the last one's",
        ),
        ({"rms": [0, 0.1, 0.1, 0.1]}, "vanishing: layer 1 has a gradient of exactly 0"),
        ({"rms": [0, 0, 0, 0.1]}, "vanishing: layers 1 to 3 have a gradient of exactly 0"),
        ({"rms": [0, 0, 0, 0]}, "vanishing: no layer has any gradient"),
        ({"rms": [1e-9] * 4}, "vanishing: no gradient is larger than 10⁻⁹"),
        (
            {"rms": [1e-9] * 4, "loss": 0.01},
            "below the band: layer 1's gradient is 1.0·10⁻⁹, and the l",
        ),
        ({"rms": [0.1, 1e-4, 0.1, 0.1]}, "below the band: layer 2's gradient is 1.0·10⁻⁴"),
        ({"rms": [0.1, 0.1, 3, 0.1]}, "above the band: layer 3's gradient is 3"),
        (
            {"rms": [101, 1, 0.1, 0.1]},
            "exploding: the first layer's gradient is 10³ times the last one's",
        ),
        ({"rms": [1e4] * 4}, "exploding: layer 1's gradient is 10⁴"),
        ({"step": [0.1, 1.5, 0.1, 0.1]}, "step too long: 1.5 times the weights of layer 2"),
        ({"dead": [0, 0, 1]}, "dead: 100 % of layer 3"),
        ({"dead": [0, 0.89, 0]}, "healthy: "),
        (
            {"dead": [0.999, 0.95, 0], "rms": [0] * 4},
            "dead: over 99 % of layer 1 and of 1 more; no layer has any gradient",
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


def test_loss_and_next_step_in_words(healthy):
    def said(result):
        return verdict_words.loss_so_far(result), verdict_words.next_step(result)

    assert said(healthy) == ("Loss 2.3", "next step moves layer 1 by 0.01 times its weights")
    trained = replace(healthy, settings=Settings(steps=1), steps=1, loss=1.9, step=np.zeros(4))
    assert said(trained) == ("Loss 2.3 → 1.9 in 1 step", "next step leaves layer 1 as it is")
    broken = replace(healthy, loss=np.nan, step=np.full(4, np.nan))
    assert said(broken) == ("Loss not a number", "next step cannot be computed")


def test_sizes_keep_their_digits_where_squares_in_float32_would_not():
    for size in (1e-30, 1.0, 1e30):
        x = np.full((4, 25), size, np.float32)
        assert computation.length(x) == pytest.approx(10 * size, rel=1e-6)
        assert computation.rms(x) == pytest.approx(size, rel=1e-6)
    assert np.isnan(computation.rms(np.array([1, np.nan], np.float32)))
