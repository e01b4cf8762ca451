"""Softmax and the losses: right numbers, also where a naive formula overflows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.nn.losses import CrossEntropyLoss, MSELoss, log_softmax, softmax
from tests.nn.helpers import assert_close, assert_refused
from tests.nn.operations import modest

pytestmark = pytest.mark.filterwarnings("error")
both_dtypes = pytest.mark.parametrize("dtype", [np.float32, np.float64])

# The formulas, with float64 numbers of which none overflows


@st.composite
def batches(draw):
    """Logits (N, K), and a label for each image."""
    N, K = draw(st.integers(1, 4)), draw(st.integers(1, 6))
    logit = st.floats(-300, 300)
    logits = draw(st.lists(st.lists(logit, min_size=K, max_size=K), min_size=N, max_size=N))
    return np.array(logits), np.array([draw(st.integers(0, K - 1)) for _ in range(N)])


@modest
@given(batches())
def test_softmax_and_cross_entropy_are_their_formulas(batch):
    logits, labels = batch
    p = np.exp(logits) / np.sum(np.exp(logits), axis=1, keepdims=True)
    loss, one_hot = CrossEntropyLoss(), np.eye(logits.shape[1])[labels]
    computed = {
        "softmax": softmax(logits),
        "log_softmax": log_softmax(logits),
        "loss": loss.forward(logits, labels),
        "gradient": loss.backward(),
    }
    expected = {
        "softmax": p,
        "log_softmax": np.log(p),
        "loss": -np.mean(np.log(p[one_hot == 1])),
        "gradient": (p - one_hot) / len(labels),
    }
    assert_close(computed, expected, atol=1e-9)


@modest
@given(batches())
def test_mse_is_its_formula_also_with_labels_for_one_hot_rows(batch):
    predictions, labels = batch
    one_hot = np.eye(predictions.shape[1])[labels]
    for targets in (labels, one_hot) if one_hot.shape[1] > 1 else (one_hot,):
        loss = MSELoss()
        computed = {"loss": loss.forward(predictions, targets), "gradient": loss.backward()}
        difference = predictions - one_hot
        expected = {
            "loss": np.mean(difference**2),
            "gradient": 2 * difference / predictions.size,
        }
        assert_close(computed, expected)


# Extreme values


@both_dtypes
def test_softmax_of_huge_logits(dtype):
    """Each row has its own maximum: with that of the batch, the second would be 0 / 0."""
    logits = np.array([[1e4, -1e4, 0], [-1e4, -1e4, -1e4], [1e4, 1e4, -1e4], [1e30] * 3], dtype)
    expected = np.array([[1, 0, 0], [1 / 3, 1 / 3, 1 / 3], [0.5, 0.5, 0], [1 / 3] * 3])
    np.testing.assert_allclose(softmax(logits), expected, rtol=1e-6)
    assert log_softmax(logits)[0].tolist() == [0, -2e4, -1e4]


@both_dtypes
def test_masked_classes_have_no_probability(dtype):
    logits = np.array([[-np.inf, 2, 2], [-np.inf, -np.inf, 5]], dtype)
    assert softmax(logits).tolist() == [[0, 0.5, 0.5], [0, 0, 1]]
    np.testing.assert_allclose(log_softmax(logits)[0], [-np.inf, -np.log(2), -np.log(2)], 1e-6)
    assert log_softmax(logits)[1].tolist() == [-np.inf, -np.inf, 0]


@both_dtypes
@pytest.mark.parametrize(
    ("logits", "label", "value", "gradient"),
    [
        ([1e4], 0, 0, [0]),
        ([1e4, -1e4], 1, 2e4, [1, -1]),
        ([-np.inf, 0, 0], 1, np.log(2), [0, -0.5, 0.5]),
        ([-np.inf, 0], 0, np.inf, [-1, 1]),
    ],
    ids=["one class", "hopeless", "masked", "impossible"],
)
def test_cross_entropy_where_a_naive_formula_fails(dtype, logits, label, value, gradient):
    loss = CrossEntropyLoss()
    assert loss.forward(np.array([logits], dtype), np.array([label])) == pytest.approx(value)
    assert loss.backward().tolist() == [gradient]


def test_a_loss_of_zero_has_no_sign():
    assert str(CrossEntropyLoss().forward(np.array([[-7.0]]), [0])) == "0.0"


# Numbers, memory

LOSSES = {
    "cross-entropy": (CrossEntropyLoss, np.array([0, 2, 1])),
    "mse": (MSELoss, np.ones((3, 4))),
    "mse of labels": (MSELoss, np.array([0, 2, 1])),
}
every_loss = pytest.mark.parametrize("name", LOSSES)
both_functions = pytest.mark.parametrize("function", [softmax, log_softmax])


def make_predictions(seed=0, dtype=np.float64, rows=3):
    return np.random.default_rng(seed).normal(size=(rows, 4)).astype(dtype)


@every_loss
@both_dtypes
def test_dtype_is_that_of_the_predictions_and_the_loss_is_a_float(name, dtype):
    make, targets = LOSSES[name]
    loss, double = make(), make()
    value = loss.forward(make_predictions(dtype=dtype), targets)
    assert type(value) is float and loss.backward().dtype == dtype
    assert value == pytest.approx(double.forward(make_predictions(), targets), rel=1e-4)
    np.testing.assert_allclose(loss.backward(), double.backward(), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int32, np.uint64, list])
def test_labels_may_be_any_kind_of_whole_number(kind):
    labels = LOSSES["cross-entropy"][1]
    others = labels.tolist() if kind is list else labels.astype(kind)
    for make in (CrossEntropyLoss, MSELoss):
        value = make().forward(make_predictions(), labels)
        assert make().forward(make_predictions(), others) == value


@both_functions
@pytest.mark.parametrize(
    "layout",
    [np.asfortranarray, lambda a: a[::-1].copy()[::-1], lambda a: np.repeat(a, 2, 1)[:, ::2]],
)
@both_dtypes
def test_softmax_keeps_the_dtype_and_takes_read_only_logits_in_any_order(function, layout, dtype):
    logits = layout(make_predictions(dtype=dtype))
    logits.flags.writeable = False
    y = function(logits)
    assert y.dtype == dtype and np.array_equal(y, function(make_predictions(dtype=dtype)))


@every_loss
def test_backward_is_about_the_last_forward_of_this_loss_alone(name):
    """Whatever became of gradients that it gave before; the inputs may be read-only."""
    make, targets = LOSSES[name]
    used, neighbour = make(), make()
    for seed, rows in enumerate((3, 1, 2)):
        new, inputs = make(), (make_predictions(seed, rows=rows), targets[:rows].copy())
        for array in inputs:
            array.flags.writeable = False
        assert used.forward(*inputs) == new.forward(*inputs)
        neighbour.forward(make_predictions(9), targets)
        kept, expected = used.backward(), new.backward()
        used.backward()[...] = 99
        assert np.array_equal(used.backward(), expected) and np.array_equal(kept, expected)


# Errors: the loss, logits or predictions of which shape, targets, and what the message must name

CE, MSE = CrossEntropyLoss, MSELoss
ERRORS = [
    (CE, (3, 4), [0, 1], "labels | (2,) | (3,)"),
    (CE, (1, 4), [0, 1], "labels | (2,) | (1,)"),
    (CE, (2, 4), [[0], [1]], "labels | (2, 1) | (2,)"),
    (CE, (2, 2), [[0, 1], [1, 0]], "labels | (2, 2) | (2,)"),
    (CE, (2, 4), [0, 4], "labels | 0 to 4 | 0 to 3 are possible"),
    (CE, (2, 4), [-1, 3], "smallest label is -1 | from 0"),
    (CE, (0, 4), np.zeros(0, int), "no images | at least one"),
    (CE, (2, 2, 4), [0, 1], "logits | (2, 2, 4) | (N, K)"),
    (CE, (4,), [0], "logits | (4,) | (N, K)"),
    (MSE, (3, 4), np.ones((3, 3)), "targets has shape (3, 3) | (3, 4)"),
    (MSE, (3, 4), np.ones((3, 1)), "targets has shape (3, 1) | (3, 4)"),
    (MSE, (3, 4), np.ones((1, 4)), "targets has shape (1, 4) | (3, 4)"),
    (MSE, (3, 4), [0, 1, 4], "labels | 0 to 4 | 0 to 3 are possible"),
    (MSE, (3, 4), [-1, 0, 0], "smallest label is -1"),
    (MSE, (3, 4), [0, 0], "labels | (2,) | (3,)"),
    (MSE, (0, 4), np.ones((0, 4)), "no images | at least one"),
    (MSE, (3,), [0, 0, 0], "predictions | (3,) | (N, K)"),
]


@pytest.mark.parametrize(("make", "shape", "targets", "words"), ERRORS)
def test_error_names_what_was_given_and_what_is_needed(make, shape, targets, words):
    assert_refused(ValueError, words, make().forward, np.ones(shape), targets)


@pytest.mark.parametrize(("labels", "kind"), [([0.0, 1.0], "float64"), ([True, False], "bool")])
def test_labels_of_other_numbers_are_refused(labels, kind):
    words = f"labels have dtype {kind} | whole numbers | labels.astype(np.int64)"
    assert_refused(TypeError, words, CrossEntropyLoss().forward, np.ones((2, 4)), labels)


@both_functions
def test_softmax_wants_floats_in_two_axes(function):
    assert_refused(ValueError, "logits | (3,) | (N, K)", function, np.ones(3))
    assert_refused(TypeError, "logits | int64 | float32", function, np.array([[1, 2]]))


@pytest.mark.parametrize("make", [CrossEntropyLoss, MSELoss])
def test_integers_and_backward_before_forward_are_refused(make):
    assert_refused(TypeError, "int64 | float32", make().forward, np.array([[1, 2]]), [0])
    words = f"{make.__name__}.backward was called before forward"
    assert_refused(RuntimeError, words, make().backward)
