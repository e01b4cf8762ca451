"""How fast is one training step, side by side: the loops as posted, our layers, and PyTorch.

    python -m tests.benchmarks.training [--rounds 20] [--threads 1 2]

A step gathers 64 images, normalises them, goes forward and backward, and updates the weights, in
float32; ours are those of training.fit, with all that it does besides. All candidates take turns in
one process, so that a machine that slows down slows all of them down; a ratio is taken within each
round. PyTorch takes part where it is installed.
"""

import argparse
import resource
import time

import numpy as np
from threadpoolctl import threadpool_limits

from course_lib.nn import loops, networks, training
from course_lib.nn.layers import Normalize
from course_lib.nn.losses import CrossEntropyLoss
from course_lib.nn.optim import SGD

BATCH = 64
STEPS = 50  # of the fast candidates, in each round


def data():
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (5000, 32, 32, 3), dtype=np.uint8)
    return rng, images, rng.integers(0, 10, 5000)


def our_steps(make_network):
    """Return a function that does some steps with our layers, by training on some images.

    A recorder may look on.
    """
    rng, images, labels = data()
    network = make_network(Normalize.from_images(images), rng=rng)
    loss, optimizer = CrossEntropyLoss(), SGD(0.01, momentum=0.9)

    def steps(count, recorder=None):
        chosen = rng.integers(0, len(images), count * BATCH)
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
            recorder=recorder,
        )

    return steps


def torch_steps(make_network):
    """Return a function that does the same steps with PyTorch, in its usual memory order."""
    import torch

    rng, images, labels = data()
    torch.manual_seed(0)
    network, loss = make_network(torch.nn), torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.9)
    images = torch.from_numpy(images.transpose(0, 3, 1, 2).copy())
    labels = torch.from_numpy(labels)
    mean = images.float().mean(dim=(0, 2, 3), keepdim=True)
    std = images.float().std(dim=(0, 2, 3), keepdim=True)

    def steps(count):
        for _ in range(count):
            chosen = torch.from_numpy(rng.integers(0, len(images), BATCH))
            x = images[chosen].float().sub_(mean).div_(std)
            optimizer.zero_grad()
            loss(network(x), labels[chosen]).backward()
            optimizer.step()

    return steps


def loops_steps():
    """Return a function that takes single images through loops, as case A's student did."""
    rng, images, labels = data()
    filters, bias = rng.normal(0, 0.1, (3, 3, 3, 16)), np.zeros(16)
    weight, loss = rng.normal(0, 0.02, (3600, 10)), CrossEntropyLoss()

    def steps(count):
        for _ in range(count):
            k = rng.integers(len(images))
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

    return steps


def torch_course_cnn(nn):
    return nn.Sequential(
        nn.Conv2d(3, 16, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(3600, 10)
    )


def torch_three_layer_cnn(nn):
    layers = []
    for inputs, outputs in ((3, 32), (32, 64), (64, 128)):
        layers += [nn.Conv2d(inputs, outputs, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(2048, 10))


def measure(threads, rounds):
    """Measure all candidates and print a table."""
    candidates = {
        "course_cnn, ours": (our_steps(networks.course_cnn), STEPS, BATCH),
        "three_layer_cnn, ours": (our_steps(networks.three_layer_cnn), STEPS, BATCH),
        "course_cnn, loops": (loops_steps(), 1, 1),
    }
    try:
        import torch
    except ImportError:
        print("PyTorch is not installed, and does not take part")
    else:
        torch.set_num_threads(threads)
        candidates["course_cnn, PyTorch"] = (torch_steps(torch_course_cnn), STEPS, BATCH)
        candidates["three_layer_cnn, PyTorch"] = (torch_steps(torch_three_layer_cnn), STEPS, BATCH)

    speeds = {name: [] for name in candidates}
    for number in range(rounds + 1):
        for name, (run, steps, images) in candidates.items():
            start = time.perf_counter()
            run(steps)
            speed = steps * images / (time.perf_counter() - start)
            if number:  # the first round warms up
                speeds[name].append(speed)
    speeds = {name: np.array(values) for name, values in speeds.items()}
    report(threads, rounds, speeds)


def report(threads, rounds, speeds):
    print(f"{threads} thread(s), {rounds} rounds: median [smallest .. largest]")
    for name, values in sorted(speeds.items()):
        low, middle, high = values.min(), np.median(values), values.max()
        print(f"  {name:26} {middle:9,.1f} images/s   [{low:,.1f} .. {high:,.1f}]")
    pairs = [("course_cnn, ours", "course_cnn, loops")]
    if "course_cnn, PyTorch" in speeds:
        pairs += [(f"{n}, ours", f"{n}, PyTorch") for n in ("course_cnn", "three_layer_cnn")]
    for ours, other in pairs:
        ratio = speeds[ours] / speeds[other]
        low, middle, high = ratio.min(), np.median(ratio), ratio.max()
        print(
            f"  {ours} / {other.split(', ')[1]:8} {middle:9,.2f} times    "
            f"[{low:,.2f} .. {high:,.2f}]"
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  peak memory of this process so far, PyTorch included: {peak:,.0f} MB\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    options = parser.parse_args()
    for threads in options.threads:
        with threadpool_limits(threads):
            measure(threads, options.rounds)


if __name__ == "__main__":
    main()
