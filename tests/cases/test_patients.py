"""The patients of assignment 06: each has the fault that its record gives it, and no other."""

import numpy as np
import pytest

from course_lib.cases import patients
from course_lib.nn import layers, optim
from course_lib.nn.gradcheck import numerical_gradient, relative_error
from course_lib.practice.checks import CheckFailed
from course_lib.practice.checks.assignment_06_broken_networks import changes, treated
from tests.practice.assignments.solutions_06 import examined


def linear(outputs, init="xavier", factor=1, bias=0):
    return ["linear", outputs, init, factor, np.ravel(bias).tolist()]


def stack(activation="tanh", depth=3, init="xavier", factor=1, bias=0, back=1):
    """Linear layers of 40 outputs; the backward pass of the last activation times `back`."""
    rows = [["flatten"]]
    for k in range(depth):
        rows += [linear(40, init, factor, bias), [activation, back if k == depth - 1 else 1]]
    return [*rows, linear(10, "xavier", factor)]


def record(rows, **others):
    return {
        "layers": rows,
        "pixels": 1,
        "labels": 0,
        "loss": "cross-entropy",
        "learning_rate": 0.1,
        "momentum": 0,
        "batch_size": 32,
        "epochs": 5,
    } | others


FAULTY = {
    "vanishing": record(stack(depth=5, factor=0.3)),
    "exploding": record(stack("relu", 6, "he", factor=4)),
    "dead": record(stack("relu", 3, "he", bias=-10)),
    "saturated": record(stack(), pixels=100),
    "starved": record(
        [*stack("relu", 2, "he")[:-1], linear(10, bias=[0, 12, *[0] * 8])], loss="squared error"
    ),
    "wrong backward": record(stack(back=-1)),
    "steps too long": record(stack("relu", 2, "he"), learning_rate=3, momentum=0.9),
    "wrong labels": record(stack("relu", 2, "he"), labels=1),
}


def test_there_is_a_record_for_every_fault():
    assert list(FAULTY) == list(patients.FAULTS)


@pytest.mark.parametrize("fault", FAULTY)
def test_every_fault_is_found_by_the_courses_diagnostics(fault, monkeypatch):
    monkeypatch.setitem(patients.RECORDS, "X", patients.seal(FAULTY[fault]))
    assert examined("X") == fault


def test_a_healthy_network_learns():
    patient = patients.patient_of(record(stack()), "healthy", seed=0)
    patient.train()
    assert patient.accuracy() > 0.8


@pytest.mark.parametrize("name", patients.RECORDS)
def test_no_patient_learns_untreated(name):
    sentence = treated(lambda name, patient: None, name, seed=3)
    assert "nothing was changed" in sentence and "still does not learn" in sentence
    patient = patients.admit(name, seed=3)
    patient.train()
    assert patient.accuracy() < 0.3


def test_a_record_does_not_tell_its_fault_to_the_eye():
    for name, text in patients.RECORDS.items():
        found = patients.unseal(text)
        assert patients.unseal(patients.seal(found)) == found
        assert not any(word in text for word in ("tanh", "linear", "loss")), name


def test_admitting_twice_gives_two_equal_patients():
    one, two = patients.admit("L"), patients.admit("L")
    other = patients.admit("L", seed=1)
    weights = [patient.network.layers[1].params["weight"] for patient in (one, two, other)]
    np.testing.assert_array_equal(weights[0], weights[1])
    assert not np.array_equal(weights[0], weights[2])
    one.images[:] = 0
    weights[0][:] = 0
    assert two.images.any() and weights[1].any() and patients.admit("L").images.any()


def test_an_unknown_patient_is_refused():
    with pytest.raises(ValueError, match="no patient 'Z'; choose one of P, K, L, M"):
        patients.admit("Z")


def replace_a_layer(patient):
    patient.network.layers[2] = layers.Tanh()


def shift_biases(patient):
    patient.network.layers[1].params["bias"] = patient.network.layers[1].params["bias"] + 1


def scale_weights(patient):
    for layer in patient.network.layers[1::2]:
        layer.params["weight"] *= 2


def darken(patient):
    patient.images /= 2
    patient.test_images /= 2


def set_options(**values):
    def change(patient):
        for name, value in values.items():
            setattr(patient.optimizer if hasattr(patient.optimizer, name) else patient, name, value)

    return change


@pytest.mark.parametrize(
    "change, expected",
    [
        (lambda patient: None, []),
        (replace_a_layer, ["layer 2"]),
        (shift_biases, ["the biases"]),
        (scale_weights, ["the weights"]),
        (darken, ["the images"]),
        (set_options(labels=np.zeros(1415, int)), ["the labels"]),
        (set_options(loss=patients.CrossEntropyLoss()), ["the loss"]),
        (set_options(learning_rate=1, momentum=0.5), ["the optimizer"]),
        (set_options(batch_size=7), ["the batch size"]),
        (set_options(batch_size=7, learning_rate=1), ["the optimizer", "the batch size"]),
    ],
)
def test_what_was_changed_about_a_patient(change, expected):
    patient, before = patients.admit("K"), patients.admit("K")
    parts, loss = list(patient.network.layers), patient.loss
    change(patient)
    assert changes(before, patient, parts, loss) == expected


def put_a_class(patient):
    patient.network.layers[4] = layers.Tanh


@pytest.mark.parametrize(
    "change, words",
    [
        (put_a_class, "patient K: layer 4 is the class Tanh itself. Write Tanh, followed"),
        (set_options(optimizer=optim.SGD), "the optimizer is the class SGD itself"),
        (set_options(loss=patients.CrossEntropyLoss), "the loss is the class CrossEntropyLoss"),
        (set_options(learning_rate="0.1"), "the learning rate is the text '0.1'"),
        (set_options(epochs=50), "the number of epochs stays 6, and you set 50"),
        (lambda patient: patient.train(1), "patient K: your function trains it"),
    ],
)
def test_what_no_repair_should_do_is_named(change, words):
    with pytest.raises(CheckFailed, match=words):
        treated(lambda name, patient: change(patient), "K", seed=0)


def test_images_changed_without_the_test_images_are_named():
    sentence = treated(
        lambda name, patient: set_options(images=patient.images / 2)(patient), "K", seed=0
    )
    assert "the images changed, but test_images not in the same way" in sentence


@pytest.mark.parametrize("seed", range(3))
def test_patient_m_is_well_before_its_first_step(seed):
    patient = patients.admit("M", seed)
    first = patient.loss.forward(patient.network.forward(patient.images), patient.labels)
    assert first < 1.3 * np.log(10)


def test_the_squared_error_agrees_with_its_gradient():
    rng, loss = np.random.default_rng(0), patients.SquaredErrorLoss()
    logits, labels = rng.normal(0, 2, (4, 5)), np.array([0, 3, 3, 4])
    loss.forward(logits, labels)
    gradient = loss.backward()
    assert (
        relative_error(gradient, numerical_gradient(lambda: loss.forward(logits, labels), logits))
        < 1e-6
    )
