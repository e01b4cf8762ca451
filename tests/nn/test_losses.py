"""Softmax and the losses: right numbers, also where a naive formula overflows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.nn.losses import CrossEntropyLoss, MSELoss, log_softmax, softmax
from tests.nn.golden import stored
from tests.nn.torch_oracle import (
    LOSSES,
    assert_close,
    error_message,
    naming,
    needs_torch,
    random_case,
    run_layers,
    run_torch,
)

pytestmark = pytest.mark.filterwarnings("error")
both_dtypes = pytest.mark.parametrize("dtype", [np.float32, np.float64])


@needs_torch
@pytest.mark.parametrize("operation", LOSSES)
def test_same_as_pytorch(operation):
    for seed in range(200):
        with naming(f"seed {seed}"):
            case = random_case(operation, seed)
            assert_close(run_layers(operation, case), run_torch(operation, case))


@pytest.mark.parametrize("operation", LOSSES)
def test_same_as_stored(operation):
    for number in range(stored.CASES):
        with naming(f"case {number}"):
            case, expected = stored.load(operation, number)
            assert_close(run_layers(operation, case), expected)


# Extreme values. The number of classes is K; p are the probabilities.


@both_dtypes
def test_softmax_of_huge_logits(dtype):
    logits = np.array([[1e4, -1e4, 0], [-1e4, -1e4, -1e4], [1e4, 1e4, -1e4]], dtype)
    expected = np.array([[1, 0, 0], [1 / 3, 1 / 3, 1 / 3], [0.5, 0.5, 0]])
    np.testing.assert_allclose(softmax(logits), expected, rtol=1e-6)
    assert log_softmax(logits)[0].tolist() == [0, -2e4, -1e4]


@both_dtypes
def test_masked_classes_have_no_probability(dtype):
    logits = np.array([[-np.inf, 2, 2], [-np.inf, -np.inf, 5]], dtype)
    assert softmax(logits).tolist() == [[0, 0.5, 0.5], [0, 0, 1]]
    np.testing.assert_allclose(log_softmax(logits)[0], [-np.inf, -np.log(2), -np.log(2)], 1e-6)
    assert log_softmax(logits)[1].tolist() == [-np.inf, -np.inf, 0]


@both_dtypes
@pytest.mark.parametrize("value", [0, 3.5, -1e4, 1e30])
def test_equal_logits_are_equally_likely(dtype, value):
    np.testing.assert_allclose(softmax(np.full((2, 4), value, dtype)), 0.25, rtol=1e-6)


def test_one_class_is_certain():
    loss, logits = CrossEntropyLoss(), np.array([[-7.0], [1e4]])
    assert softmax(logits).tolist() == [[1], [1]]
    assert loss.forward(logits, np.array([0, 0])) == 0
    assert loss.backward().tolist() == [[0], [0]]


@pytest.mark.parametrize("function", [softmax, log_softmax])
def test_each_row_has_its_own_maximum(function):
    """With the maximum of the batch, the second row would be 0 / 0."""
    rows = np.array([[1e4, 1e4 - 1], [-1e4, -1e4 - 1], [3, 2]])
    together = function(rows)
    alone = np.vstack([function(row[None]) for row in rows])
    assert np.array_equal(together, alone)
    np.testing.assert_allclose(together[0], together[1], rtol=1e-9)


@both_dtypes
def test_the_loss_of_a_hopeless_prediction_is_large_and_finite(dtype):
    loss = CrossEntropyLoss()
    assert loss.forward(np.array([[1e4, -1e4]], dtype), np.array([1])) == 2e4
    assert loss.backward().tolist() == [[1, -1]]


def test_a_confident_and_right_prediction_keeps_its_small_loss():
    """log(p) of p = softmax(logits) would be exactly 0 here."""
    loss = CrossEntropyLoss().forward(np.array([[30.0, 0.0]]), np.array([0]))
    assert loss == pytest.approx(np.exp(-30), rel=1e-2)


def test_masked_classes_leave_the_loss_finite():
    loss = CrossEntropyLoss()
    assert loss.forward(np.array([[-np.inf, 0.0, 0.0]]), np.array([1])) == np.log(2)
    assert loss.backward().tolist() == [[0, -0.5, 0.5]]


def test_the_loss_of_an_impossible_label_is_infinite():
    loss = CrossEntropyLoss()
    assert loss.forward(np.array([[-np.inf, 0.0]]), np.array([0])) == np.inf
    assert loss.backward().tolist() == [[-1, 1]]


@both_dtypes
@pytest.mark.parametrize("scale", [1, 100, 1e4])
def test_cross_entropy_gradient_is_p_minus_y_over_n(dtype, scale):
    rng = np.random.default_rng(0)
    logits, labels = rng.normal(0, scale, (6, 5)).astype(dtype), rng.integers(0, 5, 6)
    loss = CrossEntropyLoss()
    loss.forward(logits, labels)
    expected = (softmax(logits) - np.eye(5, dtype=dtype)[labels]) / 6
    rounding = np.finfo(dtype).eps
    np.testing.assert_allclose(loss.backward(), expected, rtol=8 * rounding, atol=rounding)


def test_mse_takes_labels_for_one_hot_rows():
    predictions = np.array([[0.2, 0.5, 0.3], [1.0, 0.0, 0.0]])
    by_label, by_row = MSELoss(), MSELoss()
    labels, rows = np.array([1, 0]), np.array([[0.0, 1, 0], [1, 0, 0]])
    assert by_label.forward(predictions, labels) == by_row.forward(predictions, rows)
    assert np.array_equal(by_label.backward(), by_row.backward())


def test_mse_of_two_numbers():
    loss = MSELoss()
    assert loss.forward(np.array([[1.0, 5.0]]), np.array([[0.0, 2.0]])) == (1 + 9) / 2
    assert loss.backward().tolist() == [[1, 3]]


# Numbers, memory

TARGETS = {"CrossEntropyLoss": np.array([0, 2, 1]), "MSELoss": np.ones((3, 4))}
LOSS_CLASSES = {"CrossEntropyLoss": CrossEntropyLoss, "MSELoss": MSELoss}
both_losses = pytest.mark.parametrize("name", LOSS_CLASSES)


def make_predictions(seed=0, dtype=np.float64, rows=3):
    return np.random.default_rng(seed).normal(size=(rows, 4)).astype(dtype)


@both_losses
@both_dtypes
def test_dtype_is_kept_and_the_loss_is_a_float(name, dtype):
    loss = LOSS_CLASSES[name]()
    targets = TARGETS[name].astype(dtype) if name == "MSELoss" else TARGETS[name]
    assert type(loss.forward(make_predictions(dtype=dtype), targets)) is float
    assert loss.backward().dtype == dtype


@pytest.mark.parametrize("target_dtype", [np.int64, np.float64])
def test_mse_keeps_the_dtype_of_the_predictions_whatever_the_targets_have(target_dtype):
    loss = MSELoss()
    loss.forward(make_predictions(dtype=np.float32), TARGETS["MSELoss"].astype(target_dtype))
    assert loss.backward().dtype == np.float32


@both_dtypes
@pytest.mark.parametrize("function", [softmax, log_softmax])
def test_softmax_keeps_the_dtype(function, dtype):
    assert function(make_predictions(dtype=dtype)).dtype == dtype


@both_losses
def test_float32_is_close_to_float64(name):
    single, double = LOSS_CLASSES[name](), LOSS_CLASSES[name]()
    value = single.forward(make_predictions(dtype=np.float32), TARGETS[name])
    assert value == pytest.approx(double.forward(make_predictions(), TARGETS[name]), rel=1e-4)
    np.testing.assert_allclose(single.backward(), double.backward(), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("integer", [np.int8, np.uint8, np.int32, np.int64, np.uint64])
def test_labels_may_be_any_kind_of_whole_number(integer):
    labels = TARGETS["CrossEntropyLoss"]
    values = {
        CrossEntropyLoss().forward(make_predictions(), labels.astype(integer)),
        CrossEntropyLoss().forward(make_predictions(), labels.tolist()),
    }
    assert len(values) == 1


@pytest.mark.parametrize("function", [softmax, log_softmax])
@pytest.mark.parametrize(
    "layout",
    [np.asfortranarray, lambda a: a[::-1].copy()[::-1], lambda a: np.repeat(a, 2, 1)[:, ::2]],
)
def test_softmax_takes_read_only_logits_in_any_order_of_memory(function, layout):
    logits = layout(make_predictions())
    logits.flags.writeable = False
    assert np.array_equal(function(logits), function(make_predictions()))
    assert np.array_equal(logits, make_predictions())


@both_losses
def test_inputs_may_be_read_only(name):
    predictions, targets = make_predictions(), TARGETS[name].copy()
    predictions.flags.writeable = targets.flags.writeable = False
    loss = LOSS_CLASSES[name]()
    loss.forward(predictions, targets)
    loss.backward()
    assert np.array_equal(predictions, make_predictions())
    assert np.array_equal(targets, TARGETS[name])


@both_losses
def test_backward_twice_gives_the_same(name):
    loss = LOSS_CLASSES[name]()
    loss.forward(make_predictions(), TARGETS[name])
    first = loss.backward()
    expected = first.copy()
    first[...] = 99
    assert np.array_equal(loss.backward(), expected)


@both_losses
def test_a_kept_gradient_never_changes(name):
    loss = LOSS_CLASSES[name]()
    loss.forward(make_predictions(), TARGETS[name])
    kept = loss.backward()
    before = kept.copy()
    loss.forward(make_predictions(seed=1), TARGETS[name])
    loss.backward()
    assert np.array_equal(kept, before)


@both_losses
def test_two_losses_share_nothing(name):
    one, other = LOSS_CLASSES[name](), LOSS_CLASSES[name]()
    one.forward(make_predictions(), TARGETS[name])
    expected = one.backward()
    other.forward(make_predictions(seed=1), TARGETS[name])
    assert np.array_equal(one.backward(), expected)


@both_losses
def test_the_batch_may_change_its_size(name):
    used = LOSS_CLASSES[name]()
    for rows in (3, 1, 2):
        predictions, targets = make_predictions(rows=rows), TARGETS[name][:rows]
        new = LOSS_CLASSES[name]()
        assert used.forward(predictions, targets) == new.forward(predictions, targets)
        assert np.array_equal(used.backward(), new.backward())


# Properties that hold for all numbers

modest = settings(max_examples=50, deadline=None, derandomize=True)
logit = st.floats(-1e3, 1e3)


@st.composite
def batches(draw):
    K = draw(st.integers(1, 6))
    return np.array(draw(st.lists(st.lists(logit, min_size=K, max_size=K), min_size=1, max_size=4)))


@modest
@given(batches(), st.floats(-1e4, 1e4))
def test_softmax_of_shifted_logits_is_the_same(logits, shift):
    np.testing.assert_allclose(softmax(logits + shift), softmax(logits), rtol=1e-9, atol=1e-12)


@modest
@given(batches())
def test_rows_of_softmax_sum_to_one_and_none_is_negative(logits):
    probabilities = softmax(logits)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-12)
    assert probabilities.min() >= 0


@modest
@given(batches())
def test_log_softmax_is_the_logarithm_of_softmax_where_that_is_not_zero(logits):
    probabilities, logarithms = softmax(logits), log_softmax(logits)
    seen = probabilities > 1e-300
    np.testing.assert_allclose(np.exp(logarithms[seen]), probabilities[seen], rtol=1e-9)
    assert np.isfinite(logarithms).all() and logarithms.max() <= 0


@modest
@given(batches(), st.integers(0, 10**6))
def test_cross_entropy_is_not_negative_and_its_gradient_sums_to_zero(logits, seed):
    labels = np.random.default_rng(seed).integers(0, logits.shape[1], len(logits))
    loss = CrossEntropyLoss()
    assert loss.forward(logits, labels) >= 0
    np.testing.assert_allclose(loss.backward().sum(axis=1), 0, atol=1e-12)


# Errors: (logits or their shape, labels, which error, what its message must name)

LABEL_ERRORS = {
    "too few": ((3, 4), [0, 1], ValueError, "labels | (2,) | (3,)"),
    "too many": ((1, 4), [0, 1], ValueError, "labels | (2,) | (1,)"),
    "a column": ((2, 4), [[0], [1]], ValueError, "labels | (2, 1) | (2,)"),
    "one-hot": ((2, 2), [[0, 1], [1, 0]], ValueError, "labels | (2, 2) | (2,)"),
    "too large": ((2, 4), [0, 4], ValueError, "labels | 0 to 4 | 0 to 3 are possible"),
    "negative": ((2, 4), [-1, 3], ValueError, "labels | from -1 | from 0"),
    "floats": ((2, 4), [0.0, 1.0], TypeError, "labels | float64 | whole numbers | astype"),
    "truth values": ((2, 4), [True, False], TypeError, "labels | bool | whole numbers"),
    "none": ((0, 4), np.zeros(0, int), ValueError, "no images | at least one"),
    "logits of three axes": ((2, 2, 4), [0, 1], ValueError, "logits | (2, 2, 4) | (N, K)"),
    "logits of one axis": ((4,), [0], ValueError, "logits | (4,) | (N, K)"),
}


@pytest.mark.parametrize("name", LABEL_ERRORS)
def test_cross_entropy_error_names_what_was_given_and_what_is_needed(name):
    shape, labels, kind, words = LABEL_ERRORS[name]
    message = error_message(kind, lambda: CrossEntropyLoss().forward(np.ones(shape), labels))
    assert all(word in message for word in words.split(" | ")), message


@pytest.mark.parametrize(
    "call", [softmax, log_softmax, lambda z: CrossEntropyLoss().forward(z, np.array([0]))]
)
def test_logits_of_integers_are_refused(call):
    message = error_message(TypeError, lambda: call(np.array([[1, 2]])))
    assert "int64" in message and "float32" in message


@pytest.mark.parametrize("function", [softmax, log_softmax])
def test_softmax_wants_two_axes(function):
    message = error_message(ValueError, lambda: function(np.ones(3)))
    assert "(3,)" in message and "(N, K)" in message


@pytest.mark.parametrize("shape", [(3, 3), (2, 4), (3, 1), (1, 4)])
def test_mse_does_not_broadcast_its_targets(shape):
    message = error_message(ValueError, lambda: MSELoss().forward(np.ones((3, 4)), np.ones(shape)))
    assert str(shape) in message and "(3, 4)" in message


@pytest.mark.parametrize(("labels", "wrong"), [([0, 1, 4], "to 4"), ([-1, 0, 0], "from -1")])
def test_mse_refuses_impossible_labels(labels, wrong):
    message = error_message(ValueError, lambda: MSELoss().forward(np.ones((3, 4)), labels))
    assert wrong in message


def test_mse_refuses_an_empty_batch():
    error_message(ValueError, lambda: MSELoss().forward(np.ones((0, 4)), np.ones((0, 4))))


@both_losses
def test_backward_before_forward_is_refused(name):
    message = error_message(RuntimeError, LOSS_CLASSES[name]().backward)
    assert message.startswith(f"{name}.backward was called before forward")
