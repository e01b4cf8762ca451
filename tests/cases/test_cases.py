"""The two cases: as posted they do what was posted, and each switch does what it says."""

import inspect
import pickle
from dataclasses import fields
from itertools import islice

import numpy as np
import pytest

from course_lib import datasets
from course_lib.cases import CaseA, CaseB, Record, Step, case_a, posted_program
from course_lib.cases.posted_parts import (
    DividingMaxPool2d,
    OverwritingReLU,
    ProbabilityLoss,
    endless_batches,
)
from course_lib.nn import gradcheck, training
from tests.cases import posted


@pytest.fixture(scope="module")
def pictograms():
    return datasets.load("pictograms")


@pytest.fixture(scope="module")
def digits():
    return datasets.load("digits")


def test_any_active_looks_at_all_images(pictograms):
    network = CaseA().build(np.random.default_rng(0))
    network.layers[1].params["weight"][:] = 1
    network.layers[1].params["bias"][:] = -1
    dark = np.zeros((250, 32, 32, 3), np.uint8)
    assert not case_a.any_active(network, dark)
    dark[249, 5, 5] = 200
    assert case_a.any_active(network, dark)


def test_momentum_is_never_taken_for_frozen(pictograms):
    """It moves the weights on even where every gradient is 0."""
    still = CaseA(filters="he", learning_rate=1.0)  # silent after the first step
    assert still.run(pictograms, images=80).frozen
    assert not still.but(momentum=0.9).run(pictograms, images=80).frozen


def first_steps(case, dataset, count, seed=0):
    """Take some steps; return the Steps, and the weights after them."""
    rng = np.random.default_rng(seed)
    network = case.build(rng, dataset)
    steps = case.steps(dataset, network, rng)
    taken = list(islice(steps, count))
    next(steps)  # the last update is made when the next step is asked for
    return taken, weights(network)


def weights(network):
    return [array for layer in network.layers for array in getattr(layer, "params", {}).values()]


# Case A as posted


def test_case_a_as_posted_is_the_posted_algorithm_bit_for_bit(pictograms):
    count = 5
    case = CaseA(loops=True)
    rng = np.random.default_rng(0)
    network = case.build(rng, pictograms)
    filters, conv_bias, linear = (array.copy() for array in weights(network))
    images = posted_program.images_of(pixels_of(pictograms.train_images[:count]))
    steps = case.steps(pictograms, network, rng)
    for k in range(count):
        step = next(steps)  # k updates were made
        for ours, theirs in zip(weights(network), (filters, conv_bias, linear), strict=True):
            assert np.array_equal(ours, theirs)
        p, gradients = posted_program.step(
            images[k], pictograms.train_labels[k], filters, conv_bias, linear
        )
        assert np.array_equal(step.probabilities[0], p)
        norms = [np.linalg.norm(gradient) for gradient in gradients]
        assert list(step.gradients.values()) == pytest.approx(norms, rel=1e-14, abs=0)
    assert norms[0] == 0 and np.all(p == 0.1)  # by now it is dead


def test_the_posted_program_trains_as_the_case_does(pictograms):
    images = posted_program.images_of(pixels_of(pictograms.train_images[:2]))
    theirs = posted_program.train(images, pictograms.train_labels[:2], np.random.default_rng(1))
    _, ours = first_steps(CaseA(), pictograms, 2, seed=1)
    for array, their in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(array, their, rtol=1e-9, atol=1e-12)


def test_the_posted_program_gives_the_gradient_to_the_first_maximum_by_columns():
    active = np.zeros((30, 30, 16))
    active[:2, :2, 0], active[:2, :2, 1] = [[1, 7], [7, 1]], 7
    dpooled = np.ones((15, 15, 16))
    pooled = posted_program.max_pooling(active)
    dactive = posted_program.max_pooling_backward(dpooled, active, pooled)
    assert dactive[:2, :2, 0].tolist() == [[0, 0], [1, 0]]
    assert dactive[:2, :2, 1].tolist() == [[1, 0], [0, 0]]


