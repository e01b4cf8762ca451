"""What a network looks like from inside: observe, and the Recorder of a training."""

import copy
import warnings

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from course_lib import diagnostics
from course_lib.cases import CaseA, CaseB
from course_lib.diagnostics.layer_reports import mean_and_std, norm_and_rms
from course_lib.nn import networks, training
from course_lib.nn.layers import Flatten, Linear, Normalize, ReLU, Sigmoid, Tanh
from course_lib.nn.losses import CrossEntropyLoss, MSELoss
from course_lib.nn.networks import Sequential
from course_lib.nn.optim import SGD
from tests.nn.torch_oracle import TorchNetwork, needs_torch, torch

NETWORKS = {
    "course_cnn": networks.course_cnn,
    "three_layer_cnn": lambda **how: networks.three_layer_cnn(filters=(3, 4, 5), **how),
    "sigmoid": lambda **how: networks.mlp((3072, 40, 30, 10), Sigmoid, **how),
    "tanh": lambda **how: networks.mlp((3072, 40, 30, 10), Tanh, **how),
}


@pytest.fixture(autouse=True)
def no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def make(name, seed=0, dtype=np.float64):
    return NETWORKS[name](rng=np.random.default_rng(seed), dtype=dtype)


def data(count, seed=1, dtype=np.float64):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(count, 32, 32, 3)).astype(dtype), rng.integers(10, size=count)


def linear(weight, bias=None):
    layer = Linear(*np.shape(weight), dtype=np.float64, bias=bias is not None)
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


# observe


def torch_statistics(net, x, labels):
    """What each layer's report should say, from PyTorch's outputs and gradients."""
    twin, outputs = TorchNetwork(net), []
    y = torch.tensor(x)
    for number, layer in enumerate(net.layers):
        y = twin.apply(layer, number, y)
        y.retain_grad() if y.requires_grad else y.requires_grad_()
        outputs.append(y)
    torch.nn.functional.cross_entropy(y, torch.tensor(labels)).backward()
    for number, (layer, y) in enumerate(zip(net.layers, outputs, strict=True)):
        expected = {
            "mean": y.mean(),
            "std": y.std(unbiased=False),
            "gradient_norm": y.grad.norm(),
            "gradient_rms": y.grad.square().mean().sqrt(),
        }
        shares = dict.fromkeys(("zeros", "dead", "saturated"))
        if isinstance(layer, ReLU):
            units = y.reshape(len(y), -1)
            shares["zeros"] = (units <= 0).double().mean().item()
            shares["dead"] = (units.sum(dim=0) == 0).double().mean().item()
        if isinstance(layer, (Sigmoid, Tanh)):
            limit = 5.986 if isinstance(layer, Sigmoid) else 2.993
            shares["saturated"] = (outputs[number - 1].abs() > limit).double().mean().item()
        weights = {
            name: (
                weight.norm(),
                weight.grad.norm(),
                weight.grad.square().mean().sqrt(),
                weight.grad.norm() / weight.norm(),
            )
            for (place, name), weight in twin.params.items()
            if place == number
        }
        yield (
            {key: value.item() for key, value in expected.items()},
            shares,
            {key: [value.item() for value in values] for key, values in weights.items()},
        )


@needs_torch
@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("size", [1, 7])
def test_reports_agree_with_pytorch(name, size):
    net, (x, labels) = make(name), data(6)
    x *= size  # the larger images saturate and kill more units
    reports = diagnostics.observe(net, CrossEntropyLoss(), x, labels)
    assert len(reports) == len(net.layers)
    for report, (numbers, shares, weights) in zip(
        reports, torch_statistics(net, x, labels), strict=True
    ):
        got = {key: getattr(report, key) for key in numbers}
        assert got == pytest.approx(numbers, rel=1e-9, abs=1e-15), report.name
        assert {key: getattr(report, key) for key in shares} == shares, report.name
        assert report.weights.keys() == weights.keys()
        for key, values in weights.items():
            w = report.weights[key]
            got = [w.norm, w.gradient_norm, w.gradient_rms, w.ratio]
            assert got == pytest.approx(values, rel=1e-9), (report.name, key)


