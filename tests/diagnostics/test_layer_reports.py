"""What a network looks like from inside: observe, and the Recorder of a training."""

import copy
from dataclasses import asdict

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from course_lib import diagnostics
from course_lib.cases import CaseB
from course_lib.diagnostics.layer_reports import mean_and_std, norm_and_rms
from course_lib.nn import networks, training
from course_lib.nn.layers import Flatten, Linear, Normalize, ReLU, Sigmoid, Tanh
from course_lib.nn.losses import CrossEntropyLoss, MSELoss
from course_lib.nn.networks import Sequential
from course_lib.nn.optim import SGD
from tests.nn.helpers import assert_same, backpropagate, fit, weights

pytestmark = pytest.mark.filterwarnings("error")


class Dropout:
    """A layer from elsewhere that draws random numbers."""

    def __init__(self, rng):
        self.rng = rng

    def forward(self, x):
        self.kept = self.rng.random(x.shape) < 0.5
        return x * self.kept

    def backward(self, dy):
        return dy * self.kept


NETWORKS = {
    "course_cnn": networks.course_cnn,
    "three_layer_cnn": lambda **how: networks.three_layer_cnn(filters=(3, 4, 5), **how),
    "sigmoid": lambda **how: networks.mlp((3072, 40, 30, 10), Sigmoid, **how),
    "tanh": lambda **how: networks.mlp((3072, 40, 30, 10), Tanh, **how),
}


def make(name, dtype=np.float64):
    rng = np.random.default_rng(0)
    if name == "dropout":
        first, *others = networks.mlp((3072, 20, 10), rng=rng, dtype=dtype).layers
        return Sequential([first, Dropout(rng), *others])
    return NETWORKS[name](rng=rng, dtype=dtype)


def data(count, dtype=np.float64):
    rng = np.random.default_rng(1)
    return rng.normal(size=(count, 32, 32, 3)).astype(dtype), rng.integers(10, size=count)


def linear(weight, bias=None, dtype=np.float64):
    layer = Linear(*np.shape(weight), dtype=dtype, bias=bias is not None)
    layer.params["weight"][...] = weight
    if bias is not None:
        layer.params["bias"][...] = bias
    return layer


class Sum:
    """A loss that adds up all outputs: the gradient of each is 1."""

    def forward(self, y, labels):
        self.ones = np.ones_like(y)
        return float(y.sum())

    def backward(self):
        return self.ones


def observe(layers, x, loss=None):
    return diagnostics.observe(Sequential(layers), loss or Sum(), x, [0] * len(x))


# observe


def size(x):
    """L2 norm and root mean square."""
    return np.linalg.norm(x), np.sqrt(np.mean(np.square(x)))


def expected_numbers(net, x, labels):
    """All numbers that each layer's report should hold, computed layer by layer."""
    loss, inputs = CrossEntropyLoss(), [x]
    for layer in net.layers:
        inputs.append(layer.forward(inputs[-1]))
    loss.forward(inputs[-1], labels)
    dy, expected = loss.backward(), []
    for number, layer in reversed(list(enumerate(net.layers))):
        x, y = inputs[number : number + 2]
        numbers = {"mean": y.mean(), "std": y.std()}
        numbers["gradient_norm"], numbers["gradient_rms"] = size(dy)
        if isinstance(layer, ReLU):
            numbers |= {"zeros": np.mean(y <= 0), "dead": np.mean(y.sum(axis=0) == 0)}
        if isinstance(layer, (Sigmoid, Tanh)):
            limit = {Sigmoid: 5.986, Tanh: 2.993}[type(layer)]
            numbers["saturated"] = np.mean(np.abs(x) > limit)
        dy = layer.backward(dy)
        for name, weight in layer.params.items():
            (norm, _), (gradient_norm, gradient_rms) = size(weight), size(layer.grads[name])
            numbers[f"{name} norm"], numbers[f"{name} ratio"] = norm, gradient_norm / norm
            numbers[f"{name} gradient_norm"] = gradient_norm
            numbers[f"{name} gradient_rms"] = gradient_rms
        expected.insert(0, numbers)
    return expected


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("factor", [1, 7])
def test_a_report_says_what_is_seen_layer_by_layer(name, factor):
    net, twin, (x, labels) = make(name), make(name), data(6)
    for array in (*net.parameters(), *twin.parameters()):
        array += 0.01  # biases of 0 would have an infinite ratio
    x *= factor  # the larger images saturate and kill more units
    x.flags.writeable = False
    reports = diagnostics.observe(net, CrossEntropyLoss(), x, labels)
    kinds = [type(layer).__name__ for layer in net.layers]
    assert [report.name for report in reports] == [f"{n} {kind}" for n, kind in enumerate(kinds)]
    for report, expected in zip(reports, expected_numbers(twin, x, labels), strict=True):
        numbers = asdict(report)
        for key, weight in numbers.pop("weights").items():
            numbers |= {f"{key} {kind}": value for kind, value in weight.items()}
        found = {key: value for key, value in numbers.items() if value not in (None, report.name)}
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-15), report.name
    assert diagnostics.first_overflow(reports) is None
    assert_same(weights(net), weights(twin))
    assert_same(weights(net, "grads"), weights(twin, "grads"))


