"""`python -m course_lib train`: train a network on a data set and print a table."""

import argparse
import sys
import time
from collections.abc import Callable

import numpy as np
from tqdm.auto import tqdm

from course_lib import datasets
from course_lib.datasets.data_folders import NAMES
from course_lib.nn import networks, optim, training
from course_lib.nn.layers import Flatten, Linear, Normalize
from course_lib.nn.losses import CrossEntropyLoss

from .option_values import at_least_0, at_least_1, seed, share


def linear(normalize: Normalize, rng: np.random.Generator) -> networks.Sequential:
    """Logistic regression on the pixels of 32x32x3 images."""
    return networks.Sequential([normalize, Flatten(), Linear(3072, 10, rng=rng)])


def mlp(normalize: Normalize, rng: np.random.Generator) -> networks.Sequential:
    """For the digits."""
    return networks.mlp((64, 50, 10), normalize=normalize, rng=rng)


NETWORKS: dict[str, Callable[..., networks.Sequential]] = {
    "course_cnn": networks.course_cnn,
    "three_layer_cnn": networks.three_layer_cnn,
    "linear": linear,
    "mlp": mlp,
}


def add_options(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("--dataset", choices=NAMES, help="without it, $COURSE_DATASET or the pictograms")
    add("--network", choices=list(NETWORKS), help="without it, course_cnn, and mlp for the digits")
    add("--epochs", type=at_least_1, default=5)
    add("--batch-size", type=at_least_1, default=64)
    add("--learning-rate", type=at_least_0, default=0.02)
    add("--momentum", type=at_least_0, default=0.9)
    add("--weight-decay", type=at_least_0, default=0.0)
    add("--cosine", action="store_true", help="let the learning rate fall to 0 along a cosine")
    add(
        "--warmup",
        type=share,
        default=0.0,
        help="with --cosine: the share of the training in which the rate rises first",
    )
    add("--mirror", action="store_true", help="mirror images at random")
    add("--seed", type=seed, default=0)


def main(options: argparse.Namespace) -> int:
    """Train as the options say. Returns the exit status."""
    data = datasets.load(options.dataset)
    name = options.network or ("mlp" if data.name == "digits" else "course_cnn")
    if (name == "mlp") != (data.name == "digits"):
        print(
            f"the network {name} does not fit the images of {data.name}; "
            "use mlp for the digits, and another network for the other sets.",
            file=sys.stderr,
        )
        return 1
    rng = np.random.default_rng(options.seed)
    net = NETWORKS[name](Normalize.from_images(data.train_images), rng=rng)
    schedule = optim.cosine(options.learning_rate, options.warmup) if options.cosine else None
    size = sum(weights.size for weights in net.parameters())
    print(f"{data}\n{name} with {size:,} weights, seed {options.seed}\n")
    print(f"{'epoch':>5} {'loss':>8} {'training':>9} {'test':>7} {'seconds':>8}")

    def row(history: training.History) -> None:
        tqdm.write(
            f"{len(history.loss):5} {history.loss[-1]:8.4f} {history.accuracy[-1]:9.1%} "
            f"{history.test_accuracy[-1]:7.1%} {history.seconds[-1]:8.1f}"
        )

    start = time.perf_counter()
    history = training.fit(
        net,
        data.train_images,
        data.train_labels,
        loss=CrossEntropyLoss(),
        optimizer=optim.SGD(options.learning_rate, options.momentum, options.weight_decay),
        epochs=options.epochs,
        batch_size=options.batch_size,
        rng=rng,
        schedule=schedule,
        augment=training.mirror if options.mirror else None,
        test=(data.test_images, data.test_labels),
        on_epoch=row,
    )
    stopped = "Stopped" if history.interrupted else "Done"
    print(f"\n{stopped} after {time.perf_counter() - start:.0f} s.")
    if history.test_accuracy:
        print(
            f"Test accuracy {history.test_accuracy[-1]:.1%}, "
            f"training accuracy {history.accuracy[-1]:.1%}."
        )
    return 0
