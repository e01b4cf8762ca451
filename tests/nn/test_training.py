"""fit and evaluate: what they learn, what they leave alone, and how they stop."""

import signal

import numpy as np
import pytest

from course_lib import datasets
from course_lib.__main__ import main
from course_lib.nn import interrupt, layers, networks, optim, training
from course_lib.nn.layers import Flatten, Linear
from tests.nn import helpers
from tests.nn.helpers import assert_same, weights

DIGITS = datasets.load("digits")
TRAINING, TEST = (
    (DIGITS.train_images, DIGITS.train_labels),
    (DIGITS.test_images, DIGITS.test_labels),
)


def mlp(rng, images=DIGITS.train_images):
    return networks.mlp((64, 20, 10), normalize=layers.Normalize.from_images(images), rng=rng)


def fit(images=TRAINING[0], labels=TRAINING[1], seed=0, net=None, **options):
    """Train on the digits; return the network, if none is given a new one, and the history."""
    rng = np.random.default_rng(seed)
    net = net or mlp(rng, images)
    return net, helpers.fit(net, images, labels, **{"rng": rng} | options)


def test_a_network_learns_the_digits():
    net, history = fit(epochs=10, test=TEST)
    assert history.loss[-1] < history.loss[0] / 5
    assert history.accuracy[-1] > 0.97
    assert training.evaluate(net, *TEST) == history.test_accuracy[-1] > 0.85
    lists = history.loss, history.accuracy, history.test_accuracy, history.seconds
    assert [len(values) for values in lists] == [10] * 4
    assert (history.epochs, history.planned, history.interrupted) == (10, 230, False)


def test_the_same_seed_gives_the_same_training():
    (first, losses), (again, same), (other, others) = (
        fit(seed=seed, epochs=1, augment=training.mirror) for seed in (0, 0, 1)
    )
    assert_same(weights(first), weights(again))
    assert losses.batch_loss == same.batch_loss != others.batch_loss


class Witness:
    """A loss that remembers what it was given."""

    def __init__(self):
        self.pairs, self.values = [], []

    def forward(self, outputs, labels):
        self.pairs += zip(outputs.argmax(axis=1).tolist(), labels.tolist(), strict=True)
        self.shape = outputs.shape
        return float(len(outputs))

    def backward(self):
        return np.zeros(self.shape)


def test_images_keep_their_labels_and_each_is_seen_once_an_epoch():
    labels = np.arange(10).repeat(7)
    images = np.eye(10)[labels].reshape(70, 1, 10, 1)  # an image shows its own label
    net = networks.Sequential([Flatten(), Linear(10, 10, dtype=np.float64)])
    net.layers[1].params["weight"][...] = np.eye(10)
    witness = Witness()
    _, history = fit(images, labels, net=net, loss=witness, batch_size=16)
    seen = [label for shown, label in witness.pairs if shown == label]
    first, second = seen[:70], seen[70:]
    assert sorted(first) == sorted(second) == labels.tolist()
    assert first != labels.tolist() and first != second
    assert history.batch_loss == [16, 16, 16, 16, 6] * 2 and history.accuracy == [1, 1]
    assert history.loss == [(4 * 16**2 + 6**2) / 70] * 2  # the mean over the images


def test_without_shuffling_the_order_stays():
    witness = Witness()
    fit(loss=witness, epochs=1, shuffle=False)
    assert [label for _, label in witness.pairs] == DIGITS.train_labels.tolist()


def test_arrays_of_the_caller_stay_as_they_are():
    images, labels = DIGITS.train_images.copy(), DIGITS.train_labels.copy()
    images.flags.writeable = labels.flags.writeable = False
    fit(images, labels, augment=training.mirror)


# Stopping


