"""The networks behind the cliff, with their first weights and their images."""

from functools import lru_cache

import numpy as np

from course_lib import datasets
from course_lib.cases import CaseA
from course_lib.nn.initializers import Initializer, he, normal, uniform, xavier
from course_lib.nn.layers import Conv2d, Flatten, Linear, MaxPool2d, Normalize, ReLU, Sigmoid, Tanh
from course_lib.nn.networks import Sequential

from .settings import Settings

IMAGES = 2000  # the first ones of the training images
SIDE = 8  # pixels: the stack of linear layers sees images averaged down to 8 x 8
CLASSES = 10
ACTIVATIONS = {"sigmoid": Sigmoid, "tanh": Tanh, "ReLU": ReLU}


def build(settings: Settings, shape: tuple[int, ...], rng: np.random.Generator) -> Sequential:
    """Return the Sequential for images of this shape (H, W, C), in float32 as in training."""
    inner, last = first_weights(settings)
    if settings.network == "case A":
        return Sequential([
            Conv2d(3, 16, 3, rng=rng, init=inner),
            ReLU(),
            MaxPool2d(2),
            Flatten(),
            Linear(3600, CLASSES, rng=rng, init=last, bias=False),
        ])
    if settings.network == "case B":
        widths: tuple = (128, 50)
        activations: tuple = (Sigmoid, ReLU)
    else:
        widths = (settings.width,) * (settings.depth - 1)
        activations = (ACTIVATIONS[settings.activation],) * len(widths)
    layers: list = [Flatten()]
    features = int(np.prod(shape))
    for width, activation in zip(widths, activations, strict=True):
        layers += [Linear(features, width, rng=rng, init=inner), activation()]
        features = width
    layers.append(Linear(features, CLASSES, rng=rng, init=last))
    if settings.init == "case B":
        for layer in layers[1::2]:
            layer.params["bias"][...] = rng.normal(0, 1, layer.params["bias"].shape)
    return Sequential(layers)


def first_weights(settings: Settings) -> tuple[Initializer, Initializer]:
    """Return two initializers: for all layers but the last, and for the last."""
    if settings.init == "case A":
        return normal(0.01), uniform(0, 0.1)
    schemes = {"normal": normal(settings.std), "xavier": xavier, "he": he, "case B": normal(1)}
    return schemes[settings.init], schemes[settings.init]


@lru_cache(maxsize=9)  # every network with every scale of its inputs
def pictures(dataset: datasets.Dataset, network: str, inputs: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the first IMAGES training images and their labels, scaled: float32 (N, H, W, C).

    Case B's network sees the digits, whatever the dataset. Raises ValueError for images of another
    size than 32x32x3.
    """
    shape = dataset.train_images.shape[1:]
    if shape != (32, 32, 3):
        raise ValueError(
            f"the images of {dataset.name} are {'x'.join(map(str, shape))}, and 32x32x3 are "
            'needed; give datasets.load("pictograms") or datasets.load("cifar10")'
        )
    if network == "case B":
        dataset = datasets.load("digits")
    images, labels = dataset.train_images[:IMAGES], dataset.train_labels[:IMAGES]
    if network == "layers":
        images = averaged(images)
    if network == "case A":
        case = CaseA(pixels=inputs, dtype="float32")
        x = case.normalize(dataset)(case.orient(images))
    elif inputs == "normalised":
        x = Normalize.from_images(images)(images)
    else:
        brightest = 1 if inputs == "raw" else 16 if network == "case B" else 255
        x = images.astype(np.float32) / brightest
    return np.ascontiguousarray(x), labels  # image by image, so that mini-batches are at hand


def averaged(images: np.ndarray) -> np.ndarray:
    """Average blocks of pixels until SIDE x SIDE are left: uint8 (N, H, W, C), rounded."""
    N, H, W, C = images.shape
    blocks = images.reshape(N, SIDE, H // SIDE, SIDE, W // SIDE, C)
    return blocks.mean(axis=(2, 4)).round().astype(np.uint8)