def test_a_dead_unit_is_0_for_every_image():
    x = np.zeros((3, 1, 2, 2))  # two places, two channels
    x[0, 0, 0, 0] = x[1, 0, 1, 0] = x[2, 0, 1, 0] = 5
    (report,) = observe([ReLU()], x - 1)
    assert report.zeros == 9 / 12 and report.dead == 2 / 4  # the second channel, at both places


@pytest.mark.parametrize(("layer", "edge"), [(Sigmoid(), 5.9864), (Tanh(), 2.9932)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_saturated_means_a_slope_below_a_hundredth_of_the_largest(layer, edge, dtype):
    slope = layer.backward(np.ones_like(layer.forward(np.array([0.0, edge]))))
    assert slope[1] / slope[0] == pytest.approx(0.01, rel=1e-4)
    x = edge * np.array([[0, 0.99, -0.99, 1.01, -1.01, -20]], dtype)
    (report,) = observe([layer], x)
    assert report.saturated == 3 / 6 and report.zeros is report.dead is None


@pytest.mark.parametrize("pixels", [np.uint8, np.float64])
def test_whole_numbers_and_floats_go_in_as_in_training(pixels):
    images = np.random.default_rng(0).integers(256, size=(5, 32, 32, 3)).astype(pixels)
    layers = [Normalize(9, 2), *make("course_cnn", np.float32).layers]
    report = observe(layers, images, CrossEntropyLoss())[0]
    assert report.mean == pytest.approx((images.mean() - 9) / 2, rel=1e-5)


def test_no_gradient_and_no_weights():
    class Nothing(Sum):
        def backward(self):
            return 0 * self.ones

    layers = [linear([[1.0, 2]], [0, 0]), Tanh(), linear([[0.0], [0]], [0])]
    first, _, last = observe(layers, [[1.0]], Nothing())
    assert first.gradient_norm == first.gradient_rms == first.weights["weight"].ratio == 0
    assert np.isnan(first.weights["bias"].ratio) and np.isnan(last.weights["weight"].ratio)
    assert diagnostics.first_overflow([first, last]) is None
    last = observe(layers, [[1.0]])[-1]
    assert last.weights["weight"].ratio == np.inf and last.weights["weight"].norm == 0


class Scale:
    """A layer from elsewhere: x times one number, in place, its backward all in one."""

    def __init__(self, factor):
        self.params = {"factor": np.array([factor])}
        self.grads = {"factor": np.zeros(1)}

    def forward(self, x):
        self.x = x.copy()
        x *= self.params["factor"]
        return x

    def backward(self, dy):
        self.grads["factor"][...] = np.sum(self.x * dy)
        dy *= self.params["factor"]
        return dy


def test_layers_from_elsewhere_even_those_that_overwrite():
    layers = [Scale(2.0), Flatten(), linear([[1.0], [1]]), Scale(-3.0), Scale(0.5)]
    reports = observe(layers, np.array([[[1.0, 2]], [[0, 1]]]))
    assert [report.mean for report in reports] == pytest.approx([2, 2, 4, -12, -6])
    norms = [report.gradient_norm for report in reports]
    assert norms == pytest.approx([3, 3, 1.5 * np.sqrt(2), np.sqrt(0.5), np.sqrt(2)])
    scales = [report.weights["factor"] for report in reports if report.name.endswith("Scale")]
    assert [scale.gradient_norm for scale in scales] == pytest.approx([6, 4, 24])
    assert scales[0].ratio == pytest.approx(3)


def test_weights_without_a_gradient():
    class Frozen(Flatten):
        def __init__(self):
            self.params = {"table": np.ones(4)}

    (report,) = observe([Frozen()], np.ones((2, 3)))
    table = report.weights["table"]
    assert table.norm == pytest.approx(2) and np.isnan([table.gradient_norm, table.ratio]).all()


def test_a_relu_from_elsewhere_is_known_by_its_name():
    x = np.random.default_rng(0).uniform(0, 16, size=(20, 8, 8, 1))
    report = observe(CaseB().build(np.random.default_rng(0)).layers, x, MSELoss())[5]
    assert report.name == "5 OverwritingReLU" and 0 < report.dead < report.zeros < 1


# Overflow


def deep(*factors):
    layers = [[linear([[factor]], dtype=np.float32), ReLU()] for factor in factors]
    return [layer for both in layers for layer in both]


def test_outputs_that_overflow_name_the_first_layer():
    reports = observe(deep(*[1e10] * 6), [[1.0]])
    assert [np.isfinite(report.mean) for report in reports] == [True] * 6 + [False] * 6
    assert diagnostics.first_overflow(reports) == "6 Linear"
    assert reports[6].mean == np.inf and not np.isfinite(reports[0].gradient_norm)


def test_a_nan_is_reported_in_every_share():
    reports = observe([Sigmoid(), Tanh(), ReLU()], [[np.nan, 1.0]])
    assert diagnostics.first_overflow(reports) == "0 Sigmoid"
    shares = [reports[0].saturated, reports[1].saturated, reports[2].zeros, reports[2].dead]
    assert np.isnan([*shares, *(report.std for report in reports)]).all()


@pytest.mark.parametrize(
    ("layers", "x", "expected"),
    [
        (deep(*[1e10] * 6), 1e-30, "3 ReLU"),  # 1e40 arrives there
        (deep(1e-30, 1e30), 1e20, "0 Linear"),  # its weight gets 1e50
        (deep(1e-20, 1e-20), 3e38, None),
    ],
)
def test_gradients_that_overflow_name_the_last_layer_where_they_do(layers, x, expected):
    reports = observe(layers, [[x]])
    assert np.isfinite([report.mean for report in reports]).all()
    assert diagnostics.first_overflow(reports) == expected


def test_a_loss_that_meets_infinity_does_not_stop_the_report():
    layers = networks.mlp((4, 4, 4), rng=np.random.default_rng(0)).layers
    for layer in layers[1::2]:
        layer.params["weight"] *= np.float32(1e30)
    x = np.random.default_rng(0).normal(size=(3, 2, 2, 1)) * 1e9
    reports = observe(layers, x, CrossEntropyLoss())
    assert diagnostics.first_overflow(reports) == "1 Linear" and len(reports) == 4


@pytest.mark.parametrize(
    ("size", "dtype"),
    [(1e-30, np.float32), (1e30, np.float32), (1e-200, np.float64), (1e300, np.float64)],
)
def test_squares_neither_vanish_nor_overflow_and_the_array_stays_as_it_was(size, dtype):
    for sign in (1, -1):
        x = (np.array([[3.0, 4], [0, 0]]) * sign * size).astype(dtype)
        x.flags.writeable = False
        assert norm_and_rms(x) == pytest.approx((5 * size, 2.5 * size), rel=1e-6)
        mean, std = 1.75 * sign * size, np.sqrt(6.25 - 1.75**2) * size
        assert mean_and_std(x) == pytest.approx((mean, std), rel=1e-6)


# Recorder


def train(net, recorder, count=150, dtype=np.float64, **options):
    """Train with random images; return the history, and what rng draws afterwards."""
    rng = np.random.default_rng(3)
    usual = {"optimizer": SGD(0.01, momentum=0.9, weight_decay=0.1), "rng": rng}
    history = fit(net, *data(count, dtype), recorder=recorder, **usual | options)
    return history, rng.random()


def lists(recorder):
    """All the lists of a recorder, by names such as "zeros: 1 ReLU"."""
    return {
        f"{kind}: {name}": values
        for kind, table in vars(recorder).items()
        if isinstance(table, dict)
        for name, values in table.items()
    }


@pytest.mark.parametrize("every", [1, 2, 20])
@pytest.mark.parametrize("name", ["course_cnn", "sigmoid", "dropout"])
def test_a_recorder_changes_nothing_in_the_training(name, every):
    plain, recorded = make(name, np.float32), make(name, np.float32)
    layers, recorder = list(recorded.layers), diagnostics.Recorder(every)
    history, drawn = train(plain, None, dtype=np.float32, augment=training.mirror)
    again, same = train(recorded, recorder, dtype=np.float32, augment=training.mirror)
    assert history.batch_loss == again.batch_loss and history.accuracy == again.accuracy
    assert drawn == same and recorded.layers == layers
    assert_same(weights(recorded), weights(plain))
    assert_same(weights(recorded, "grads"), weights(plain, "grads"))
    assert recorder.steps == list(range(0, 6, every))


@pytest.mark.parametrize("name", NETWORKS)
def test_records_are_what_observe_sees(name):
    """A mini-batch of 130 images goes through the network in four shares."""
    net, recorder, steps = make(name), diagnostics.Recorder(1), []

    class Spy(SGD):
        def step(self, network):
            before = copy.deepcopy(network)
            super().step(network)
            reports = diagnostics.observe(before, CrossEntropyLoss(), *data(130))
            rows = {}
            for report, old, new in zip(reports, before.layers, network.layers, strict=True):
                for key, weight in report.weights.items():
                    change = np.linalg.norm(new.params[key] - old.params[key])
                    rows[f"{report.name} {key}"] = {
                        "gradients": weight.gradient_norm,
                        "gradient_rms": weight.gradient_rms,
                        "gradient_ratios": weight.ratio,
                        "update_ratios": change / weight.norm if weight.norm else np.inf,
                    }
                if isinstance(old, (ReLU, Sigmoid, Tanh)):
                    rows[report.name] = {"means": report.mean, "stds": report.std}
                    for kind in ("zeros", "dead") if isinstance(old, ReLU) else ("saturated",):
                        rows[report.name][kind] = getattr(report, kind)
            steps.append({
                f"{kind}: {name}": row[kind] for name, row in rows.items() for kind in row
            })

    train(net, recorder, 130, batch_size=130, epochs=3, shuffle=False, optimizer=Spy(0.05, 0.9))
    assert recorder.steps == [0, 1, 2] == list(range(len(steps)))
    for step, expected in enumerate(steps):
        found = {key: values[step] for key, values in lists(recorder).items()}
        assert found == pytest.approx(expected, rel=1e-9)


def record_one_step(images):
    """What a Recorder says about a mini-batch of these images, in shares, and its ReLU's output."""
    net, recorder, labels = make("course_cnn"), diagnostics.Recorder(), np.zeros(len(images), int)
    y = net.layers[1].forward(net.layers[0].forward(images))
    how = {"optimizer": SGD(0.0), "epochs": 1, "batch_size": len(images), "shuffle": False}
    fit(net, images, labels, recorder=recorder, **how)
    return recorder, y


def test_a_unit_is_dead_only_if_it_is_in_all_shares():
    images, _ = data(64)
    images[:32], images[32:] = images[0], -images[0]  # what one share kills lives in the other
    recorder, _ = record_one_step(images)
    assert recorder.dead["1 ReLU"] == [0] and recorder.zeros["1 ReLU"] == [0.5]


def test_shares_with_different_means_make_one_spread():
    images, _ = data(80)  # shares of 40 and 40 or 27, 27 and 26
    images[30:] *= 9
    recorder, y = record_one_step(images)
    assert recorder.means["1 ReLU"] == pytest.approx([y.mean()], rel=1e-9)
    assert recorder.stds["1 ReLU"] == pytest.approx([y.std()], rel=1e-9)


@pytest.mark.parametrize("threads", [2, 4])
def test_the_number_of_threads_does_not_show(threads):
    def record(count):
        recorder, net = diagnostics.Recorder(1), make("course_cnn", np.float32)
        with threadpool_limits(limits=count, user_api="blas"):
            train(net, recorder, 260, np.float32, batch_size=130, epochs=4)
        return lists(recorder)

    assert record(1) == record(threads)


def test_every_twentieth_step_and_the_first_are_as_if_every_step_was_recorded():
    seldom, often = diagnostics.Recorder(), diagnostics.Recorder(1)
    for recorder in (seldom, often):
        net = make("sigmoid")
        for _ in range(2):  # the numbers of the steps go on
            train(net, recorder, 45, batch_size=1, epochs=1)
    assert seldom.steps == often.steps[::20] == [0, 20, 40, 60, 80]
    assert lists(seldom) == {key: values[::20] for key, values in lists(often).items()}


def test_one_recorder_is_for_one_network():
    recorder, other = diagnostics.Recorder(), make("sigmoid")
    train(make("sigmoid"), recorder)
    with pytest.raises(ValueError, match="another network; make a new Recorder"):
        train(other, recorder)
    assert_same(weights(other), weights(make("sigmoid")))


@pytest.mark.parametrize("every", [0, -1, 2.5, "all"])
def test_an_interval_that_is_none(every):
    with pytest.raises(ValueError, match="every is .*whole number of at least 1"):
        diagnostics.Recorder(every)


def test_an_interrupted_step_leaves_nothing_behind():
    net, recorder = make("course_cnn"), diagnostics.Recorder(1)

    class Interrupted(SGD):
        def step(self, network):
            raise KeyboardInterrupt

    train(net, recorder, optimizer=SGD(0.0))
    before = copy.deepcopy(lists(recorder))
    history, _ = train(net, recorder, optimizer=Interrupted(0.1))
    assert history.interrupted and lists(recorder) == before and len(recorder.steps) == 6


def test_the_share_of_an_interrupted_step_is_forgotten():
    net, recorder, (images, labels) = make("sigmoid"), diagnostics.Recorder(1), data(12)
    step, _ = recorder.watch(net, backpropagate, SGD(0.0).step)
    step(net, images[:5], labels[:5])
    step, update = recorder.watch(net, backpropagate, SGD(0.0).step)
    step(net, images[5:], labels[5:])
    update(net)
    reports = diagnostics.observe(net, CrossEntropyLoss(), images[5:], labels[5:])
    assert recorder.means["2 Sigmoid"] == [pytest.approx(reports[2].mean, rel=1e-12)]


def test_overflow_is_recorded_without_a_word():
    net, recorder = Sequential([linear([[1e10]]), ReLU()]), diagnostics.Recorder()

    def overflow(twin):
        twin.layers[1].forward(np.array([[np.inf, 1.0]]))
        net.layers[0].grads["weight"] = np.array([[np.inf]])

    def update(network):
        network.layers[0].params["weight"] = np.array([[-np.inf]])

    overflow, update = recorder.watch(net, overflow, update)
    overflow(net)
    update(net)
    assert recorder.means["1 ReLU"] == [np.inf] and np.isnan(recorder.stds["1 ReLU"][0])
    assert recorder.gradients["0 Linear weight"] == [np.inf]
    assert recorder.update_ratios["0 Linear weight"] == [np.inf]
