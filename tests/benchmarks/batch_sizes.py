"""How long does training take for one image, by batch size? For the race in notebook 05.

    python -m tests.benchmarks.batch_sizes [--rounds 20] [--save course_lib/figures/batch_size_seconds.json]

As in the notebook, `course_cnn` in float64 goes once through 256 images, with all that training.fit
does. In each round every batch size takes its turn; the shortest time counts, because whatever else
the computer does only adds to it.
"""

import argparse
import json
import os
import time

import numpy as np

from course_lib.nn import losses, networks, optim, training
from tests.benchmarks.training import processor

SIZES = [1, 4, 16, 64, 256]
IMAGES = 256


def seconds(size, images, labels):
    """Return how long training takes for each of the images, in mini-batches of this size."""
    network = networks.course_cnn(rng=np.random.default_rng(0), dtype=np.float64)
    start = time.perf_counter()
    training.fit(
        network,
        images,
        labels,
        loss=losses.CrossEntropyLoss(),
        optimizer=optim.SGD(0.002),
        epochs=1,
        batch_size=size,
        rng=None,
        shuffle=False,
        progress=False,
    )
    return (time.perf_counter() - start) / len(images)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--save", metavar="FILE")
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    images, labels = rng.normal(size=(IMAGES, 32, 32, 3)), rng.integers(0, 10, IMAGES)
    computer = f"{processor()}, {os.cpu_count()} cores"
    print(f"{computer}, load {os.getloadavg()[0]:.1f}; microseconds for an image")
    times = {size: [] for size in SIZES}
    for _ in range(options.rounds):
        for size, found in times.items():
            found.append(seconds(size, images, labels))
    for size, found in times.items():
        low, middle = 1e6 * min(found), 1e6 * np.median(found)
        print(f"  batch size {size:3}: shortest {low:4.0f}, median {middle:4.0f}")
    if options.save:
        shortest = {str(size): float(f"{min(found):.3g}") for size, found in times.items()}
        with open(options.save, "w", encoding="utf-8") as file:
            json.dump({"computer": computer, "seconds per image": shortest}, file, indent=1)
            file.write("\n")


if __name__ == "__main__":
    main()
