"""How fast is training, side by side: our layers, the loops as posted, and PyTorch.

    python -m tests.benchmarks.training [--rounds 5] [--threads 1 2] [ROW …]

Each candidate runs in a process of its own, as a student's program does, because what a process did
before decides how fast its memory is; in each round all candidates of a row take their turn. A
candidate trains on images of whole numbers, with all that training.fit does: it gathers 64 images,
normalises them, goes forward and backward, and updates the weights, in float32. "first" is the
speed of the first epoch, "then" the median of those that follow, in images per second; the ratio is
taken within each round, of ours to PyTorch with momentum. PyTorch takes part where it is installed,
as it is used without a compiler.
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import time

import numpy as np
from threadpoolctl import threadpool_limits

EPOCHS = 5  # after the first
IMAGES = {"course_cnn": 4096, "three_layer_cnn": 640, "batch size 1": 400, "predict": 8192}


def data(count):
    rng = np.random.default_rng(0)
    return rng, rng.integers(0, 256, (count, 32, 32, 3), dtype=np.uint8), rng.integers(0, 10, count)


# Our layers


def our_network(name, images, rng):
    from course_lib.nn import networks
    from course_lib.nn.layers import Normalize

    make = networks.three_layer_cnn if name == "three_layer_cnn" else networks.course_cnn
    return make(Normalize.from_images(images), rng=rng)


def our_steps(make_network):
    """Return a function that does some steps with our layers. A recorder may look on."""
    from course_lib.nn.layers import Normalize

    rng, images, labels = data(5000)
    network = make_network(Normalize.from_images(images), rng=rng)
    fit = fitting(network, 64)

    def steps(count, recorder=None):
        chosen = rng.integers(0, len(images), count * 64)
        fit(images[chosen], labels[chosen], recorder=recorder)

    return steps


def fitting(network, batch_size):
    from course_lib.nn import losses, optim, training

    options = {
        "loss": losses.CrossEntropyLoss(),
        "optimizer": optim.SGD(0.001, momentum=0.9),
        "epochs": 1,
        "batch_size": batch_size,
        "rng": np.random.default_rng(0),
        "progress": False,
    }
    return lambda images, labels, **more: training.fit(network, images, labels, **options, **more)


def ours(row):
    """Return a function that trains one epoch, or predicts."""
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


def loops(row):
    """Single images through loops, as case A's student did."""
    from course_lib.nn import loops
    from course_lib.nn.losses import CrossEntropyLoss

    rng, images, labels = data(4)
    filters, bias = rng.normal(0, 0.1, (3, 3, 3, 16)), np.zeros(16)
    weight, loss = rng.normal(0, 0.02, (3600, 10)), CrossEntropyLoss()

    def epoch():
        for k in range(len(images)):
            x = images[k : k + 1] / 255 - 0.5
            y = loops.conv2d_forward(x, filters, bias)
            r = np.maximum(y, 0)
            p = loops.maxpool2d_forward(r, 2)
            flat = p.reshape(1, -1)
            loss.forward(flat @ weight, labels[k : k + 1])
            dy = loss.backward()
            dp = (dy @ weight.T).reshape(p.shape)
            dr = loops.maxpool2d_backward(dp, r, 2) * (y > 0)
            _, dfilters, dbias = loops.conv2d_backward(dr, x, filters)
            weight[...] -= 0.001 * (flat.T @ dy)
            filters[...] -= 0.001 * dfilters
            bias[...] -= 0.001 * dbias

    epoch.images = len(images)
    return epoch


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
    images = torch.from_numpy(images.transpose(0, 3, 1, 2).copy())
    labels = torch.from_numpy(labels)
    mean = images.float().mean(dim=(0, 2, 3), keepdim=True)
    std = images.float().std(dim=(0, 2, 3), keepdim=True)

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


ROWS = {
    "course_cnn": (ours, ours_after_a_larger_network, pytorch, pytorch_without_momentum, loops),
    "three_layer_cnn": (ours, pytorch),
    "batch size 1": (ours, pytorch),
    "predict": (ours, pytorch),
}
PYTORCH = (pytorch, pytorch_without_momentum)


# One process


def measure(candidate, row, threads):
    """Print the images per second of each epoch, and the peak memory in MB."""
    if candidate in PYTORCH:
        import torch

        torch.set_num_threads(threads)
    with threadpool_limits(threads):
        epoch = candidate(row)
        speeds = []
        for _ in range(EPOCHS + 1):
            start = time.perf_counter()
            epoch()
            count = getattr(epoch, "images", IMAGES[row])
            speeds.append(count / (time.perf_counter() - start))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"first": speeds[0], "then": float(np.median(speeds[1:])), "peak": peak}))


# All of them


def run(candidate, row, threads):
    """Measure a candidate in a new process; None where PyTorch is not installed."""
    command = [sys.executable, "-m", "tests.benchmarks.training", row, "--threads", str(threads)]
    done = subprocess.run(
        [*command, "--candidate", candidate.__name__], capture_output=True, text=True, check=False
    )
    if candidate in PYTORCH and "No module named 'torch'" in done.stderr:
        return None
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


def table(row, threads, rounds):
    """Measure a row's candidates in turn, and print a line for each."""
    results = {candidate: [] for candidate in ROWS[row]}
    for _ in range(rounds):
        for candidate, found in results.items():
            result = run(candidate, row, threads)
            if result:
                found.append(result)
    print(f"\n{row}, {threads} thread(s), {rounds} rounds: median [smallest .. largest]")
    for candidate, found in results.items():
        if not found:
            continue
        first, then, peak = ([each[key] for each in found] for key in ("first", "then", "peak"))
        line = f"  {candidate.__name__.replace('_', ' '):28} {spread(then, ',.1f')} images/s"
        line += f", first {np.median(first):,.1f}, peak {np.median(peak):,.0f} MB"
        rivals = results[pytorch]
        if candidate in (ours, ours_after_a_larger_network) and rivals:
            ratios = [one / other["then"] for one, other in zip(then, rivals, strict=True)]
            line += f", {spread(ratios, '.2f')} × PyTorch"
        print(line, flush=True)


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


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("rows", nargs="*", choices=[[], *ROWS], metavar="ROW")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--candidate", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.candidate:
        measure(globals()[options.candidate], options.rows[0], options.threads[0])
        return
    print(f"{processor()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    for row in options.rows or ROWS:
        for threads in options.threads:
            table(row, threads, options.rounds)


if __name__ == "__main__":
    main()
