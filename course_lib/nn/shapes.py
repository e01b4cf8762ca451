"""Output sizes of windows, and checks that report a wrong input in one clear sentence."""

import math
import numbers

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

HERE = {"channels": "H, W, C", "features": "in"}  # the axes behind the first
PREPARE_IMAGES = (
    " (images as those that the network was trained on), or begin the network with "
    "layers.Normalize.from_images(train_images)"
)


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


def check_number(value: float, name: str) -> None:
    """Raise ValueError for anything but a finite number of at least 0."""
    real = isinstance(value, numbers.Real) and not isinstance(value, bool)
    if not real or not 0 <= value < math.inf:
        raise ValueError(f"{name} is {value!r}; give a finite number of at least 0")


def check_dtype(dtype: DTypeLike) -> None:
    """Raise ValueError for a dtype that weights cannot have."""
    if not is_float(np.dtype(dtype)):
        raise ValueError(f"dtype is {np.dtype(dtype)}; give np.float32 or np.float64")


def generator(rng: "np.random.Generator | int | None", name: str = "rng") -> "np.random.Generator":
    """Return a random generator: the one that is given, or a new one that starts from a seed.

    The same whole number gives the same random numbers. Raises TypeError for anything else.
    """
    if isinstance(rng, np.random.Generator):
        return rng
    if rng is not None and is_whole(rng) and rng >= 0:
        return np.random.default_rng(rng)
    raise TypeError(
        f"{name} is {rng!r}; give a generator, such as np.random.default_rng(42), or a whole "
        "number of at least 0 to start one from, such as 42"
    )


def generator_or_new(rng: "np.random.Generator | int | None") -> "np.random.Generator":
    """Return a random generator as above; for None one that gives other numbers each time."""
    return np.random.default_rng() if rng is None else generator(rng)


def as_array(x: ArrayLike, name: str) -> np.ndarray:
    """Return x as an array. Raises TypeError for a masked array, whose mask would be lost."""
    if isinstance(x, np.ndarray) and hasattr(x, "mask"):
        raise TypeError(
            f"{name} is a masked array, and its mask would be ignored; leave out what is masked, "
            f"or put numbers in its place, with {name}.filled(value)"
        )
    if x is None:
        raise TypeError(f"{name} is None; does the function that makes it return an array?")
    return np.asarray(x)


def check_numbers(x: ArrayLike, name: str) -> np.ndarray:
    """Return x as an array of whole numbers or floats; raise TypeError for anything else."""
    x = as_array(x, name)
    if x.dtype.kind not in "iu" and not is_float(x.dtype):
        raise TypeError(
            f"{name} has dtype {x.dtype}; give whole numbers, such as uint8, or float32"
        )
    return x


def check_array(x: ArrayLike, name: str, layout: str | None = None) -> np.ndarray:
    """Return x as an array of floats with as many axes as `layout`, for example "(N, H, W, C)".

    Without a layout, any shape will do. Raises ValueError for the wrong number of axes and
    TypeError for the wrong kind of number.
    """
    x = as_array(x, name)
    if not is_float(x.dtype):
        advice = f"; convert it with {name}.astype(np.float32)" if x.dtype.kind in "biuf" else ""
        if name == "x" and x.dtype.kind in "iu":
            advice += PREPARE_IMAGES
        raise TypeError(f"{name} has dtype {x.dtype}, and float32 or float64 is needed{advice}")
    axes = layout.count(",") + 1 if layout else x.ndim
    if x.ndim != axes:
        raise ValueError(
            f"{name} has shape {x.shape}, and {axes} {'axis' if axes == 1 else 'axes'} {layout} "
            f"{'is' if axes == 1 else 'are'} needed{missing_axis(x, name, axes)}"
        )
    return x


def missing_axis(x: np.ndarray, name: str, axes: int) -> str:
    """Return what to do about an array with too few or too many axes, as the end of a sentence."""
    if name not in ("x", "images", "the images"):
        return ""
    name = name.removeprefix("the ")
    if (x.ndim, axes) == (3, 4):
        return (
            f"; for a single image give {name}[np.newaxis], for many in shades of grey "
            f"{name}[..., np.newaxis]"
        )
    if (x.ndim, axes) == (1, 2):
        return f"; for a single row give {name}[np.newaxis]"
    if x.ndim > axes == 2:
        return (
            f"; put layers.Flatten() before the linear layer, or give {name}.reshape(len({name}), "
            "-1), where the first axis counts the images"
        )
    if (x.ndim, axes) == (2, 4):
        return f"; give {name}.reshape(N, H, W, C)"
    return ""


def check_shape(x: np.ndarray, name: str, expected: tuple[int, ...], why: str) -> None:
    """Raise ValueError unless the array x has the expected shape."""
    if x.shape != tuple(expected):
        raise ValueError(
            f"{name} has shape {x.shape}, and {tuple(expected)} is needed, because {why}"
        )


def check_gradient(dy: ArrayLike, output_shape: tuple[int, ...]) -> np.ndarray:
    """Return dy as an array of floats; raise unless it has the shape of the output."""
    dy = check_array(dy, "dy")
    why = "that is the shape of the output, and loss.backward() returns such an array"
    check_shape(dy, "dy", output_shape, why)
    return dy


def check_channels(x: np.ndarray, channels: int, what: str) -> None:
    """Raise ValueError unless the last axis of x is as long as the layer's weight requires."""
    if x.shape[-1] != channels:
        if x.ndim == 4 and x.shape[1] == channels:
            raise ValueError(
                f"x has shape {x.shape}, and the channels, {channels}, come last here; give "
                "x.transpose(0, 2, 3, 1), if x is (N, C, H, W) as in PyTorch"
            )
        raise ValueError(
            f"x has shape {x.shape}, and its last axis, the {what}, must be {channels} long; "
            f"check that x is (N, {HERE[what]}), with an axis N even for one image, before you "
            "change a layer"
        )


def check_weights(weight: np.ndarray, bias: np.ndarray | None, axes: int) -> None:
    """Raise unless a layer's weight has this many axes, and its bias, if any, fits: (outputs,)."""
    check_weight(weight, "weight")
    if weight.ndim != axes:
        raise ValueError(f"weight has shape {weight.shape}, and {axes} axes are needed")
    if bias is not None:
        check_weight(bias, "bias")
        check_shape(bias, "bias", weight.shape[-1:], "there is one for each output")


def check_weight(weight: np.ndarray, name: str) -> None:
    """Raise TypeError unless it is an array of floats, such as training can change."""
    if type(weight) is not np.ndarray:
        raise TypeError(f"{name} is of type {type(weight).__name__}; give an array of floats")
    if not is_float(weight.dtype):
        raise TypeError(
            f"{name} has dtype {weight.dtype}, and float32 or float64 is needed; make the layer "
            "anew with dtype=np.float32"
        )


def is_float(dtype: np.dtype) -> bool:
    """Whether it is float32 or float64, in this machine's order of bytes."""
    return dtype.char in "fd" and dtype.isnative


def check_forward(layer: object, remembered: str) -> None:
    """Raise RuntimeError if a layer or loss has nothing to go back through."""
    if not hasattr(layer, remembered):
        name = type(layer).__name__
        raise RuntimeError(
            f"{name}.backward was called before forward, or forward remembered nothing; call "
            "forward on the same object first, and super().forward(x) in a forward of your own"
        )
