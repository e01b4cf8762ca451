"""Make torch_parity.npz: case A's network in PyTorch, its first step in full and 20 steps of SGD.

    python data/make_torch_parity.py [--out PATH]

It needs PyTorch, and takes nothing but the images from the course: the network, the loss and the
optimizer are PyTorch's, in float64. The file holds what they computed in the course's layouts:
images (N, H, W, C), filters (KH, KW, C_in, C_out), linear weights (in, out). The same seed and the
same version of PyTorch give the same bytes on the same machine. README.md says what is in the file.
"""

import argparse
import hashlib
import os
from pathlib import Path

import numpy as np
import torch
from torch import nn

from course_lib import datasets

SEED = 0  # of the first weights
IMAGES = 32
BATCH_SIZE = 8
STEPS = 20
SGD = {"lr": 0.01, "momentum": 0.9, "weight_decay": 1e-4}
ARCHIVE = Path(__file__).with_name("torch_parity.npz")


def make_batches():
    """The first pictograms: x (N, H, W, C), float64 from -1 to below 1, and labels (N,), int64."""
    pictograms = datasets.load("pictograms")
    return pictograms.train_images[:IMAGES] / 128 - 1, pictograms.train_labels[:IMAGES]


def make_network():
    """Case A's network with PyTorch's own first weights: its biases, too, are not 0."""
    torch.manual_seed(SEED)
    return nn.Sequential(
        nn.Conv2d(3, 16, 3, dtype=torch.float64),  # 3 x 32 x 32 -> 16 x 30 x 30
        nn.ReLU(),
        nn.MaxPool2d(2),  # -> 16 x 15 x 15
        nn.Flatten(),  # -> 3600, in the order C, H, W
        nn.Linear(3600, 10, dtype=torch.float64),
    )


def in_course_layout(tensor):
    """A copy of weights, or of their gradients, as an array in the layout of the course."""
    tensor = tensor.detach()
    if tensor.ndim == 4:
        tensor = tensor.permute(2, 3, 1, 0)  # (C_out, C_in, KH, KW) -> (KH, KW, C_in, C_out)
    elif tensor.ndim == 2:
        tensor = tensor.reshape(10, 16, 15, 15)  # (out, C H W) -> (out, C, H, W)
        tensor = tensor.permute(2, 3, 1, 0).reshape(3600, 10)  # -> (H W C, out)
    return tensor.numpy().copy()


def train(network, x, labels):
    """Train in place for 20 steps and return all arrays of the file by name."""
    images, targets = torch.tensor(x).permute(0, 3, 1, 2).contiguous(), torch.tensor(labels)
    cross_entropy = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(network.parameters(), **SGD)
    arrays = {"x": x, "labels": labels, "losses": np.empty(STEPS)}
    for name, weight in network.named_parameters():
        arrays[f"initial.{name}"] = in_course_layout(weight)
    for step in range(STEPS):
        batch = torch.arange(step * BATCH_SIZE, (step + 1) * BATCH_SIZE) % len(images)
        logits = network(images[batch])
        loss = cross_entropy(logits, targets[batch])
        optimizer.zero_grad()
        loss.backward()
        arrays["losses"][step] = loss.item()
        if step == 0:
            arrays["logits"] = logits.detach().numpy()
            for name, weight in network.named_parameters():
                arrays[f"gradient.{name}"] = in_course_layout(weight.grad)
        optimizer.step()
    for name, weight in network.named_parameters():
        arrays[f"final.{name}"] = in_course_layout(weight)
    return arrays


def main():
    """Read the command line, compute, and put the file in place in one step."""
    parser = argparse.ArgumentParser(description="Make the file of PyTorch's numbers.")
    parser.add_argument("--out", type=Path, default=ARCHIVE)
    options = parser.parse_args()

    torch.set_num_threads(1)
    arrays = train(make_network(), *make_batches())
    unfinished = options.out.with_name(f"{options.out.name}.{os.getpid()}.part")
    try:
        with open(unfinished, "wb") as file:
            np.savez_compressed(file, **arrays)
        os.replace(unfinished, options.out)
    finally:
        unfinished.unlink(missing_ok=True)
    content = options.out.read_bytes()
    print(f"{options.out}: {len(content):,} bytes, sha256 {hashlib.sha256(content).hexdigest()}")


if __name__ == "__main__":
    main()
