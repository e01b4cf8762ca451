"""How fast is training, side by side: our layers, the loops as posted, and PyTorch.

    python -m tests.benchmarks.training [--rounds 5] [--threads 1 2] [ROW …]
    python -m tests.benchmarks.training ladder --save course_lib/figures/training_speeds.json

Each candidate runs in a process of its own, as a student's program does, because what a process did
before decides how fast its memory is; in each round all candidates of a row take their turn, with
each number of threads. A candidate trains on images of whole numbers, with all that training.fit
does: it gathers 64 images, normalises them, goes forward and backward, and updates the weights, in
float32. "first" is the speed of the first epoch, "then" the median of those that follow, in images
per second; "pages" are those of memory that the system hands out anew for 64 images; a ratio is
taken within each round. PyTorch, with momentum and without, is used as it
is, without a compiler; a ratio to it is a ratio to what is faster, in the
median. It takes part where it is
installed.
"""

import argparse
import functools
import json
import os
import platform
import resource
import subprocess
import sys
import time

import numpy as np
from threadpoolctl import threadpool_limits

from tests.benchmarks import rungs

IMAGES = {
    "course_cnn": 4096,
    "three_layer_cnn": 640,
    "batch size 1": 400,
    "predict": 8192,
    "50,000 images": 50_000,
    "ladder": 4096,
}


def data(count):
    """Return a generator, images (count, 32, 32, 3) and labels, all of them at random."""
    rng = np.random.default_rng(0)
    return rng, rng.integers(0, 256, (count, 32, 32, 3), dtype=np.uint8), rng.integers(0, 10, count)


# Our layers. Each candidate returns a function that trains one epoch, or predicts.


def our_network(row, images, rng):
    from course_lib.nn import networks
    from course_lib.nn.layers import Normalize

    make = networks.three_layer_cnn if row == "three_layer_cnn" else networks.course_cnn
    return make(Normalize.from_images(images), rng=rng)


def fitting(network, batch_size):
    """Return a function that trains the network for one epoch; a recorder may look on."""
    from course_lib.nn import losses, optim, training

    return functools.partial(
        training.fit,
        network,
        loss=losses.CrossEntropyLoss(),
        optimizer=optim.SGD(0.001, momentum=0.9),
        epochs=1,
        batch_size=batch_size,
        rng=np.random.default_rng(0),
        progress=False,
    )


def ours(row):
    from course_lib.nn import training

    rng, images, labels = data(IMAGES[row])
    network = our_network(row, images, rng)
    if row == "predict":
        return lambda: training.predict(network, images)
    fit = fitting(network, 1 if row == "batch size 1" else 64)
    return lambda: fit(images, labels)


def ours_after_a_larger_network(row):
    rng, images, labels = data(256)
    fitting(our_network("three_layer_cnn", images, rng), 64)(images, labels)
    return ours(row)


def our_steps(make_network):
    """Return a function that does some steps with our layers. (For benchmarks/recorder.py.)"""
    from course_lib.nn.layers import Normalize

    rng, images, labels = data(5000)
    fit = fitting(make_network(Normalize.from_images(images), rng=rng), 64)

    def steps(count, recorder=None):
        chosen = rng.integers(0, len(images), count * 64)
        fit(images[chosen], labels[chosen], recorder=recorder)

    return steps


# PyTorch