@pytest.fixture(autouse=True)
def usual_ctrl_c():
    """As in a program that was started by hand: one that runs in the background ignores Ctrl-C."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


class Enough(BaseException):
    """The time limits of `checks` raise such an exception at Ctrl-C."""


def enough(*_):
    raise Enough


class Presses:
    """An `augment` that presses Ctrl-C at the mini-batches of these numbers, from 1 on."""

    def __init__(self, *numbers, press=lambda: signal.raise_signal(signal.SIGINT)):
        self.numbers, self.press, self.calls = numbers, press, 0

    def __call__(self, images, rng):
        self.calls += 1
        for _ in range(self.numbers.count(self.calls)):
            self.press()
        return images


def test_a_stopped_training_finishes_its_mini_batch(capsys):
    net, history = fit(epochs=50, augment=Presses(30))
    assert history.interrupted and history.planned == 50 * 23
    assert len(history.batch_loss) == 30 and len(history.loss) == 1
    words = "stopped after 30 of 1,150 mini-batches; 1 of 50 epochs are complete"
    assert words in capsys.readouterr().out
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler

    other = mlp(rng := np.random.default_rng(0))
    with pytest.raises(Enough):  # the same training, ended before the mini-batch after it
        fit(net=other, rng=rng, epochs=50, augment=Presses(31, press=enough))
    assert_same(weights(net), weights(other))


def test_a_training_that_was_stopped_goes_on():
    optimizer = optim.SGD(0.05, momentum=0.9)
    net, first = fit(epochs=50, augment=Presses(60), optimizer=optimizer)
    _, second = fit(net=net, optimizer=optimizer, seed=1)
    assert first.batch_loss[0] > 2 and second.batch_loss[0] < 0.6
    assert first.interrupted and not second.interrupted and second.loss[-1] < first.loss[0]


def test_the_second_press_does_not_wait_for_the_mini_batch():
    _, history = fit(augment=Presses(30, 30))
    assert history.interrupted and len(history.batch_loss) == 29


def test_a_press_at_the_very_end_counts():
    _, history = fit(epochs=1, on_epoch=lambda _: signal.raise_signal(signal.SIGINT))
    assert history.interrupted and len(history.loss) == 1


def test_whoever_has_taken_over_ctrl_c_keeps_it():
    signal.signal(signal.SIGINT, enough)
    with pytest.raises(Enough):
        fit(augment=Presses(3))
    assert signal.getsignal(signal.SIGINT) is enough


def test_a_cell_that_was_stopped_starts_no_further_training():
    def interrupted(augment=None):
        return fit(epochs=1, augment=augment)[1].interrupted

    interrupt.cell.begin()
    try:
        assert interrupted(Presses(3))
        with pytest.raises(KeyboardInterrupt, match="this cell was stopped"):
            interrupted()
        interrupt.cell.end()
        assert not interrupted()  # as a slider does, between two cells
        assert interrupted(Presses(3)) and not interrupted()  # without a notebook, each by itself
        interrupt.cell.begin()
        assert not interrupted()
    finally:
        interrupt.cell.end()


# On the way


def test_schedule_sets_the_learning_rate():
    shares, optimizer = [], optim.SGD(5.0)

    def schedule(progress):
        shares.append(progress)
        return 0.1

    fit(
        DIGITS.train_images[:100], DIGITS.train_labels[:100], schedule=schedule, optimizer=optimizer
    )
    assert shares == [0, 0.25, 0.5, 0.75] and optimizer.learning_rate == 0.1


def test_progress_bar_shows_loss_and_accuracy(capsys, monkeypatch):
    monkeypatch.delenv("TQDM_DISABLE", raising=False)
    fit(progress=True, epochs=60)
    assert "loss=" in (err := capsys.readouterr().err) and "accuracy=" in err


def test_mirror_turns_about_half_of_the_images():
    images = np.random.default_rng(0).integers(0, 256, (200, 4, 5, 3), dtype=np.uint8)
    mirrored = training.mirror(images, np.random.default_rng(1))
    same = (mirrored == images).all(axis=(1, 2, 3))
    turned = (mirrored == images[:, :, ::-1]).all(axis=(1, 2, 3))
    assert (same ^ turned).all() and 70 < turned.sum() < 130
    assert mirrored.dtype == np.uint8


@pytest.mark.parametrize("batch_size", [1, 7, 300])
def test_answers_do_not_depend_on_the_batch_size(batch_size):
    net, _ = fit(epochs=1)
    expected = net(DIGITS.test_images).argmax(axis=1)
    assert np.array_equal(training.predict(net, DIGITS.test_images, batch_size), expected)
    accuracy = np.mean(expected == DIGITS.test_labels)
    assert training.evaluate(net, *TEST, batch_size) == accuracy


def test_floats_are_taken_as_they_are():
    images = np.full((3, 2, 2, 1), 7.5)
    taken = training.as_input(networks.mlp((4, 10)), images)
    assert np.array_equal(taken, images) and taken.dtype == np.float32


# Errors


@pytest.mark.parametrize(
    "call",
    [
        lambda net: fit(net=net),
        lambda net: training.evaluate(net, *TRAINING),
        lambda net: training.predict(net, DIGITS.train_images),
    ],
    ids=["fit", "evaluate", "predict"],
)
def test_whole_numbers_are_refused_without_a_normalize_layer(call):
    with pytest.raises(TypeError, match="dtype uint8.*begin the network with layers.Normalize"):
        call(networks.mlp((64, 10)))


@pytest.mark.parametrize("call", [fit, training.evaluate])
@pytest.mark.parametrize(
    ("images", "labels", "words"),
    [
        (np.zeros((3, 8, 8, 1)), np.zeros(2, int), "one for each image"),
        (np.zeros((3, 8, 8, 1)), np.zeros(3), "whole numbers are needed"),
        (np.zeros((3, 8, 8, 1)), np.array([0, -1, 2]), "smallest label is -1"),
        (np.zeros((0, 8, 8, 1)), np.zeros(0, int), "at least one"),
        (np.array(["a", "b"]), np.zeros(2, int), "an array of numbers"),
    ],
)
def test_images_and_labels_that_do_not_fit(call, images, labels, words):
    net = networks.mlp((64, 10))
    with pytest.raises((ValueError, TypeError), match=words):
        fit(images, labels, net=net) if call is fit else call(net, images, labels)


def test_a_label_that_the_network_does_not_have_is_refused():
    with pytest.raises(ValueError, match="with 10 outputs 0 to 9"):
        fit(np.zeros((3, 8, 8, 1)), np.array([0, 1, 10]), net=networks.mlp((64, 10)))


@pytest.mark.parametrize("name", ["batch_size", "epochs"])
def test_a_batch_or_a_training_of_nothing_is_refused(name):
    with pytest.raises(ValueError, match=f"{name} is 0"):
        fit(**{name: 0})


def test_the_train_command_prints_a_table(capsys):
    assert main(["train", "--dataset", "digits", "--epochs", "2", "--cosine"]) == 0
    out = capsys.readouterr().out
    assert "epoch     loss  training    test  seconds" in out
    assert out.count("%") == 6 and "Test accuracy" in out


def test_the_train_command_refuses_a_network_that_does_not_fit(capsys):
    assert main(["train", "--dataset", "digits", "--network", "course_cnn"]) == 1
    assert "use mlp for the digits" in capsys.readouterr().err
