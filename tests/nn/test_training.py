"""fit and evaluate: what they learn, what they leave alone, and how they stop."""

import signal

import numpy as np
import pytest

from course_lib import datasets
from course_lib.__main__ import main
from course_lib.nn import interrupt, layers, networks, optim, training
from course_lib.nn.layers import Flatten, Linear
from course_lib.nn.losses import CrossEntropyLoss


@pytest.fixture(scope="module")
def digits():
    return datasets.load("digits")


def mlp(images, rng):
    return networks.mlp((64, 20, 10), normalize=layers.Normalize.from_images(images), rng=rng)


def fit(images, labels, seed=0, net=None, **options):
    rng = np.random.default_rng(seed)
    net = net or mlp(images, rng)
    arguments = {
        "loss": CrossEntropyLoss(),
        "optimizer": optim.SGD(0.05, momentum=0.9),
        "epochs": 2,
        "batch_size": 64,
        "rng": rng,
        "progress": False,
    } | options
    return net, training.fit(net, images, labels, **arguments)


def test_a_network_learns_the_digits(digits):
    test = digits.test_images, digits.test_labels
    net, history = fit(digits.train_images, digits.train_labels, epochs=10, test=test)
    assert history.loss[-1] < history.loss[0] / 5
    assert history.accuracy[-1] > 0.97
    assert training.evaluate(net, *test) == history.test_accuracy[-1] > 0.85
    assert [len(v) for v in (history.loss, history.accuracy, history.seconds)] == [10, 10, 10]


def test_the_course_network_learns_the_pictograms():
    data = datasets.load("pictograms")
    normalize = layers.Normalize.from_images(data.train_images)
    net = networks.course_cnn(normalize, rng=np.random.default_rng(1))
    fit(
        data.train_images,
        data.train_labels,
        net=net,
        epochs=1,
        optimizer=optim.SGD(0.02, momentum=0.9),
    )
    assert training.evaluate(net, data.test_images, data.test_labels) > 0.3


def test_the_same_seed_gives_the_same_training(digits):
    def weights(seed):
        net, history = fit(digits.train_images, digits.train_labels, seed)
        return net.layers[2].params["weight"], history.batch_loss

    (first, losses), (again, losses_again), (other, _) = weights(0), weights(0), weights(1)
    assert np.array_equal(first, again) and losses == losses_again
    assert not np.array_equal(first, other)


class Recorder:
    """A loss that remembers what it was given."""

    def __init__(self):
        self.pairs = []

    def forward(self, outputs, labels):
        self.pairs += zip(outputs.argmax(axis=1).tolist(), labels.tolist(), strict=True)
        self.shape = outputs.shape
        return 0.0

    def backward(self):
        return np.zeros(self.shape)


def test_images_keep_their_labels_and_each_is_seen_once_an_epoch():
    labels = np.arange(10).repeat(7)
    images = np.eye(10)[labels].reshape(70, 1, 10, 1)  # an image shows its own label
    net = networks.Sequential([Flatten(), Linear(10, 10, dtype=np.float64)])
    net.layers[1].params["weight"][...] = np.eye(10)
    recorder = Recorder()
    fit(images, labels, net=net, loss=recorder, epochs=1, batch_size=16)
    assert all(shown == label for shown, label in recorder.pairs)
    seen = [label for _, label in recorder.pairs]
    assert sorted(seen) == labels.tolist() and seen != labels.tolist()


def test_without_shuffling_the_order_stays(digits):
    recorder = Recorder()
    fit(digits.train_images, digits.train_labels, loss=recorder, epochs=1, shuffle=False)
    assert [label for _, label in recorder.pairs] == digits.train_labels.tolist()


def test_the_last_smaller_batch_is_used(digits):
    _, history = fit(digits.train_images[:100], digits.train_labels[:100], batch_size=64)
    assert len(history.batch_loss) == 2 * 2


def test_arrays_of_the_caller_stay_as_they_are(digits):
    images, labels = digits.train_images.copy(), digits.train_labels.copy()
    images.flags.writeable = labels.flags.writeable = False
    fit(images, labels, augment=training.mirror)