def pytorch(row, momentum=0.9):
    """The same with PyTorch, in its usual memory order."""
    import torch

    rng, images, labels = data(IMAGES[row])
    torch.manual_seed(0)
    nn, batch_size = torch.nn, 1 if row == "batch size 1" else 64
    if row == "three_layer_cnn":
        layers = []
        for inputs, outputs in ((3, 32), (32, 64), (64, 128)):
            layers += [nn.Conv2d(inputs, outputs, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
        network = nn.Sequential(*layers, nn.Flatten(), nn.Linear(2048, 10))
    else:
        parts = nn.Conv2d(3, 16, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(3600, 10)
        network = nn.Sequential(*parts)
    loss = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.001, momentum=momentum)
    sample = torch.from_numpy(images[:4096]).float()
    mean = sample.mean(dim=(0, 1, 2)).reshape(3, 1, 1)
    std = sample.std(dim=(0, 1, 2)).reshape(3, 1, 1)
    images = torch.from_numpy(images.transpose(0, 3, 1, 2).copy())
    labels = torch.from_numpy(labels)

    def batch(chosen):
        return images[chosen].float().sub_(mean).div_(std)

    def epoch():
        for chosen in torch.from_numpy(rng.permutation(len(images))).split(batch_size):
            optimizer.zero_grad()
            loss(network(batch(chosen)), labels[chosen]).backward()
            optimizer.step()

    def predict():
        with torch.no_grad():
            parts = torch.arange(len(images)).split(64)
            return torch.cat([network(batch(part)).argmax(dim=1) for part in parts])

    return predict if row == "predict" else epoch


def pytorch_without_momentum(row):
    return pytorch(row, 0.0)


# The ladder: the same network, one idea after the other


def loops(row):
    rng, images, labels = data(4)  # they take long
    epoch = rungs.training(rungs.Loops(rng), images, labels, batch_size=1)
    epoch.images = len(images)
    return epoch


def windows(row):
    rng, images, labels = data(IMAGES[row])
    return rungs.training(rungs.Windows(rng), images, labels)


def one_product(row):
    rng, images, labels = data(IMAGES[row])
    return rungs.training(rungs.OneProduct(rng), images, labels)


def memory_kept(row):
    """Our layers, in a process that has not used a larger array before."""
    from course_lib.nn import networks
    from course_lib.nn.layers import Normalize

    rng, images, labels = data(IMAGES[row])
    fit = fitting(networks.course_cnn(Normalize(127.5, 74), rng=rng), 64)
    return lambda: fit(images, labels)


def batch_innermost(row):
    """The same, with memory that is fetched anew for each array."""
    from course_lib.nn import parallel

    parallel.keep_freed_memory = lambda: None
    return memory_kept(row)


def threads(row):
    return memory_kept(row)


PYTORCH = (pytorch, pytorch_without_momentum)
LADDER = (loops, windows, one_product, batch_innermost, memory_kept, threads)
ROWS = {
    "course_cnn": (ours, ours_after_a_larger_network, *PYTORCH, loops),
    "three_layer_cnn": (ours, *PYTORCH),
    "batch size 1": (ours, *PYTORCH),
    "predict": (ours, pytorch),
    "50,000 images": (ours, pytorch),
    "ladder": LADDER,
}


# One process


def measure(candidate, row, count, epochs):
    """Print the speed of the first epoch and of the others, the peak memory in MB, and the pages.

    They are what the operating system hands out, and are counted in the last epoch.
    """
    if candidate in PYTORCH:
        import torch

        torch.set_num_threads(count)
    with threadpool_limits(count):
        epoch = candidate(row)
        images, speeds = getattr(epoch, "images", IMAGES[row]), []
        for _ in range(epochs + 1):
            before, start = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
            epoch()
            speeds.append(images / (time.perf_counter() - start))
    used = resource.getrusage(resource.RUSAGE_SELF)
    result = {
        "first": speeds[0],
        "then": float(np.median(speeds[1:])),
        "peak": used.ru_maxrss / 1024,
    }
    result["pages"] = 64 * (used.ru_minflt - before.ru_minflt) / images
    print(json.dumps(result))


# All of them


def run(candidate, row, count, epochs):
    """Measure a candidate in a new process; None where PyTorch is not installed."""
    command = [sys.executable, "-m", "tests.benchmarks.training", row, "--threads", str(count)]
    command += ["--epochs", str(epochs), "--candidate", candidate.__name__]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if candidate in PYTORCH and "No module named 'torch'" in done.stderr:
        return None
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


def measured(row, thread_counts, rounds, epochs):
    """Return what each candidate measured: {(candidate, threads): [a dict for each round]}."""
    turns = []
    for candidate in ROWS[row]:
        if candidate in LADDER:  # the loops gain nothing from a second thread, and take long
            counts = [max(thread_counts) if candidate is threads else 1]
        else:
            counts = thread_counts
        turns += [(candidate, count) for count in counts]
    found = {turn: [] for turn in turns}
    for _ in range(rounds):
        for (candidate, count), results in found.items():
            result = run(candidate, row, count, epochs)
            if result:
                results.append(result)
    return {turn: results for turn, results in found.items() if results}


def report(row, found, rounds):
    """Print a line for each candidate, and the ratios that matter."""
    print(f"\n{row}: images/s of {rounds} rounds, median [smallest .. largest]")
    speeds = {turn: [each["then"] for each in results] for turn, results in found.items()}
    for (candidate, count), results in found.items():
        first, peak, pages = (
            np.median([each[key] for each in results]) for key in ("first", "peak", "pages")
        )
        form = ",.0f" if first > 100 else ",.1f"
        print(
            f"  {with_threads(candidate, count):40} {spread(speeds[candidate, count], form)}, "
            f"first {first:{form}}, peak {peak:,.0f} MB, {pages:,.0f} pages"
        )
    for (candidate, count), own in speeds.items():
        if candidate not in (ours, ours_after_a_larger_network):
            continue
        rivals = [speeds[other, count] for other in PYTORCH if (other, count) in speeds]
        pairs = {"PyTorch": max(rivals, key=np.median, default=[])}
        pairs["the loops"] = speeds.get((loops, 1), [])
        pairs["itself with 1 thread"] = speeds.get((candidate, 1), []) if count > 1 else []
        for other, others in pairs.items():
            if others:
                ratios = [one / another for one, another in zip(own, others, strict=True)]
                print(f"  {with_threads(candidate, count)} / {other}: {spread(ratios, ',.2f')}")
    sys.stdout.flush()


def with_threads(candidate, count):
    return f"{candidate.__name__.replace('_', ' ')}, {count} thread{'s' if count > 1 else ''}"


def spread(values, form):
    low, middle, high = min(values), np.median(values), max(values)
    return f"{middle:{form}} [{low:{form}} .. {high:{form}}]"


def processor():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            names = [line.partition(":")[2].strip() for line in file if "model name" in line]
        return names[0]
    except (OSError, IndexError):
        return platform.processor() or platform.machine()


def save(path, found):
    """Write the ladder to a file, for the figure in notebook 02: images per second of each rung."""
    speeds = {
        candidate.__name__.replace("_", " "): float(
            f"{np.median([each['then'] for each in results]):.3g}"
        )
        for (candidate, _), results in found.items()
    }
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"processor": processor(), "images per second": speeds}, file, indent=1)
        file.write("\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(ROWS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--epochs", type=int, default=5, help="after the first")
    parser.add_argument("--save", metavar="FILE", help="where to write the ladder")
    parser.add_argument("--candidate", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if unknown := set(options.rows) - set(ROWS):
        parser.error(f"there is no row {', '.join(unknown)}; give some of: {', '.join(ROWS)}")
    if options.candidate:
        candidate = globals()[options.candidate]
        measure(candidate, options.rows[0], options.threads[0], options.epochs)
        return
    print(f"{processor()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    for row in options.rows or ROWS:
        found = measured(row, options.threads, options.rounds, options.epochs)
        report(row, found, options.rounds)
        if row == "ladder" and options.save:
            save(options.save, found)


if __name__ == "__main__":
    main()
