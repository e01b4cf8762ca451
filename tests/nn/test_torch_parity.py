"""The course's network against PyTorch's: the numbers of data/torch_parity.npz, each to 1e-9."""

import runpy
from pathlib import Path

import numpy as np
import pytest

from course_lib.nn.losses import CrossEntropyLoss
from course_lib.nn.networks import course_cnn
from course_lib.nn.optim import SGD
from tests.nn.helpers import backpropagate, copies, weights
from tests.nn.operations import needs_torch

DATA = Path(__file__).parents[2] / "data"
WEIGHTS = {"0.weight": (3, 3, 3, 16), "0.bias": (16,), "4.weight": (3600, 10), "4.bias": (10,)}
STEPS = 20
START = {"x": (32, 32, 32, 3), "labels": (32,)}
RESULTS = {"logits": (8, 10), "losses": (STEPS,)}
for name, shape in WEIGHTS.items():
    START[f"initial.{name}"] = RESULTS[f"gradient.{name}"] = RESULTS[f"final.{name}"] = shape


@pytest.fixture(scope="module")
def stored():
    with np.load(DATA / "torch_parity.npz") as file:
        return dict(file)


def train(stored):
    """What the course's network computes from the stored start, by the names of RESULTS."""
    network, loss = course_cnn(dtype=np.float64), CrossEntropyLoss()
    for name, weight in weights(network).items():
        weight[...] = stored[f"initial.{name}"]
    optimizer = SGD(learning_rate=0.01, momentum=0.9, weight_decay=1e-4)
    results = {"losses": np.empty(STEPS)}
    for step in range(STEPS):
        batch = np.arange(8 * step, 8 * step + 8) % 32
        images, labels = stored["x"][batch], stored["labels"][batch]
        results["losses"][step], logits = backpropagate(network, images, labels, loss)
        if step == 0:
            results["logits"] = logits
            gradients = copies(weights(network, "grads")).items()
            results |= {f"gradient.{name}": gradient for name, gradient in gradients}
        optimizer.step(network)
    return results | {f"final.{name}": weight for name, weight in weights(network).items()}


@pytest.fixture(scope="module")
def computed(stored):
    return train(stored)


def difference(ours, theirs):
    """The largest difference, as a part of the largest number."""
    assert ours.shape == theirs.shape
    return np.abs(ours - theirs).max() / np.abs(theirs).max()


def test_the_file_holds_what_its_readme_says(stored):
    assert {name: array.shape for name, array in stored.items()} == START | RESULTS
    dtypes = {name: "int64" if name == "labels" else "float64" for name in stored}
    assert {name: array.dtype.name for name, array in stored.items()} == dtypes
    readme = (DATA / "README.md").read_text(encoding="utf-8")
    for name in ("x", "labels", "logits", "losses", "initial.0.weight", "initial.4.bias"):
        assert f"`{name}`" in readme
    assert (DATA / "torch_parity.npz").stat().st_size < 1_500_000


def test_the_twenty_steps_go_somewhere(stored):
    assert stored["losses"][-4:].mean() < stored["losses"][:4].mean() / 2
    for name in WEIGHTS:
        assert difference(stored[f"final.{name}"], stored[f"initial.{name}"]) > 0.01


@pytest.mark.parametrize("name", RESULTS)
def test_our_network_computes_what_pytorch_computes(stored, computed, name):
    assert difference(computed[name], stored[name]) < 1e-9


@needs_torch
def test_pytorch_computes_the_stored_numbers_again(stored):
    """In CI this must run: there a missing PyTorch is a failure."""
    functions = runpy.run_path(str(DATA / "make_torch_parity.py"))
    again = functions["train"](functions["make_network"](), *functions["make_batches"]())
    assert again.keys() == stored.keys()
    for name, array in stored.items():
        assert again[name].dtype == array.dtype
        assert difference(again[name], array) < 1e-10, name