def test_the_parts_of_the_posted_program_name_every_switch_once():
    named = [name for _, switches in posted_program.PARTS.values() for name in switches]
    assert sorted(named) == sorted({field.name for field in fields(CaseA)} - {"loops", "dtype"})
    functions = {f for _, f in inspect.getmembers(posted_program, inspect.isfunction)}
    assert functions == set(posted_program.PARTS)


def test_the_first_weights_as_posted():
    ours = weights(CaseA().build(np.random.default_rng(0)))
    first = posted_program.first_weights(np.random.default_rng(0))
    for array, theirs in zip(ours, first, strict=True):
        assert np.array_equal(array, theirs)
    for array in weights(CaseB().build(np.random.default_rng(0))):
        assert 0.5 < array.std() < 1.5  # biases as well


def pixels_of(images):
    """(N, 32, 32, 3) -> (N, 3072), as in CIFAR-10's files."""
    return images.transpose(0, 3, 1, 2).reshape(len(images), -1)


def test_vectorised_and_loops_are_equal_step_by_step(pictograms):
    for switches in (
        {},
        {
            "batch_size": 2,
            "pixels": "normalised",
            "bias": True,
            "filters": "he",
            "ties": "by rows",
            "loss": "log-softmax",
            "momentum": 0.9,
        },
    ):
        fast, fast_weights = first_steps(CaseA(**switches), pictograms, 3)
        slow, slow_weights = first_steps(CaseA(loops=True, **switches), pictograms, 3)
        for one, other in zip(fast, slow, strict=True):
            assert one.active == other.active
            assert one.loss == pytest.approx(other.loss, rel=1e-9)
            np.testing.assert_allclose(one.probabilities, other.probabilities, rtol=1e-7)
            assert one.gradients == pytest.approx(other.gradients, rel=1e-9)
        for one, other in zip(fast_weights, slow_weights, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_case_a_as_posted_is_dead_within_ten_images(pictograms, seed):
    record = CaseA(dtype="float32").run(pictograms, seed=seed)
    assert record.died_at < 10 and record.how == "the ReLUs fell silent"
    assert record.accuracy == pytest.approx(0.1, abs=0.01)


def test_normalisation_alone_rescues_case_a(pictograms):
    record = CaseA(pixels="normalised", dtype="float32").run(pictograms)
    assert record.died_at is None and record.accuracy > 0.35 and record.seen == 5000


def test_the_repaired_network_learns(pictograms):
    record = CaseA.repaired(dtype="float32").run(pictograms)
    assert record.died_at is None and record.accuracy > 0.5
    assert np.mean(record.loss[-10:]) < np.mean(record.loss[:10])


def test_a_training_that_ends_early_would_not_have_changed_anything(pictograms):
    case = CaseA(dtype="float32")
    record = case.run(pictograms, images=1000, seed=1)
    assert record.frozen and record.seen < 1000
    rng = np.random.default_rng(1)
    network = case.build(rng, pictograms)
    for step in islice(case.steps(pictograms, network, rng), 1000):
        if step.number >= record.seen:
            assert not any(step.gradients.values())
    for ours, theirs in zip(weights(record.network), weights(network), strict=True):
        assert np.array_equal(ours, theirs)


def test_a_record_is_small(pictograms):
    record = CaseA(dtype="float32").run(pictograms, images=2)
    assert len(pickle.dumps(record)) < 1_000_000


@pytest.mark.parametrize("orientation", ["mirrored", "upright"])
@pytest.mark.parametrize("pixels", ["raw", "0 to 1", "normalised"])
def test_the_images_are_prepared_as_the_switches_say(pictograms, pixels, orientation):
    images = pictograms.test_images[:20]
    case = CaseA(pixels=pixels, orientation=orientation)
    x = case.normalize(pictograms)(case.orient(images))
    if orientation == "mirrored":
        images = images[:, :, ::-1]
    every = pictograms.train_images.astype(np.float64)
    mean, std = every.mean(axis=(0, 1, 2)), every.std(axis=(0, 1, 2))
    expected = {"raw": images, "0 to 1": images / 255, "normalised": (images - mean) / std}
    np.testing.assert_allclose(x, expected[pixels], rtol=1e-9, atol=1e-9)
    assert x.dtype == np.float64


@pytest.mark.parametrize(
    "switches",
    [
        {"pixels": "0 to 1"},
        {"pixels": "normalised"},
        {"learning_rate": 1e-7},
    ],
)
def test_the_network_of_a_record_knows_how_to_look_at_images(pictograms, switches):
    case = CaseA(dtype="float32", **switches)
    record = case.run(pictograms, images=300)
    tests = case.orient(pictograms.test_images)
    hits = record.network(tests).argmax(axis=1) == pictograms.test_labels
    assert record.accuracy == hits.mean()
    for batch_size in (1, 7, 300):
        accuracy = training.evaluate(record.network, tests, pictograms.test_labels, batch_size)
        assert accuracy == record.accuracy


# Case A's switches


def weights_after(case, dataset, count=2):
    return first_steps(case, dataset, count)[1]


@pytest.mark.parametrize(
    "switches",
    [
        {"pixels": "0 to 1"},
        {"pixels": "normalised"},
        {"orientation": "upright"},
        {"filters": "he"},
        {"filters": "xavier"},
        {"weights": "xavier"},
        {"weights": "normal 0.01"},
        {"batch_size": 3},
        {"learning_rate": 1e-5},
        {"momentum": 0.5},
        {"shuffle": True},
        {"loss": "probability"},
        {"dtype": "float32"},
    ],
)
def test_every_switch_of_case_a_changes_something(pictograms, switches):
    posted_weights = weights_after(CaseA(), pictograms)
    changed = weights_after(CaseA(**switches), pictograms)
    assert any(not np.array_equal(a, b) for a, b in zip(posted_weights, changed, strict=True))


def test_a_bias_is_one_more_array_of_weights(pictograms):
    assert [array.shape for array in weights_after(CaseA(bias=True), pictograms)][2:] == [
        (3600, 10),
        (10,),
    ]


def test_log_softmax_gives_the_same_gradient_as_softmax(pictograms):
    for one, other in zip(
        weights_after(CaseA(), pictograms),
        weights_after(CaseA(loss="log-softmax"), pictograms),
        strict=True,
    ):
        np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-12)


