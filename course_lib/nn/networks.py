"""Layers in sequence, and the networks that the course trains."""

import reprlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import DTypeLike

from .initializers import Initializer, he, xavier
from .layers import Conv2d, Flatten, Layer, Linear, MaxPool2d, Normalize, ReLU
from .shapes import generator_or_new


class AnyLayer(Protocol):
    """What a network needs of a layer, be it one of the course's (a Layer) or from elsewhere."""

    def forward(self, x: np.ndarray) -> np.ndarray: ...

    def backward(self, dy: np.ndarray) -> np.ndarray: ...


class Sequential:
    """Layers one after the other: the output of each is the input of the next.

    A network for images of whole numbers, such as uint8, begins with a Normalize layer. The layers
    of a Sequential inside this one take its place. Raises TypeError or ValueError for layers that
    would compute wrong gradients or never be trained (`check_layers`).
    """

    def __init__(self, layers: Iterable[AnyLayer], *others: AnyLayer) -> None:
        if others or not isinstance(layers, Iterable):
            raise TypeError("give the layers in one list: Sequential([first, second])")
        self.layers: list[Any] = []  # some have params and grads
        for layer in layers:
            self.layers += layer.layers if type(layer) is Sequential else [layer]
        check_layers(self.layers)

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
        check_layers(self.layers)  # again: the list may have been changed
        before = None
        for layer in self.layers:
            if type(layer) is Linear and is_as_written(before) and is_as_written(layer):
                x = layer.forward(x, copy=False)  # nobody else has x, so nobody will change it
            else:
                x = layer.forward(x)
            before = layer
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
        fill_grads(self.layers[first], dy)


def is_as_written(layer: Any) -> bool:
    """Whether a layer is one of the course's, with the forward that it has there."""
    return type(layer).__module__ == Layer.__module__ and "forward" not in vars(layer)


def check_layers(layers: Sequence[Any]) -> None:
    """Raise unless each layer is an object of its own, with weights of its own that are trained.

    A layer remembers one mini-batch, and keeps the gradient of one use of its weights.
    """
    uses: dict[int, int] = {}
    owners: dict[int, list[tuple[str, np.ndarray]]] = {}
    for number, layer in enumerate(layers):
        if isinstance(layer, type) or not (
            hasattr(layer, "forward") and hasattr(layer, "backward")
        ):
            raise TypeError(
                f"layer {number} is {layer!r}, which is not a layer; give an object with forward "
                "and backward, such as layers.ReLU()"
            )
        if id(layer) in uses:
            raise ValueError(
                f"layer {number} is the same object as layer {uses[id(layer)]}, a "
                f"{type(layer).__name__}, which remembers only one input; make a second one"
            )
        uses[id(layer)] = number
        if type(layer).__module__ != Layer.__module__:
            check_foreign(layer, number)
        for name, weight in getattr(layer, "params", {}).items():
            owner = weight if getattr(weight, "base", None) is None else weight.base
            for other, array in owners.setdefault(id(owner), []):
                if np.shares_memory(weight, array):
                    raise ValueError(
                        f"{number}.{name} and {other} are the same numbers in memory, and their "
                        f"gradients would not be added up; give one of them a copy of its own"
                    )
            owners[id(owner)].append((f"{number}.{name}", weight))


def fill_grads(layer: Any, dy: np.ndarray) -> None:
    """Go back through a network's first layer, without its dx if the layer can do without.

    A backward of its own, in a subclass or in the place of the method, is what counts.
    """
    for namespace in map(vars, [layer, *type(layer).__mro__]):
        if "backward_to_params" in namespace:
            layer.backward_to_params(dy)
            return
        if "backward" in namespace:
            layer.backward(dy)
            return


def gradient_of(layer: Any, name: str) -> np.ndarray:
    """Return the gradient of layer.params[name]; raise RuntimeError if there is none."""
    if name not in getattr(layer, "grads", {}):
        raise RuntimeError(
            f"there is no gradient of {name} in {type(layer).__name__}; call network.backward "
            "first, and in a layer of your own let backward fill grads"
        )
    return layer.grads[name]


def check_foreign(layer: Any, number: int) -> None:
    """Raise ValueError if a layer from elsewhere holds layers whose weights nobody would train."""
    own = {id(array) for array in getattr(layer, "params", {}).values()}
    for name, value in getattr(layer, "__dict__", {}).items():
        for part in layers_within(value, {id(layer)}):
            if not {id(array) for array in part.params.values()} <= own:
                raise ValueError(
                    f"layer {number}, a {type(layer).__name__}, has layers with weights in {name}, "
                    "which would never be trained; give your layer params and grads that hold "
                    "theirs or, if it only calls them in turn, list them in the network instead"
                )


def layers_within(value: Any, seen: set[int]) -> Iterator[Any]:
    """Yield a value and what it holds, in lists, dicts and layers, as far as it has weights."""
    if id(value) in seen:
        return
    seen.add(id(value))
    if has_params(value):
        yield value
    if isinstance(value, dict):
        parts = list(value.values())
    elif isinstance(value, (list, tuple)):
        parts = list(value)
    elif hasattr(value, "forward") and hasattr(value, "backward"):
        parts = list(getattr(value, "__dict__", {}).values())
    else:
        return
    for part in parts:
        yield from layers_within(part, seen)


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
            f"normalize is {reprlib.repr(normalize)}; give a layer, such as "
            "layers.Normalize.from_images(images), or None for images that are floats"
        )
    return [] if normalize is None else [normalize]


def course_cnn(
    normalize: Normalize | None = None,
    *,
    classes: int = 10,
    rng: np.random.Generator | int | None = None,
    dtype: DTypeLike = np.float32,
) -> Sequential:
    """The network that case A's student was asked for: 36,458 weights, for 32x32x3 images.

    A convolution with 16 filters of 3x3, ReLU, 2x2 max-pooling and one linear layer. normalize: a
    Normalize layer to begin with; without one, the network takes floats.
    """
    rng = generator_or_new(rng)
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
    rng: np.random.Generator | int | None = None,
    dtype: DTypeLike = np.float32,
) -> Sequential:
    """Three padded 3x3 convolutions, each with ReLU and 2x2 max-pooling, then a linear layer.

    normalize: as for course_cnn. filters: how many each convolution has.
    """
    if not isinstance(filters, Sequence):
        raise ValueError(f"filters is {filters!r}; give one number for each convolution: (32, 64)")
    rng = generator_or_new(rng)
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
    rng: np.random.Generator | int | None = None,
    dtype: DTypeLike = np.float32,
    init: Initializer | None = None,
) -> Sequential:
    """Linear layers of these sizes, for example (64, 50, 10), with an activation between them.

    Images are flattened first, after `normalize`, a Normalize layer, if it is given. The weights
    are initialised with `init`, an initializer: by default He's for ReLU and Xavier's otherwise.
    """
    if not isinstance(sizes, Sequence) or len(sizes) < 2:
        raise ValueError(f"sizes is {sizes!r}; give two or more, such as (64, 50, 10)")
    if not callable(activation) or isinstance(activation, Layer):
        raise TypeError(f"activation is {activation!r}; give the class of a layer: layers.ReLU")
    rng = generator_or_new(rng)
    init = init or (he if activation is ReLU else xavier)
    layers: list[Layer] = [*beginning(normalize), Flatten()]
    for inputs, outputs in zip(sizes[:-1], sizes[1:], strict=True):
        layers += [Linear(inputs, outputs, rng=rng, dtype=dtype, init=init), activation()]
    return Sequential(layers[:-1])
