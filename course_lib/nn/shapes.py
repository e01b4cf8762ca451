"""Output sizes of windows, and checks that report a wrong shape in one clear sentence."""

import numbers

import numpy as np
from numpy.typing import ArrayLike

BEGIN_WITH_NORMALIZE = ", or begin the network with layers.Normalize.from_images(images)"


def pair(value: int | tuple[int, int], name: str, smallest: int = 1) -> tuple[int, int]:
    """Return a size as (height, width): 3 becomes (3, 3), and (3, 2) stays as it is.

    Raises ValueError for anything but one or two whole numbers of at least `smallest`.
    """
    sizes = tuple(value) if isinstance(value, (tuple, list)) else (value, value)
    if len(sizes) != 2 or not all(map(is_whole, sizes)) or min(sizes) < smallest:
        raise ValueError(
            f"{name} is {value!r}; give a whole number of at least {smallest}, "
            "or a (height, width) pair of them"
        )
    return int(sizes[0]), int(sizes[1])


def check_size(value: int, name: str) -> None:
    """Raise ValueError for anything but a whole number of at least 1."""
    if not is_whole(value) or value < 1:
        raise ValueError(f"{name} is {value!r}; give a whole number of at least 1")


def is_whole(value: object) -> bool:
    """Whether a value is a whole number: True and False are not, nor is 3.0."""
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)


def output_size(size: int, kernel_size: int, stride: int, padding: int = 0) -> int:
    """How many windows fit along one axis: (size + 2 padding - kernel_size) // stride + 1."""
    if kernel_size > size + 2 * padding:
        padded = f", {size + 2 * padding} with its padding" if padding else ""
        raise ValueError(
            f"the window is {kernel_size} pixels long and the image only {size}{padded}; "
            "use a smaller window or a larger image"
        )
    return (size + 2 * padding - kernel_size) // stride + 1


def output_sizes(
    x: np.ndarray,
    kernel_size: tuple[int, int],
    stride: tuple[int, int],
    padding: tuple[int, int] = (0, 0),
) -> tuple[int, int]:
    """Return (OH, OW) for images x (N, H, W, C); window, stride and padding are pairs."""
    _, height, width, _ = x.shape
    return (
        output_size(height, kernel_size[0], stride[0], padding[0]),
        output_size(width, kernel_size[1], stride[1], padding[1]),
    )


def check_numbers(x: ArrayLike, name: str) -> np.ndarray:
    """Return x as an array of whole numbers or floats; raise TypeError for anything else."""
    x = np.asarray(x)
    if x.dtype.kind not in "iu" and x.dtype not in (np.float32, np.float64):
        raise TypeError(
            f"{name} holds {x.dtype} numbers; give whole numbers, such as uint8, or float32"
        )
    return x


def check_array(x: ArrayLike, name: str, layout: str | None = None) -> np.ndarray:
    """Return x as an array of floats with as many axes as `layout`, for example "(N, H, W, C)".

    Without a layout, any shape will do. Raises ValueError for the wrong number of axes and
    TypeError for the wrong kind of number.
    """
    x = np.asarray(x)
    if x.dtype not in (np.float32, np.float64):
        raise TypeError(
            f"{name} holds {x.dtype} numbers, and float32 or float64 are needed; "
            f"convert it with {name}.astype(np.float32)"
            f"{BEGIN_WITH_NORMALIZE if name == 'x' and x.dtype.kind in 'iu' else ''}"
        )
    axes = layout.count(",") + 1 if layout else x.ndim
    if x.ndim != axes:
        raise ValueError(
            f"{name} has shape {x.shape}, and {axes} axes {layout} are needed; reshape it"
        )
    return x


def check_shape(x: np.ndarray, name: str, expected: tuple[int, ...], why: str) -> None:
    """Raise ValueError unless the array x has the expected shape."""
    if x.shape != tuple(expected):
        raise ValueError(
            f"{name} has shape {x.shape}, and {tuple(expected)} is needed, because {why}"
        )


def check_gradient(dy: ArrayLike, output_shape: tuple[int, ...]) -> np.ndarray:
    """Return dy as an array of floats; raise unless it has the shape of the output."""
    dy = check_array(dy, "dy")
    check_shape(dy, "dy", output_shape, "that is the shape of the output")
    return dy


def check_channels(x: np.ndarray, channels: int, what: str) -> None:
    """Raise ValueError unless the last axis of x is as long as the layer's weight requires."""
    if x.shape[-1] != channels:
        raise ValueError(
            f"x has shape {x.shape}, so {x.shape[-1]} {what}, and the weight is for {channels}; "
            "give another x, or make the layer for this one"
        )


def check_forward(layer: object, remembered: str) -> None:
    """Raise RuntimeError if a layer or loss has nothing to go back through."""
    if not hasattr(layer, remembered):
        name = type(layer).__name__
        raise RuntimeError(f"{name}.backward was called before forward; call forward first")