def test_repaired_and_posted_are_two_ends():
    for case in (CaseA, CaseB):
        assert case.repaired() == case(**case.REPAIRED)
        assert all(getattr(case(), switch) != value for switch, value in case.REPAIRED.items())
    assert CaseA.repaired(batch_size=1).batch_size == 1
    assert CaseA.repaired().but(pixels="raw").pixels == "raw"
    left = {field.name for field in fields(CaseA)} - set(case_a.REPAIRED)
    assert left == {"loops", "dtype"}


def test_the_first_maximum_by_columns_gets_the_gradient():
    x = np.array([[7.0, 7.0], [7.0, 1.0]])
    expected = {
        "by columns": [[1, 0], [0, 0]],
        "by rows": [[1, 0], [0, 0]],
        "divided": [[1 / 3, 1 / 3], [1 / 3, 0]],
    }
    below = np.array([[1.0, 7.0], [7.0, 1.0]])
    expected_below = {
        "by columns": [[0, 0], [1, 0]],
        "by rows": [[0, 1], [0, 0]],
        "divided": [[0, 0.5], [0.5, 0]],
    }
    for ties in expected:
        for loops in (False, True):
            pool = CaseA(ties=ties, loops=loops).build(np.random.default_rng(0)).layers[3]
            for table, shares in ((x, expected[ties]), (below, expected_below[ties])):
                y = pool.forward(table[np.newaxis, :, :, np.newaxis])
                assert y.item() == 7
                dx = pool.backward(np.ones((1, 1, 1, 1)))
                np.testing.assert_allclose(dx[0, :, :, 0], shares)


def test_the_divided_gradient_adds_up_and_is_right_away_from_ties():
    rng = np.random.default_rng(0)
    x, dy = rng.normal(size=(2, 6, 6, 3)), rng.normal(size=(2, 3, 3, 3))
    pool = DividingMaxPool2d(2)
    nudged = gradcheck.numerical_gradient(lambda: np.sum(pool.forward(x) * dy), x)
    pool.forward(x)
    np.testing.assert_allclose(pool.backward(dy), nudged, atol=1e-8)
    pool.forward(np.zeros_like(x))
    assert pool.backward(dy).sum() == pytest.approx(dy.sum())


