"""Values of every operation as PyTorch computes them, for machines without PyTorch.

`python -m tests.nn.golden.stored` makes operations.npz anew. In it, `numbers` holds all arrays one
after the other, and `shapes` says in JSON which they are: {"conv2d/3/expected dx": [2, 5, 4, 3]}.
"""

import json
from pathlib import Path

import numpy as np

from tests.nn.torch_oracle import OPERATIONS, Case, random_case, run_torch

FILE = Path(__file__).with_name("operations.npz")
CASES = 10
OPTIONS = ("kernel_size", "stride", "padding")


def compute():
    """Return all arrays of the file by name: inputs, options and results of every case."""
    arrays = {}
    for operation in OPERATIONS:
        for number in range(CASES):
            case = random_case(operation, seed=1000 + number, largest=2)
            options = {name: value for name, value in case.options.items() if value is not None}
            expected = run_torch(operation, case)
            expected = {f"expected {name}": array for name, array in expected.items()}
            for name, array in (case.arrays | options | expected).items():
                arrays[f"{operation}/{number}/{name}"] = np.asarray(array)
    return arrays


def save(arrays):
    shapes = {name: array.shape for name, array in arrays.items()}
    numbers = np.concatenate([array.ravel().astype(np.float64) for array in arrays.values()])
    np.savez_compressed(FILE, shapes=json.dumps(shapes), numbers=numbers)


def read():
    """Return the arrays of the file by name, in float64."""
    with np.load(FILE) as file:
        shapes, numbers = json.loads(str(file["shapes"])), file["numbers"]
    ends = np.cumsum([np.prod(shape, dtype=int) for shape in shapes.values()])
    parts = np.split(numbers, ends[:-1])
    return {name: part.reshape(shapes[name]) for name, part in zip(shapes, parts, strict=True)}


def load(operation, number):
    """Return a case and the results expected of it."""
    prefix = f"{operation}/{number}/"
    arrays = {
        name.removeprefix(prefix): array
        for name, array in read().items()
        if name.startswith(prefix)
    }
    expected = {
        name.removeprefix("expected "): arrays.pop(name)
        for name in list(arrays)
        if name.startswith("expected ")
    }
    options = {name: number_or_pair(arrays.pop(name)) for name in OPTIONS if name in arrays}
    if operation == "maxpool2d":
        options.setdefault("stride", None)
    if operation == "cross_entropy":
        arrays["targets"] = arrays["targets"].astype(np.int64)
    return Case(arrays, options), expected


def number_or_pair(array):
    whole = array.astype(int).tolist()
    return tuple(whole) if array.ndim else whole


if __name__ == "__main__":
    save(compute())
    print(f"{FILE.name}: {FILE.stat().st_size / 1000:.0f} kB")
