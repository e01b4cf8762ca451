"""parallel: a mini-batch in shares gives what it gives as a whole, on any number of threads."""

import time
import tracemalloc

import numpy as np
import pytest
from threadpoolctl import ThreadpoolController, threadpool_limits

from course_lib.nn import layers, networks, parallel, training
from course_lib.nn.losses import CrossEntropyLoss, MSELoss
from course_lib.nn.optim import SGD


def images_and_labels(count=80, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(count, 32, 32, 3)), rng.integers(0, 10, count)


def net(seed=1, dtype=np.float64):
    return networks.course_cnn(rng=np.random.default_rng(seed), dtype=dtype)


def whole(network, loss, images, labels):
    outputs = network.forward(images)
    value = loss.forward(outputs, labels)
    network.backward(loss.backward())
    return value, outputs


@pytest.mark.parametrize("count", [1, 33, 64, 65, 80, 130])
@pytest.mark.parametrize("loss", [CrossEntropyLoss, MSELoss])
def test_shares_add_up_to_the_gradient_of_the_whole_mini_batch(count, loss):
    images, labels = images_and_labels(count)
    expected, shared = net(), net()
    value, outputs = whole(expected, loss(), images, labels)
    with parallel.threads() as thread_map:
        step = parallel.SharedStep(training._forward_and_backward, shared, loss(), thread_map)
        got, shared_outputs = step(images, labels)
    assert step.shares(images) == max(round(count / 32), 1)
    assert got == pytest.approx(value, rel=1e-12)
    np.testing.assert_allclose(shared_outputs, outputs, rtol=1e-10, atol=1e-12)
    for layer, name in networks.parameter_slots(expected):
        twin = shared.layers[expected.layers.index(layer)]
        np.testing.assert_allclose(twin.grads[name], layer.grads[name], rtol=1e-9, atol=1e-13)


def train(threads, dtype=np.float32):
    images, labels = images_and_labels(150)
    trained = net(dtype=dtype)
    with threadpool_limits(limits=threads, user_api="blas"):
        history = training.fit(
            trained,
            images,
            labels,
            loss=CrossEntropyLoss(),
            optimizer=SGD(0.01, momentum=0.9),
            epochs=2,
            batch_size=64,
            rng=np.random.default_rng(3),
            progress=False,
        )
        classes = training.predict(trained, images, batch_size=40)
    return (
        history,
        [layer.params[name] for layer, name in networks.parameter_slots(trained)],
        classes,
    )


def test_one_thread_and_several_train_alike_to_the_last_bit():
    (one, weights, classes), (four, again, same) = train(1), train(4)
    assert one.batch_loss == four.batch_loss
    assert all(np.array_equal(a, b) for a, b in zip(weights, again, strict=True))
    assert np.array_equal(classes, same)


def blas_threads():
    return [
        library["num_threads"]
        for library in ThreadpoolController().info()
        if library["user_api"] == "blas"
    ]


def test_the_matrix_product_has_its_cores_back_afterwards():
    with threadpool_limits(limits=2, user_api="blas"):
        before = blas_threads()
        with parallel.threads():
            assert set(blas_threads()) <= {1}
        assert blas_threads() == before
        with pytest.raises(ZeroDivisionError), parallel.threads() as thread_map:
            list(thread_map(lambda x: 1 / x, [1, 0]))
        assert blas_threads() == before


class Whole(layers.ReLU):
    """A layer of somebody's own, that writes down how many images it is given."""

    def __init__(self):
        self.counts = []

    def forward(self, x):
        self.counts.append(len(x))
        return super().forward(x)


def test_a_layer_from_elsewhere_sees_whole_mini_batches():
    images, labels = images_and_labels(150)
    own = Whole()
    mixed = networks.Sequential([*net().layers, own])
    training.fit(
        mixed,
        images,
        labels,
        loss=CrossEntropyLoss(),
        optimizer=SGD(0.0),
        epochs=1,
        batch_size=64,
        rng=np.random.default_rng(0),
        progress=False,
    )
    assert own.counts == [64, 64, 22]
    training.predict(mixed, images, batch_size=100)
    assert own.counts[3:] == [100, 50]


def test_a_replica_shares_the_weights_and_nothing_else():
    first = net()
    twin = parallel.replica(first)
    images, labels = images_and_labels(2)
    whole(first, CrossEntropyLoss(), images, labels)
    before = [layer.grads[name].copy() for layer, name in networks.parameter_slots(first)]
    whole(twin, CrossEntropyLoss(), -images, labels)
    after = [layer.grads[name] for layer, name in networks.parameter_slots(first)]
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))
    SGD(0.1).step(first)
    assert all(
        np.array_equal(a.params[name], b.params[name])
        for a, b in zip(first.layers, twin.layers, strict=True)
        for name in getattr(a, "params", ())
    )


def test_a_large_mini_batch_takes_hardly_more_memory_than_a_small_one():
    """What a share saw is forgotten when its gradients are there."""

    def peak(count):
        images, labels = images_and_labels(count)
        step = parallel.SharedStep(training._forward_and_backward, net(), CrossEntropyLoss(), map)
        tracemalloc.start()
        try:
            step(images, labels)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(320) < 1.5 * peak(64)


def test_an_exception_leaves_the_calls_that_have_not_begun():
    begun = []

    def call(number):
        begun.append(number)
        time.sleep(0.01)

    with threadpool_limits(limits=2, user_api="blas"):
        with pytest.raises(KeyboardInterrupt), parallel.threads() as thread_map:
            thread_map(call, range(1000))
            raise KeyboardInterrupt
    assert len(begun) < 500
