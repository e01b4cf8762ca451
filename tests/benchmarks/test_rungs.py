"""All rungs of the ladder train the same network: a comparison of speeds means nothing otherwise."""

import numpy as np
import pytest

from tests.benchmarks import rungs


def trained(make):
    rng = np.random.default_rng(0)
    images, labels = rng.integers(0, 256, (3, 32, 32, 3)), rng.integers(0, 10, 3)
    rung = make(rng)
    rungs.training(rung, images, labels, learning_rate=0.1)()
    return rung


@pytest.fixture(scope="module")
def by_loops():
    return trained(rungs.Loops)


@pytest.mark.parametrize("make", [rungs.Windows, rungs.OneProduct])
def test_a_step_moves_every_weight_as_the_loops_do(make, by_loops):
    rung = trained(make)
    for name in ("filters", "bias", "weight"):
        np.testing.assert_allclose(
            getattr(rung, name), getattr(by_loops, name), atol=1e-4, err_msg=name
        )
