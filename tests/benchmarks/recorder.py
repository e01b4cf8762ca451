"""What a Recorder costs: the same training with one and without, step for step.

    python -m tests.benchmarks.recorder [--rounds 200] [--threads 1 2] [--every 20]

course_cnn, and a network of two small linear layers, at a batch of 64 in float32. In each round
both candidates do `every` steps, of which one is recorded. Every other round the second goes first,
so that a machine that slows down slows both; the overhead is the median of the rounds' ratios.
"neither" compares two trainings without a recorder: what it shows besides 0 % is the unrest of the
machine.
"""

import argparse
import os
import subprocess
import sys
import time

from tests.benchmarks.training import BATCH, THREAD_VARIABLES, data


def training_run(make_network, every):
    """Return a function that trains for `every` steps: recorded by a new Recorder, or not."""
    from course_lib.diagnostics import Recorder
    from course_lib.nn import training
    from course_lib.nn.layers import Normalize
    from course_lib.nn.losses import CrossEntropyLoss
    from course_lib.nn.optim import SGD

    rng, images, labels = data()
    normalize = Normalize.from_images(images)
    network, loss, optimizer = (
        make_network(normalize, rng=rng),
        CrossEntropyLoss(),
        SGD(0.01, momentum=0.9),
    )
    chosen = rng.integers(0, len(images), every * BATCH)

    def run(recorded):
        start = time.perf_counter()
        training.fit(
            network,
            images[chosen],
            labels[chosen],
            loss=loss,
            optimizer=optimizer,
            epochs=1,
            batch_size=BATCH,
            rng=rng,
            progress=False,
            recorder=Recorder(every) if recorded else None,
        )
        return time.perf_counter() - start

    return run


def ratios(run, first, second, rounds):
    """Time of a run with `first` over that of one with `second`, once a round."""
    import numpy as np

    found = []
    for number in range(rounds + 1):
        pair = (first, second) if number % 2 else (second, first)
        times = [run(recorded) for recorded in pair]
        found.append(times[0] / times[1] if number % 2 else times[1] / times[0])
    return np.array(found[1:])  # the first round warms up


def measure(threads, rounds, every):
    """Measure in this process and print a table."""
    import numpy as np

    from course_lib.nn import networks

    print(
        f"{threads} thread(s), every {every} steps, {rounds} rounds, "
        f"load {os.getloadavg()[0]:.1f}: median [quartiles]"
    )
    networks = {
        "course_cnn": networks.course_cnn,
        "mlp": lambda rng: networks.mlp((3072, 50, 10), rng=rng),
    }
    for name, make_network in networks.items():
        run = training_run(make_network, every)
        for what, first in (("recorder", True), ("neither", False)):
            overhead = ratios(run, first, False, rounds) - 1
            low, middle, high = np.percentile(overhead, (25, 50, 75))
            print(f"  {name:10} {what:9} {middle:+7.1%}   [{low:+.1%} .. {high:+.1%}]", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--every", type=int, default=20)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.here:
        return measure(options.threads[0], options.rounds, options.every)
    for threads in options.threads:  # libraries read their number of threads when they start
        environment = {**os.environ, **dict.fromkeys(THREAD_VARIABLES, str(threads))}
        command = [
            sys.executable,
            "-m",
            "tests.benchmarks.recorder",
            "--here",
            f"--rounds={options.rounds}",
            f"--threads={threads}",
            f"--every={options.every}",
        ]
        subprocess.run(command, env=environment, check=True)


if __name__ == "__main__":
    main()
