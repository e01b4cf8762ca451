"""Layers in sequence, and the networks that the course trains."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import DTypeLike

from .initializers import Initializer, he, xavier
from .layers import Conv2d, Flatten, Layer, Linear, MaxPool2d, Normalize, ReLU


class AnyLayer(Protocol):
    """What a network needs of a layer, be it one of the course's (a Layer) or from elsewhere."""

    def forward(self, x: np.ndarray) -> np.ndarray: ...

    def backward(self, dy: np.ndarray) -> np.ndarray: ...


class Sequential:
    """Layers one after the other: the output of each is the input of the next.

    A network for images of whole numbers, such as uint8, begins with a Normalize layer.
    """

    def __init__(self, layers: Iterable[AnyLayer]) -> None:
        self.layers: list[Any] = list(layers)  # some have params and grads

    def __call__(self, x: np.ndarray) -> np.ndarray:
        return self.forward(x)

    def __repr__(self) -> str:
        return "\n".join(["Sequential(", *summary(self), ")"])

    def parameters(self) -> Iterator[np.ndarray]:
        """Yield every array of weights."""
        for layer, name in parameter_slots(self):
            yield layer.params[name]

    def named_parameters(self) -> Iterator[tuple[str, np.ndarray]]:
        """Yield (name, array) for every array of weights, with names such as "0.weight"."""
        for number, layer in enumerate(self.layers):
            for name, array in getattr(layer, "params", {}).items():
                yield f"{number}.{name}", array

    def forward(self, x: np.ndarray) -> np.ndarray:
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Go back through all layers and return the derivative with respect to the input."""
        for layer in reversed(self.layers):
            dy = layer.backward(dy)
        return dy

    def backward_to_params(self, dy: np.ndarray) -> None:
        """Like backward, but only as far as the first layer with weights: enough for training."""
        first = next((i for i, layer in enumerate(self.layers) if has_params(layer)), None)
        if first is None:
            return
        for layer in reversed(self.layers[first + 1 :]):
            dy = layer.backward(dy)
        self.layers[first].backward_to_params(dy)


def has_params(layer: object) -> bool:
    """Whether a layer has weights to train."""
    return bool(getattr(layer, "params", None))


def parameter_slots(network: Sequential) -> Iterator[tuple[Layer, str]]:
    """Yield (layer, name) for every array of weights: the array is layer.params[name]."""
    for layer in network.layers:
        for name in getattr(layer, "params", ()):
            yield layer, name


def summary(network: Sequential) -> Iterator[str]:
    """Yield the lines of a network's repr: each layer, the shapes of its weights, their number."""
    rows, total = [], 0
    for number, layer in enumerate(network.layers):
        params = getattr(layer, "params", {})
        shapes = ", ".join(f"{name} {array.shape}" for name, array in params.items())
        count = sum(array.size for array in params.values())
        total += count
        rows.append((f"{number}: {layer!r}", shapes, f"{count:,}" if params else ""))
    widths = [max(map(len, column), default=0) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = zip(row, "<<>", widths, strict=True)
        yield "    " + "  ".join(f"{text:{side}{width}}" for text, side, width in cells).rstrip()
    yield f"    {total:,} parameters"


def beginning(normalize: Normalize | None) -> list[Layer]:
    """Return the layers that a network begins with: a Normalize layer, or nothing for None."""
    if normalize is not None and not isinstance(normalize, Normalize):
        raise TypeError(
            f"normalize is {normalize!r}; give a layer, such as "
            "layers.Normalize.from_images(images), or None for images that are floats"
        )
    return [] if normalize is None else [normalize]


def course_cnn(
    normalize: Normalize | None = None,
    *,
    classes: int = 10,
    rng: np.random.Generator | None = None,
    dtype: DTypeLike = np.float32,
) -> Sequential:
    """The network that case A's student was asked for: 36,458 weights, for 32x32x3 images.

    A convolution with 16 filters of 3x3, ReLU, 2x2 max-pooling and one linear layer. normalize: a
    Normalize layer to begin with; without one, the network takes floats.
    """
    rng = rng or np.random.default_rng()
    return Sequential([
        *beginning(normalize),
        Conv2d(3, 16, 3, rng=rng, dtype=dtype),  # 32 x 32 x 3 -> 30 x 30 x 16
        ReLU(),
        MaxPool2d(2),  # -> 15 x 15 x 16
        Flatten(),  # -> 3600
        Linear(3600, classes, rng=rng, dtype=dtype),
    ])


def three_layer_cnn(
    normalize: Normalize | None = None,
    *,
    classes: int = 10,
    filters: Sequence[int] = (32, 64, 128),
    rng: np.random.Generator | None = None,
    dtype: DTypeLike = np.float32,
) -> Sequential:
    """Three padded 3x3 convolutions, each with ReLU and 2x2 max-pooling, then a linear layer.

    normalize: as for course_cnn. filters: how many each convolution has.
    """
    rng = rng or np.random.default_rng()
    layers, channels = beginning(normalize), 3
    for count in filters:  # 32 x 32 -> 16 x 16 -> 8 x 8 -> 4 x 4
        layers += [
            Conv2d(channels, count, 3, padding=1, rng=rng, dtype=dtype),
            ReLU(),
            MaxPool2d(2),
        ]
        channels = count
    features = 4 * 4 * channels
    return Sequential([*layers, Flatten(), Linear(features, classes, rng=rng, dtype=dtype)])


def mlp(
    sizes: Sequence[int],
    activation: Callable[[], Layer] = ReLU,
    *,
    normalize: Normalize | None = None,
    rng: np.random.Generator | None = None,
    dtype: DTypeLike = np.float32,
    init: Initializer | None = None,
) -> Sequential:
    """Linear layers of these sizes, for example (64, 50, 10), with an activation between them.

    Images are flattened first, after `normalize`, a Normalize layer, if it is given. The weights
    are initialised with `init`, an initializer: by default He's for ReLU and Xavier's otherwise.
    """
    rng = rng or np.random.default_rng()
    init = init or (he if activation is ReLU else xavier)
    layers: list[Layer] = [*beginning(normalize), Flatten()]
    for inputs, outputs in zip(sizes[:-1], sizes[1:], strict=True):
        layers += [Linear(inputs, outputs, rng=rng, dtype=dtype, init=init), activation()]
    return Sequential(layers[:-1])