def test_a_network_small_enough_to_work_it_out_by_hand():
    net = Sequential([linear([[1, 2], [3, -4]], [0, 1]), ReLU()])
    first, second = diagnostics.observe(net, Sum(), [[1.0, 1], [0, 2]], [0, 0])
    # outputs: 4, -1; 6, -7. After the ReLU: 4, 0; 6, 0
    assert (first.name, second.name) == ("0 Linear", "1 ReLU")
    assert first.mean == pytest.approx(0.5) and second.mean == pytest.approx(2.5)
    assert first.std == pytest.approx(np.sqrt((16 + 1 + 36 + 49) / 4 - 0.25))
    assert second.std == pytest.approx(np.sqrt((16 + 36) / 4 - 6.25))
    assert (second.zeros, second.dead, second.saturated) == (0.5, 0.5, None)
    assert (first.zeros, first.dead, first.saturated) == (None, None, None)
    # the gradient: 1, 1; 1, 1 and, behind the ReLU, 1, 0; 1, 0
    assert (second.gradient_norm, second.gradient_rms) == pytest.approx((2, 1))
    assert (first.gradient_norm, first.gradient_rms) == pytest.approx((np.sqrt(2), np.sqrt(0.5)))
    # of the weight 1, 0; 3, 0 and of the bias 2, 0
    weight, bias = first.weights["weight"], first.weights["bias"]
    assert weight.norm == pytest.approx(np.sqrt(30)) and bias.norm == pytest.approx(1)
    assert weight.gradient_norm == pytest.approx(np.sqrt(10))
    assert weight.gradient_rms == pytest.approx(np.sqrt(2.5))
    assert bias.gradient_norm == pytest.approx(2) and bias.gradient_rms == pytest.approx(np.sqrt(2))
    assert weight.ratio == pytest.approx(np.sqrt(1 / 3)) and bias.ratio == pytest.approx(2)
    assert second.weights == {}


def test_a_dead_unit_is_0_for_every_image():
    x = np.zeros((3, 1, 2, 2))  # two places, two channels
    x[0, 0, 0, 0] = x[1, 0, 1, 0] = x[2, 0, 1, 0] = 5
    (report,) = diagnostics.observe(Sequential([ReLU()]), Sum(), x - 1, [0, 0, 0])
    assert report.zeros == 9 / 12 and report.dead == 2 / 4  # the second channel, at both places