def test_the_gradient_of_the_probability_loss():
    rng = np.random.default_rng(0)
    logits, labels, loss = rng.normal(size=(4, 5)), np.array([0, 4, 2, 2]), ProbabilityLoss()
    nudged = gradcheck.numerical_gradient(lambda: loss.forward(logits, labels), logits)
    loss.forward(logits, labels)
    np.testing.assert_allclose(loss.backward(), nudged, atol=1e-9)


def test_shuffling_takes_every_image_once_a_pass_and_another_order_each():
    batches = endless_batches(10, 4, True, np.random.default_rng(0))
    passes = [np.concatenate(list(islice(batches, 3))) for _ in range(2)]
    assert all(sorted(order) == list(range(10)) for order in passes)
    assert not np.array_equal(*passes)
    in_order = endless_batches(10, 4, False, np.random.default_rng(0))
    assert [list(chosen) for chosen in islice(in_order, 4)] == [
        [0, 1, 2, 3],
        [4, 5, 6, 7],
        [8, 9],
        [0, 1, 2, 3],
    ]


@pytest.mark.parametrize(
    "case, switch, value",
    [
        (CaseA, "pixels", "normalized"),
        (CaseA, "ties", "last"),
        (CaseA, "loss", "mse"),
        (CaseA, "filters", 0.01),
        (CaseA, "dtype", "float16"),
        (CaseB, "sign", 0),
        (CaseB, "jacobian", "vector"),
        (CaseB, "loss", "huber"),
        (CaseB, "relu", None),
    ],
)
def test_a_setting_that_does_not_exist_is_named(case, switch, value):
    with pytest.raises(ValueError, match=f"^{switch} is .*; choose one of "):
        case(**{switch: value})


@pytest.mark.parametrize("case", [CaseA, CaseB])
@pytest.mark.parametrize(
    "switch, value, needed",
    [
        ("batch_size", 0, "a whole number of at least 1"),
        ("batch_size", 2.5, "a whole number of at"),
        ("learning_rate", 0, "a finite number above 0"),
        ("learning_rate", -1, "a finite number above 0"),
    ],
)
def test_a_number_that_does_not_fit_is_named(case, switch, value, needed):
    with pytest.raises(ValueError, match=f"^{switch} is {value}; give {needed}"):
        case(**{switch: value})


# Case B


