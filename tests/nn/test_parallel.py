"""parallel: a mini-batch in shares gives what it gives as a whole, on any number of threads."""

import threading
import time
import tracemalloc

import numpy as np
import pytest
from threadpoolctl import ThreadpoolController, threadpool_limits

from course_lib.nn import layers, networks, parallel, training
from course_lib.nn.losses import CrossEntropyLoss, MSELoss
from course_lib.nn.optim import SGD
from tests.nn.helpers import assert_close, assert_same, backpropagate, copies, fit, weights


def images_and_labels(count):
    rng = np.random.default_rng(0)
    return rng.normal(size=(count, 32, 32, 3)), rng.integers(0, 10, count)


def net(dtype=np.float64):
    return networks.course_cnn(rng=np.random.default_rng(1), dtype=dtype)


def shared_step(network, loss, thread_map=map):
    return parallel.SharedStep(training.loss_and_gradients, network, loss, thread_map)


@pytest.mark.parametrize("count", [1, 33, 64, 65, 80, 130])
@pytest.mark.parametrize("loss", [CrossEntropyLoss, MSELoss])
def test_shares_add_up_to_the_gradient_of_the_whole_mini_batch(count, loss):
    images, labels = images_and_labels(count)
    expected, shared = net(), net()
    value, outputs = backpropagate(expected, images, labels, loss())
    with parallel.threads() as thread_map:
        step = shared_step(shared, loss(), thread_map)
        got, shared_outputs = step(images, labels)
    assert step.shares(images) == max(round(count / 32), 1)
    assert_close({"loss": got, "y": shared_outputs}, {"loss": value, "y": outputs}, rtol=1e-10)
    assert_close(weights(shared, "grads"), weights(expected, "grads"))


def test_there_are_never_more_shares_than_images():
    step = shared_step(net(), CrossEntropyLoss())
    assert step.shares(np.zeros((2, 500, 500, 3))) == 2


def test_one_thread_and_several_train_alike_to_the_last_bit():
    images, labels = images_and_labels(150)

    def train(threads):
        trained = net(np.float32)
        with threadpool_limits(limits=threads, user_api="blas"):
            history = fit(trained, images, labels, optimizer=SGD(0.01, momentum=0.9))
            classes = training.predict(trained, images, batch_size=40)
        return weights(trained) | {"losses": history.batch_loss, "classes": classes}

    assert_same(train(1), train(4))


def test_as_many_calls_run_at_once_as_there_were_cores():
    both = threading.Barrier(2, timeout=20)  # breaks if one call waits for the other to end
    with threadpool_limits(limits=2, user_api="blas"), parallel.threads() as thread_map:
        assert sorted(thread_map(lambda _: both.wait(), range(2))) == [0, 1]


def blas_threads():
    libraries = ThreadpoolController().select(user_api="blas").info()
    return [library["num_threads"] for library in libraries]


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


class OwnLoss(CrossEntropyLoss, Whole):
    """A loss of somebody's own, that does so too."""

    def forward(self, logits, labels):
        self.counts.append(len(logits))
        return CrossEntropyLoss.forward(self, logits, labels)


def test_a_layer_or_a_loss_from_elsewhere_sees_whole_mini_batches():
    images, labels = images_and_labels(150)
    own, loss = Whole(), OwnLoss()
    mixed = networks.Sequential([*net().layers, own])
    fit(mixed, images, labels, optimizer=SGD(0.0), epochs=1)
    assert own.counts == [64, 64, 22]
    training.predict(mixed, images, batch_size=100)
    assert own.counts[3:] == [100, 50]
    fit(net(), images, labels, loss=loss, optimizer=SGD(0.0), epochs=1)
    assert loss.counts == [64, 64, 22]


def test_a_replica_shares_the_weights_and_nothing_else():
    first, (images, labels) = net(), images_and_labels(2)
    twin = parallel.replica(first)
    backpropagate(first, images, labels)
    before = copies(weights(first, "grads"))
    backpropagate(twin, -images, labels)
    assert_same(weights(first, "grads"), before)
    SGD(0.1).step(first)
    assert_same(weights(first), weights(twin))


def test_a_large_mini_batch_takes_hardly_more_memory_than_a_small_one():
    """What a share saw is forgotten when its gradients are there."""

    def peak(count):
        images, labels = images_and_labels(count)
        step = shared_step(net(), CrossEntropyLoss())
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
        time.sleep(0.001)
        if number == 10:
            raise KeyboardInterrupt

    with threadpool_limits(limits=2, user_api="blas"), parallel.threads() as thread_map:
        with pytest.raises(KeyboardInterrupt):
            thread_map(call, range(1000))
    assert len(begun) < 500