@pytest.mark.parametrize(("layer", "edge"), [(Sigmoid(), 5.9864), (Tanh(), 2.9932)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_saturated_means_a_slope_below_a_hundredth_of_the_largest(layer, edge, dtype):
    slope = layer.backward(np.ones_like(layer.forward(np.array([0.0, edge]))))
    assert slope[1] / slope[0] == pytest.approx(0.01, rel=1e-4)
    x = edge * np.array([[0, 0.99, -0.99, 1.01, -1.01, -20]], dtype)
    (report,) = diagnostics.observe(Sequential([layer]), Sum(), x, [0])
    assert report.saturated == 3 / 6 and report.zeros is report.dead is None


@pytest.mark.parametrize("pixels", [np.uint8, np.float64])
def test_whole_numbers_and_floats_go_in_as_in_training(pixels):
    images = np.random.default_rng(0).integers(256, size=(5, 32, 32, 3)).astype(pixels)
    net = make("course_cnn", dtype=np.float32)
    net.layers.insert(0, Normalize(9, 2))
    expected = (images.astype(float) - 9) / 2
    report = diagnostics.observe(net, CrossEntropyLoss(), images, [0, 1, 2, 3, 4])[0]
    assert report.mean == pytest.approx(expected.mean(dtype=np.float64), rel=1e-5)


@pytest.mark.parametrize("name", NETWORKS)
def test_observe_changes_no_weights_and_leaves_the_gradients(name):
    net, (x, labels) = make(name), data(4)
    before = copy.deepcopy(net)
    x.flags.writeable = False
    diagnostics.observe(net, CrossEntropyLoss(), x, labels)
    loss = CrossEntropyLoss()
    loss.forward(before.forward(x), labels)
    before.backward(loss.backward())
    for layer, twin in zip(net.layers, before.layers, strict=True):
        for key in getattr(layer, "params", ()):
            np.testing.assert_array_equal(layer.params[key], twin.params[key])
            np.testing.assert_array_equal(layer.grads[key], twin.grads[key])


def test_no_gradient_and_no_weights():
    class Nothing(Sum):
        def backward(self):
            return 0 * self.ones

    net = Sequential([linear([[1.0, 2]], [0, 0]), Tanh(), linear([[0.0], [0]], [0])])
    first, _, last = diagnostics.observe(net, Nothing(), [[1.0]], [0])
    assert first.gradient_norm == first.gradient_rms == first.weights["weight"].ratio == 0
    assert np.isnan(first.weights["bias"].ratio) and np.isnan(last.weights["weight"].ratio)
    assert diagnostics.first_overflow([first, last]) is None
    last = diagnostics.observe(net, Sum(), [[1.0]], [0])[-1]
    assert last.weights["weight"].ratio == np.inf and last.weights["weight"].norm == 0


def test_layers_from_elsewhere_even_those_that_overwrite():
    net = Sequential([Flatten(), Scale(2.0), linear([[1.0], [1]]), Scale(-3.0), Scale(0.5)])
    reports = diagnostics.observe(net, Sum(), np.array([[[1.0, 2]], [[0, 1]]]), [0, 0])
    assert [report.mean for report in reports] == pytest.approx([1, 2, 4, -12, -6])
    norms = [report.gradient_norm for report in reports]
    assert norms == pytest.approx([6, 3, 1.5 * np.sqrt(2), np.sqrt(0.5), np.sqrt(2)])
    assert [report.weights["factor"].gradient_norm for report in reports[1::2]] == pytest.approx([
        6,
        4,
    ])
    assert reports[1].name == "1 Scale" and reports[1].weights["factor"].ratio == pytest.approx(3)


def test_a_layer_from_elsewhere_can_come_first():
    net = Sequential([Scale(2.0), Flatten()])
    first, _ = diagnostics.observe(net, Sum(), np.array([[[3.0]]]), [0])
    assert first.weights["factor"].gradient_norm == pytest.approx(3)


def test_weights_without_a_gradient():
    class Frozen(Flatten):
        params = {"table": np.ones(4)}

    (report,) = diagnostics.observe(Sequential([Frozen()]), Sum(), np.ones((2, 3)), [0, 0])
    table = report.weights["table"]
    assert table.norm == pytest.approx(2) and np.isnan([table.gradient_norm, table.ratio]).all()


def test_the_two_cases_as_posted():
    x = np.random.default_rng(0).uniform(0, 16, size=(20, 8, 8, 1))
    reports = diagnostics.observe(
        CaseB().build(np.random.default_rng(0)), MSELoss(), x, np.zeros(20, int)
    )
    assert reports[5].name == "5 OverwritingReLU" and 0 < reports[5].dead < reports[5].zeros < 1
    assert reports[3].saturated > 0.8 and reports[5].std > 5
    net = CaseA().build(np.random.default_rng(0))
    reports = diagnostics.observe(net, CrossEntropyLoss(), data(3)[0] * 255, [1, 2, 3])
    assert [report.name for report in reports] == [
        "0 Normalize",
        "1 Conv2d",
        "2 ReLU",
        "3 ByColumns",
        "4 Flatten",
        "5 Linear",
    ]
    assert list(reports[5].weights) == ["weight"]


# Overflow


def deep(factor, depth=6, dtype=np.float32, activation=ReLU):
    layers = []
    for _ in range(depth):
        layers += [linear([[factor]]), activation()]
    for layer in layers[::2]:
        layer.params["weight"] = layer.params["weight"].astype(dtype)
    return Sequential(layers)


def test_outputs_that_overflow_name_the_first_layer():
    reports = diagnostics.observe(deep(1e10), Sum(), [[1.0]], [0])
    assert [np.isfinite(report.mean) for report in reports] == [True] * 6 + [False] * 6
    assert diagnostics.first_overflow(reports) == "6 Linear"
    assert reports[6].mean == np.inf and not np.isfinite(reports[0].gradient_norm)


def test_a_nan_is_reported_in_every_share():
    net = Sequential([Sigmoid(), Tanh(), ReLU()])
    reports = diagnostics.observe(net, Sum(), [[np.nan, 1.0]], [0])
    assert diagnostics.first_overflow(reports) == "0 Sigmoid"
    shares = [reports[0].saturated, reports[1].saturated, reports[2].zeros, reports[2].dead]
    assert np.isnan([*shares, *(report.std for report in reports)]).all()


def test_gradients_that_overflow_name_the_last_layer_where_they_do():
    reports = diagnostics.observe(deep(1e10), Sum(), [[1e-30]], [0])
    assert np.isfinite([report.mean for report in reports]).all()
    assert [np.isfinite(report.gradient_rms) for report in reports[::2]] == [False] * 2 + [True] * 4
    assert diagnostics.first_overflow(reports) == "3 ReLU"  # 1e40 arrives there
    reports = diagnostics.observe(deep(1e-20, 2), Sum(), [[3e38]], [0])
    assert diagnostics.first_overflow(reports) is None
    net = Sequential([linear([[1e-30]]), linear([[1e30]])])
    for layer in net.layers:
        layer.params["weight"] = layer.params["weight"].astype(np.float32)
    reports = diagnostics.observe(net, Sum(), [[1e20]], [0])
    assert np.isfinite([report.gradient_rms for report in reports]).all()
    assert diagnostics.first_overflow(reports) == "0 Linear"  # its weight gets 1e50


def test_a_sound_network_does_not_overflow():
    net, (x, labels) = make("course_cnn"), data(2)
    reports = diagnostics.observe(net, CrossEntropyLoss(), x, labels)
    assert diagnostics.first_overflow(reports) is None


def test_a_loss_that_meets_infinity_does_not_stop_the_report():
    net = networks.mlp((4, 4, 4), dtype=np.float32, rng=np.random.default_rng(0))
    for layer in net.layers[1::2]:
        layer.params["weight"] *= np.float32(1e30)
    x = np.random.default_rng(0).normal(size=(3, 2, 2, 1)) * 1e9
    reports = diagnostics.observe(net, CrossEntropyLoss(), x, [0, 1, 2])
    assert diagnostics.first_overflow(reports) == "1 Linear" and len(reports) == 4


@pytest.mark.parametrize(
    ("size", "dtype"),
    [
        (1e-30, np.float32),
        (1e30, np.float32),
        (1e-200, np.float64),
        (1e300, np.float64),
    ],
)
def test_squares_neither_vanish_nor_overflow(size, dtype):
    x = (np.array([[3.0, -4], [0, 0]]) * size).astype(dtype)
    assert norm_and_rms(x) == pytest.approx((5 * size, 2.5 * size), rel=1e-6)
    assert mean_and_std(x) == pytest.approx((-0.25 * size, np.sqrt(6.25 - 0.0625) * size), rel=1e-6)


def test_statistics_leave_the_array_alone():
    x = np.array([1.0, -2])
    x.flags.writeable = False
    assert norm_and_rms(x) == pytest.approx((np.sqrt(5), np.sqrt(2.5)))
    assert mean_and_std(x) == pytest.approx((-0.5, 1.5))


# Recorder


def train(
    net,
    recorder,
    count=150,
    *,
    epochs=2,
    batch_size=64,
    dtype=np.float64,
    seed=3,
    optimizer=None,
    **options,
):
    images, labels = data(count, dtype=dtype)
    rng = np.random.default_rng(seed)
    history = training.fit(
        net,
        images,
        labels,
        loss=CrossEntropyLoss(),
        epochs=epochs,
        batch_size=batch_size,
        optimizer=optimizer or SGD(0.01, momentum=0.9, weight_decay=0.1),
        rng=rng,
        progress=False,
        recorder=recorder,
        **options,
    )
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
@pytest.mark.parametrize("name", ["course_cnn", "sigmoid"])
def test_a_recorder_changes_nothing_in_the_training(name, every):
    plain, recorded = make(name, dtype=np.float32), make(name, dtype=np.float32)
    kinds = [type(layer) for layer in recorded.layers]
    history, drawn = train(plain, None, dtype=np.float32, augment=training.mirror)
    recorder = diagnostics.Recorder(every)
    again, drawn_too = train(recorded, recorder, dtype=np.float32, augment=training.mirror)
    assert history.batch_loss == again.batch_loss and history.accuracy == again.accuracy
    assert drawn == drawn_too and [type(layer) for layer in recorded.layers] == kinds
    for layer, twin in zip(plain.layers, recorded.layers, strict=True):
        for key in getattr(layer, "params", ()):
            assert np.array_equal(layer.params[key], twin.params[key])
            assert np.array_equal(layer.grads[key], twin.grads[key])
    assert recorder.steps == list(range(0, 6, every))


def noisy(net):
    """The same layers, and one from elsewhere that draws random numbers and counts its calls."""

    class Dropout:
        rng, calls = np.random.default_rng(5), 0

        def forward(self, x):
            self.calls += 1
            self.kept = self.rng.random(x.shape) < 0.5
            return x * self.kept

        def backward(self, dy):
            return dy * self.kept

    return Sequential([*net.layers[:-1], Dropout(), net.layers[-1]])


def test_layers_that_draw_random_numbers_draw_the_same():
    plain, recorded = noisy(make("course_cnn")), noisy(make("course_cnn"))
    history, _ = train(plain, None)
    recorder = diagnostics.Recorder(2)
    assert history.batch_loss == train(recorded, recorder)[0].batch_loss
    assert recorded.layers[-2].calls == 6 and list(recorder.zeros) == ["1 ReLU"]


@pytest.mark.parametrize("name", NETWORKS)
def test_records_are_what_observe_sees(name):
    """A mini-batch of 130 images goes through the network in four shares."""
    net, recorder, seen = make(name), diagnostics.Recorder(1), []

    class Spy(SGD):
        def step(self, network):
            before = copy.deepcopy(network)
            super().step(network)
            images, labels = data(130)
            reports = diagnostics.observe(before, CrossEntropyLoss(), images, labels)
            seen.append((reports, before, copy.deepcopy(network)))

    train(net, recorder, 130, batch_size=130, epochs=3, shuffle=False, optimizer=Spy(0.05, 0.9))
    assert recorder.steps == [0, 1, 2] and len(seen) == 3
    got = {key: values[:] for key, values in lists(recorder).items()}
    for reports, before, after in seen:
        expected = {}
        for number, report in enumerate(reports):
            for key, w in report.weights.items():
                old, new = (n.layers[number].params[key] for n in (before, after))
                expected |= {
                    f"{kind}: {report.name} {key}": value
                    for kind, value in (
                        ("gradients", w.gradient_norm),
                        ("gradient_rms", w.gradient_rms),
                        ("gradient_ratios", w.ratio),
                    )
                }
                with np.errstate(divide="ignore"):
                    expected[f"update_ratios: {report.name} {key}"] = np.linalg.norm(
                        new - old
                    ) / np.linalg.norm(old)
            if report.zeros is not None or report.saturated is not None:
                expected |= {
                    f"means: {report.name}": report.mean,
                    f"stds: {report.name}": report.std,
                }
            expected |= {
                f"{kind}: {report.name}": getattr(report, kind)
                for kind in ("zeros", "dead", "saturated")
                if getattr(report, kind) is not None
            }
        assert {key: values.pop(0) for key, values in got.items()} == pytest.approx(
            expected, rel=1e-9
        )
    assert not any(got.values())


def test_a_unit_is_dead_only_if_it_is_in_all_shares():
    net, recorder = make("course_cnn"), diagnostics.Recorder()
    images, labels = data(64)
    images[:32], images[32:] = images[0], -images[0]  # what one share kills lives in the other
    training.fit(
        net,
        images,
        labels,
        loss=CrossEntropyLoss(),
        optimizer=SGD(0.0),
        epochs=1,
        batch_size=64,
        rng=np.random.default_rng(0),
        progress=False,
        shuffle=False,
        recorder=recorder,
    )
    assert recorder.dead["1 ReLU"] == [0] and recorder.zeros["1 ReLU"] == [0.5]


def test_shares_with_different_means_make_one_spread():
    net, recorder = make("course_cnn"), diagnostics.Recorder()
    images, labels = data(80)  # shares of 40 and 40 or 27, 27 and 26
    images[30:] *= 9
    training.fit(
        net,
        images,
        labels,
        loss=CrossEntropyLoss(),
        optimizer=SGD(0.0),
        epochs=1,
        batch_size=80,
        rng=np.random.default_rng(0),
        progress=False,
        shuffle=False,
        recorder=recorder,
    )
    y = net.layers[1].forward(net.layers[0].forward(images))
    assert recorder.means["1 ReLU"] == pytest.approx([y.mean()], rel=1e-9)
    assert recorder.stds["1 ReLU"] == pytest.approx([y.std()], rel=1e-9)


def test_the_update_with_momentum_is_what_the_weights_moved_by():
    net = Sequential([Flatten(), linear([[3.0], [4]])])
    recorder = diagnostics.Recorder(1)
    training.fit(
        net,
        np.array([[1.0, 0]]).reshape(1, 1, 2, 1),
        [0],
        loss=Sum(),
        optimizer=SGD(0.5, momentum=0.5),
        epochs=3,
        batch_size=1,
        rng=np.random.default_rng(0),
        progress=False,
        recorder=recorder,
    )
    # the gradient is 1, 0 each time; the velocities 1, 1.5, 1.75; the first weight 3, 2.5, 1.75
    name = "1 Linear weight"
    assert recorder.gradients[name] == pytest.approx([1, 1, 1])
    assert recorder.gradient_rms[name] == pytest.approx([np.sqrt(0.5)] * 3)
    norms = np.hypot([3, 2.5, 1.75], 4)
    np.testing.assert_allclose(recorder.gradient_ratios[name], 1 / norms)
    np.testing.assert_allclose(recorder.update_ratios[name], [0.5, 0.75, 0.875] / norms)


def test_gradients_are_those_that_the_optimizer_gets():
    class Clipping(SGD):
        def step(self, network):
            for layer, name in networks.parameter_slots(network):
                layer.grads[name] *= 0
            super().step(network)

    recorder = diagnostics.Recorder(1)
    train(make("sigmoid"), recorder, optimizer=Clipping(0.1))
    assert min(recorder.gradients["1 Linear weight"]) > 0
    assert max(recorder.update_ratios["1 Linear weight"]) == 0


@pytest.mark.parametrize("threads", [2, 4])
def test_the_number_of_threads_does_not_show(threads):
    def record(count):
        recorder = diagnostics.Recorder(1)
        with threadpool_limits(limits=count, user_api="blas"):
            train(
                make("course_cnn", dtype=np.float32),
                recorder,
                260,
                batch_size=130,
                epochs=4,
                dtype=np.float32,
            )
        return lists(recorder)

    assert record(1) == record(threads)


def test_every_twentieth_step_and_the_first():
    recorder, net = diagnostics.Recorder(), make("sigmoid")
    train(net, recorder, 45, batch_size=1, epochs=1)
    assert recorder.steps == [0, 20, 40]
    train(net, recorder, 45, batch_size=1, epochs=1)
    assert recorder.steps == [0, 20, 40, 60, 80]
    assert {len(values) for values in lists(recorder).values()} == {5}
    assert list(recorder.gradients) == [
        f"{number} Linear {name}" for number in (1, 3, 5) for name in ("weight", "bias")
    ]
    assert list(recorder.saturated) == list(recorder.means) == ["2 Sigmoid", "4 Sigmoid"]
    assert recorder.zeros == recorder.dead == {}


def test_the_interval_changes_no_record():
    often, seldom = diagnostics.Recorder(1), diagnostics.Recorder(3)
    for recorder in (often, seldom):
        train(make("course_cnn"), recorder, epochs=3)
    assert seldom.steps == often.steps[::3] == [0, 3, 6]
    assert lists(seldom) == {key: values[::3] for key, values in lists(often).items()}


def test_one_recorder_is_for_one_network():
    recorder = diagnostics.Recorder()
    train(make("sigmoid"), recorder)
    other = make("sigmoid")
    before = other.layers[1].params["weight"].copy()
    with pytest.raises(ValueError, match="another network; make a new Recorder"):
        train(other, recorder)
    assert np.array_equal(other.layers[1].params["weight"], before)


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
    net, recorder = make("sigmoid"), diagnostics.Recorder(1)
    images, labels = data(12)

    def forward_and_backward(network, x):
        loss = CrossEntropyLoss()
        loss.forward(network.forward(x), labels[: len(x)])
        network.backward(loss.backward())

    step, _ = recorder.watch(net, forward_and_backward, SGD(0.0).step)
    step(net, images[:5])
    step, update = recorder.watch(net, forward_and_backward, SGD(0.0).step)
    step(net, images[5:])
    update(net)
    reports = diagnostics.observe(net, CrossEntropyLoss(), images[5:], labels[5:])
    assert recorder.means["2 Sigmoid"] == [pytest.approx(reports[2].mean, rel=1e-12)]


def test_overflow_is_recorded_without_a_word():
    class Quiet(Linear):
        """Numbers overflow in here, and the layer itself does not complain."""

        def forward(self, x):
            with np.errstate(all="ignore"):
                return super().forward(x) * 1e300

        def backward_to_params(self, dy):
            with np.errstate(all="ignore"):
                super().backward_to_params(dy * 1e300)

        def backward_to_input(self, dy):
            with np.errstate(all="ignore"):
                return super().backward_to_input(dy * 1e300)

    class QuietSGD(SGD):
        def step(self, network):
            with np.errstate(all="ignore"):
                super().step(network)

    layer = Quiet(1, 1, dtype=np.float64)
    layer.params["weight"][...] = 1e10
    recorder = diagnostics.Recorder()
    net = Sequential([Flatten(), layer, ReLU()])
    training.fit(
        net,
        np.full((2, 1, 1, 1), 1e100),
        [0, 0],
        loss=Sum(),
        optimizer=QuietSGD(1e300),
        epochs=1,
        batch_size=2,
        rng=np.random.default_rng(0),
        progress=False,
        recorder=recorder,
    )
    assert recorder.means["2 ReLU"] == [np.inf] and np.isnan(recorder.stds["2 ReLU"][0])
    assert recorder.gradients["1 Quiet weight"] == [np.inf]
    assert recorder.update_ratios["1 Quiet weight"] == [np.inf]