@pytest.fixture(autouse=True)
def usual_ctrl_c():
    """As in a program that was started by hand: one that runs in the background ignores Ctrl-C."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


class Presses:
    """An `augment` that presses Ctrl-C at the mini-batches of these numbers, from 1 on."""

    def __init__(self, *numbers, press=lambda: signal.raise_signal(signal.SIGINT)):
        self.numbers, self.press, self.calls = numbers, press, 0

    def __call__(self, images, rng):
        self.calls += 1
        for _ in range(self.numbers.count(self.calls)):
            self.press()
        return images


def weights_of(net):
    return [layer.params[name] for layer, name in networks.parameter_slots(net)]


def equal(left, right):
    return all(np.array_equal(a, b) for a, b in zip(left, right, strict=True))


def test_a_stopped_training_finishes_its_mini_batch(digits, capsys):
    images, labels = digits.train_images, digits.train_labels
    net, history = fit(images, labels, epochs=50, augment=Presses(30))
    assert history.interrupted and history.planned == 50 * 23
    assert len(history.batch_loss) == 30 and len(history.loss) == 1
    assert "stopped after 30 of 1,150 mini-batches; 1 of 50 epochs are complete" in (
        capsys.readouterr().out
    )
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler

    class Enough(Exception):
        pass

    def enough():
        raise Enough

    other = mlp(digits.train_images, rng := np.random.default_rng(0))
    with pytest.raises(Enough):  # the same training, ended before the mini-batch after it
        fit(images, labels, net=other, rng=rng, epochs=50, augment=Presses(31, press=enough))
    assert equal(weights_of(net), weights_of(other))


def test_a_training_that_was_stopped_goes_on(digits):
    images, labels = digits.train_images, digits.train_labels
    optimizer = optim.SGD(0.05, momentum=0.9)
    net, first = fit(images, labels, epochs=50, augment=Presses(60), optimizer=optimizer)
    _, second = fit(images, labels, net=net, optimizer=optimizer, seed=1)
    assert first.batch_loss[0] > 2 and second.batch_loss[0] < 0.6
    assert not second.interrupted and second.loss[-1] < first.loss[0]


def test_the_second_press_does_not_wait_for_the_mini_batch(digits):
    _, history = fit(digits.train_images, digits.train_labels, augment=Presses(30, 30))
    assert history.interrupted and len(history.batch_loss) == 29


def test_a_press_at_the_very_end_counts(digits):
    def press(history):
        signal.raise_signal(signal.SIGINT)

    _, history = fit(digits.train_images, digits.train_labels, epochs=1, on_epoch=press)
    assert history.interrupted and len(history.loss) == 1


def test_whoever_has_taken_over_ctrl_c_keeps_it(digits):
    """The time limits of `checks` do so."""

    class OutOfTime(BaseException):
        pass

    def theirs(number, frame):
        raise OutOfTime

    before = signal.signal(signal.SIGINT, theirs)
    try:
        with pytest.raises(OutOfTime):
            fit(digits.train_images, digits.train_labels, augment=Presses(3))
        assert signal.getsignal(signal.SIGINT) is theirs
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_cell_that_was_stopped_starts_no_further_training(digits):
    def train(**options):
        return fit(digits.train_images, digits.train_labels, epochs=1, **options)[1]

    interrupt.cell.begin()
    try:
        assert train(augment=Presses(3)).interrupted
        with pytest.raises(KeyboardInterrupt, match="this cell was stopped"):
            train()
        interrupt.cell.end()
        assert not train().interrupted  # as a slider does, between two cells
        interrupt.cell.begin()
        assert not train().interrupted
    finally:
        interrupt.cell.end()


def test_without_a_notebook_each_training_is_stopped_by_itself(digits):
    for augment in (Presses(3), None):
        _, history = fit(digits.train_images, digits.train_labels, augment=augment)
        assert history.interrupted is (augment is not None)


def test_schedule_sets_the_learning_rate(digits):
    rates = []

    def schedule(progress):
        rates.append(progress)
        return 0.1

    optimizer = optim.SGD(5.0)
    fit(
        digits.train_images[:128], digits.train_labels[:128], schedule=schedule, optimizer=optimizer
    )
    assert rates == [0, 0.25, 0.5, 0.75] and optimizer.learning_rate == 0.1


def test_progress_bar_shows_loss_and_accuracy(digits, capsys, monkeypatch):
    monkeypatch.delenv("TQDM_DISABLE", raising=False)
    fit(digits.train_images, digits.train_labels, progress=True, epochs=60)
    assert "loss=" in (err := capsys.readouterr().err) and "accuracy=" in err


def test_mirror_turns_about_half_of_the_images():
    images = np.random.default_rng(0).integers(0, 256, (200, 4, 5, 3), dtype=np.uint8)
    mirrored = training.mirror(images, np.random.default_rng(1))
    same = (mirrored == images).all(axis=(1, 2, 3))
    turned = (mirrored == images[:, :, ::-1]).all(axis=(1, 2, 3))
    assert (same ^ turned).all() and 70 < turned.sum() < 130
    assert mirrored.dtype == np.uint8


def test_test_images_are_normalised_as_the_training_images(digits):
    net, _ = fit(digits.train_images, digits.train_labels, epochs=1)
    normalize = net.layers[0]
    before = normalize(digits.test_images)
    training.evaluate(net, (digits.test_images + 40).astype(np.uint8), digits.test_labels)
    assert np.array_equal(normalize(digits.test_images), before)


@pytest.mark.parametrize("how", ["fit", "evaluate", "predict"])
def test_whole_numbers_are_refused_without_a_normalize_layer(digits, how):
    net, images, labels = networks.mlp((64, 10)), digits.train_images, digits.train_labels
    call = {
        "fit": lambda: fit(images, labels, net=net),
        "evaluate": lambda: training.evaluate(net, images, labels),
        "predict": lambda: training.predict(net, images),
    }
    with pytest.raises(TypeError, match="uint8 numbers.*begin the network with layers.Normalize"):
        call[how]()


@pytest.mark.parametrize("batch_size", [1, 7, 300])
def test_answers_do_not_depend_on_the_batch_size(digits, batch_size):
    net, _ = fit(digits.train_images, digits.train_labels, epochs=1)
    expected = training.predict(net, digits.test_images)
    assert np.array_equal(training.predict(net, digits.test_images, batch_size), expected)


def test_floats_are_taken_as_they_are():
    net = networks.mlp((4, 10))
    images = np.full((3, 2, 2, 1), 7.5)
    assert np.array_equal(training.as_input(net, images), images)
    assert training.as_input(net, images).dtype == np.float32


@pytest.mark.parametrize(
    ("images", "labels", "words"),
    [
        (np.zeros((3, 8, 8, 1)), np.zeros(2, int), "one for each image"),
        (np.zeros((3, 8, 8, 1)), np.zeros(3), "whole numbers are needed"),
        (np.zeros((3, 8, 8, 1)), np.array([0, -1, 2]), "run from -1"),
        (np.zeros((3, 8, 8, 1)), np.array([0, 1, 10]), "with 10 outputs 0 to 9"),
        (np.zeros((0, 8, 8, 1)), np.zeros(0, int), "at least one"),
        (np.array(["a", "b"]), np.zeros(2, int), "numbers are needed"),
    ],
)
def test_images_and_labels_that_do_not_fit(images, labels, words):
    with pytest.raises((ValueError, TypeError), match=words):
        fit(images, labels, net=networks.mlp((64, 10)))


def test_a_batch_of_nothing_is_refused(digits):
    with pytest.raises(ValueError, match="batch_size is 0"):
        fit(digits.train_images, digits.train_labels, batch_size=0)


def test_the_train_command_prints_a_table(capsys):
    assert main(["train", "--dataset", "digits", "--epochs", "2", "--cosine"]) == 0
    out = capsys.readouterr().out
    assert "epoch     loss  training    test  seconds" in out
    assert out.count("%") == 6 and "Test accuracy" in out


def test_the_train_command_refuses_a_network_that_does_not_fit(capsys):
    assert main(["train", "--dataset", "digits", "--network", "course_cnn"]) == 1
    assert "use mlp for the digits" in capsys.readouterr().err