@pytest.mark.parametrize("seed", range(3))
def test_case_b_as_posted_is_the_posted_algorithm(digits, seed):
    case = CaseB()
    rng, order_rng = np.random.default_rng(seed), np.random.default_rng(seed)
    network = case.build(rng, digits)
    case.build(order_rng)
    theirs = [array.copy() for array in weights(network)]
    order = order_rng.permutation(len(digits.train_images))
    steps = case.steps(digits, network, rng)
    for k in range(5):
        chosen = order[32 * k : 32 * k + 32]
        step = next(steps)
        p, loss = posted.case_b_step(
            digits.train_images[chosen], digits.train_labels[chosen], theirs, case.learning_rate
        )
        np.testing.assert_allclose(step.probabilities, p, rtol=1e-9, atol=1e-300)
        assert step.loss == pytest.approx(loss, rel=1e-9)
        for ours, array in zip(weights(network), theirs, strict=True):
            np.testing.assert_allclose(ours, array, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_case_b_as_posted_guesses(digits, seed):
    assert 0.08 <= CaseB().run(digits, seed=seed).accuracy <= 0.12


def test_case_b_repaired_learns(digits):
    assert CaseB.repaired().run(digits, epochs=10).accuracy > 0.8


@pytest.mark.parametrize(
    "switches",
    [
        {"pixels": "normalised"},
        {"weights": "xavier"},
        {"sign": 1},
        {"jacobian": "outer"},
        {"loss": "cross-entropy"},
        {"update": "after backward"},
        {"batch_size": 5},
        {"learning_rate": 0.04},
    ],
)
def test_every_switch_of_case_b_changes_something(digits, switches):
    case = CaseB(**switches)
    changed = weights_after(case, digits)
    posted_weights = weights_after(CaseB(), digits)
    assert any(not np.array_equal(a, b) for a, b in zip(posted_weights, changed, strict=True))


@pytest.mark.parametrize("switches", [{"relu": "copying"}, {"shift": True}])
def test_these_two_change_nothing_while_numbers_are_small(digits, switches):
    for one, other in zip(
        weights_after(CaseB(), digits), weights_after(CaseB(**switches), digits), strict=True
    ):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("sign", [-1, 1])
@pytest.mark.parametrize("loss, factor", [("squared error", 2), ("cross-entropy", 1)])
def test_the_right_jacobian_is_the_derivative_of_the_loss(sign, loss, factor):
    rng = np.random.default_rng(0)
    logits, labels = rng.normal(size=(4, 5)), np.array([0, 4, 2, 2])
    made = CaseB(sign=sign, jacobian="outer", loss=loss).make_loss()
    nudged = gradcheck.numerical_gradient(lambda: made.forward(logits, labels), logits)
    made.forward(logits, labels)
    np.testing.assert_allclose(factor * made.backward(), nudged, atol=1e-9)


def test_the_shift_keeps_softmax_finite():
    logits = np.array([[-800.0, 0.0], [0.0, 900.0]])
    with np.errstate(over="ignore", invalid="ignore"):
        assert np.isnan(CaseB().softmax(logits)).any()
    np.testing.assert_array_equal(CaseB(shift=True).softmax(logits), [[1, 0], [1, 0]])
    np.testing.assert_array_equal(CaseB(shift=True, sign=1).softmax(logits), [[0, 1], [0, 1]])


def test_overflow_is_noticed_and_ends_the_training(digits):
    record = CaseB(learning_rate=5).run(digits, epochs=3)
    assert record.how == "numbers overflowed" and record.died_at == len(record.loss) - 1
    assert len(record.loss) < record.planned
    last = record.loss[-1], record.gradients["linear 1 weight"][-1]
    assert not np.isfinite(last).all()


# The record


def record_of(active, planned=None, frozen=False):
    record = Record(planned=planned or len(active), frozen=frozen)
    for number, share in enumerate(active):
        record.add(Step(number, 2.3, np.full((1, 10), 0.1), np.array([3]), {"conv": 1.0}, share))
    return record


def test_active_at_the_end_is_the_mean_of_the_second_half():
    assert record_of([1.0, 0.8, 0.4, 0.2]).active_at_the_end == pytest.approx(0.3)
    assert record_of([1.0, 0.4, 0.2]).active_at_the_end == pytest.approx(0.3)
    # It was ended early because nothing is active any more: what follows would all be 0.
    assert record_of([1.0, 0.8, 0.4, 0.2], planned=5000, frozen=True).active_at_the_end == 0


def test_when_a_network_died():
    assert record_of([0.4] * 50).died_at is None
    assert record_of([0.4, 0.3, 0] + [0] * 50).died_at == 2
    assert record_of([0.4, 0.3, 0] + [0] * 5).died_at is None  # too soon to say
    assert record_of([0.4, 0.3, 0] + [0] * 5, planned=5000, frozen=True).died_at == 2
    assert record_of([0.4] * 480 + [0] * 20).died_at is None
    assert record_of([0.4] * 440 + [0] * 60).died_at == 440
    assert record_of([0.4, 0, 0, 0.4] * 20).died_at is None
    assert record_of([0.4, 0, 0.2] + [0] * 150).died_at == 1  # once is hardly ever
    assert record_of([0.4, 0, 0.2] + [0] * 50).died_at == 3
    assert "not dead" in str(record_of([0.4] * 50))
    assert "dead since step 2: the ReLUs fell silent" in str(record_of([0.4, 0.3] + [0] * 50))


def test_the_overwriting_relu_overwrites_what_it_gave_away():
    relu = OverwritingReLU()
    y = relu.forward(np.array([-1.0, 0.0, 2.0]))
    assert relu.backward(np.array([5.0, 6.0, 7.0])).tolist() == [0, 0, 7]
    assert y.tolist() == [0, 0, 1]


def test_with_the_other_sign_the_smallest_logit_is_the_answer(digits):
    record = CaseB.repaired(sign=-1).run(digits, epochs=3)
    assert record.accuracy > 0.5
