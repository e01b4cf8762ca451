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
import time

import numpy as np
from threadpoolctl import threadpool_limits

from course_lib.diagnostics import Recorder
from course_lib.nn import networks
from tests.benchmarks.training import our_steps


def ratios(steps, every, first, second, rounds):
    """Time of `every` steps, recorded if `first`, over that with `second`, once a round."""

    def seconds(recorded):
        start = time.perf_counter()
        steps(every, Recorder(every) if recorded else None)
        return time.perf_counter() - start

    found = []
    for number in range(rounds + 1):
        pair = (first, second) if number % 2 else (second, first)
        times = [seconds(recorded) for recorded in pair]
        found.append(times[0] / times[1] if number % 2 else times[1] / times[0])
    return np.array(found[1:])  # the first round warms up


def measure(threads, rounds, every):
    """Measure, and print a table."""
    print(
        f"{threads} thread(s), every {every} steps, {rounds} rounds, "
        f"load {os.getloadavg()[0]:.1f}: median [quartiles]"
    )
    candidates = {
        "course_cnn": networks.course_cnn,
        "mlp": lambda normalize, rng: networks.mlp((3072, 50, 10), normalize=normalize, rng=rng),
    }
    for name, make_network in candidates.items():
        steps = our_steps(make_network)
        for what, first in (("recorder", True), ("neither", False)):
            overhead = ratios(steps, every, first, False, rounds) - 1
            low, middle, high = np.percentile(overhead, (25, 50, 75))
            print(f"  {name:10} {what:9} {middle:+7.1%}   [{low:+.1%} .. {high:+.1%}]", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--every", type=int, default=20)
    options = parser.parse_args()
    for threads in options.threads:
        with threadpool_limits(threads):
            measure(threads, options.rounds, options.every)


if __name__ == "__main__":
    main()
