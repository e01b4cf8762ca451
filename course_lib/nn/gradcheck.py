"""Check a backward pass against central differences, in float64.

For a smooth f, (f(x + h) - f(x - h)) / 2h differs from the derivative by about h² f''' / 6, and by
a rounding error of about 1e-16 |f| / h: h = 1e-5 keeps both small. At a kink, such as ReLU at 0,
there is no derivative, and the two may differ by any amount.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from .layers import Layer
from .losses import Loss
from .networks import Sequential, gradient_of
from .shapes import as_array, check_number, check_shape, check_size, generator

STEP = 1e-5
MAKE_FLOAT64 = "make the layer with dtype=np.float64"


def numerical_gradient(
    f: Callable[[], float], x: np.ndarray, step: float = STEP, indices: list[tuple] | None = None
) -> np.ndarray:
    """Return df/dx by central differences, for a function f() that reads the array x.

    x is float64; each of its numbers is moved up and down by `step` and then put back, whatever
    happens. With `indices`, a list of index tuples, only these are computed; the rest stay nan.
    """
    check_float64(x, "x", "write x = x.astype(np.float64) first, so that f reads the same array")
    check_number(step, "step")
    if step == 0:
        raise ValueError("step is 0; give a small number, such as 1e-5")
    if not x.flags.writeable:
        raise ValueError("x is read-only; write x = x.copy() first, so that f reads the same array")
    gradient = np.full(x.shape, np.nan)
    for index in np.ndindex(x.shape) if indices is None else indices:
        kept = float(x[index])
        try:
            x[index] = kept + step
            above = as_number(f())
            x[index] = kept - step
            below = as_number(f())
        finally:
            x[index] = kept
        gradient[index] = (above - below) / (2 * step)
    return gradient


def check_float64(x: np.ndarray, name: str, how: str = "") -> None:
    """Raise TypeError unless x is an array of float64; how: to make it one."""
    if not isinstance(x, np.ndarray) or hasattr(x, "mask"):
        raise TypeError(f"{name} is of type {type(x).__name__}; give an array of float64")
    if x.dtype != np.float64:
        raise TypeError(
            f"{name} holds {x.dtype} numbers, and central differences need float64; "
            f"{how or f'convert it with {name}.astype(np.float64)'}"
        )


def as_number(value: ArrayLike) -> float:
    """Return f()'s value as a float of its own: f may return a view of x, which is about to move.

    Raises TypeError for anything but a single number.
    """
    if value is None:
        raise TypeError("f returns None; let it return a single number, such as the loss")
    value = np.asarray(value)
    if value.size != 1 or value.dtype.kind not in "biuf":
        raise TypeError(
            f"f returns {value.dtype} of shape {value.shape}; a single number is needed"
        )
    return float(value.reshape(()))


def relative_error(a: ArrayLike, b: ArrayLike, noise: float = 0.0) -> float:
    """Return the largest |a - b|, relative to the largest absolute value in a and b.

    It is 0 if both are all 0, or no number in them is larger than `noise`, the rounding error that
    they may have; and infinite if either holds a number that is not finite. Raises
    ValueError unless both have the same shape and hold something.
    """
    a, b = as_array(a, "a").astype(np.float64), as_array(b, "b").astype(np.float64)
    if a.shape != b.shape or a.size == 0:
        raise ValueError(
            f"the shapes are {a.shape} and {b.shape}; two arrays of one shape are needed, with "
            "something in them to compare"
        )
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        return np.inf
    scale = max(np.abs(a).max(), np.abs(b).max())
    return float(np.abs(a - b).max() / scale) if scale > noise else 0.0


def check_layer(
    layer: Layer, x: np.ndarray, dy: np.ndarray, step: float = STEP
) -> dict[str, float]:
    """Compare layer.backward with central differences of sum(layer.forward(x) * dy).

    x, dy and the weights are float64; dy has the shape of the output. Returns the relative errors
    of "x" and of each weight, by name. Raises ValueError for a gradient of another shape.
    """

    def f() -> float:
        return np.sum(layer.forward(x) * dy)

    weights = getattr(layer, "params", {})
    for name, array in {"x": x, "dy": dy, **weights}.items():
        check_float64(array, name, MAKE_FLOAT64 if name in weights else "")
    x = x.copy()
    check_shape(dy, "dy", layer.forward(x).shape, "that is the shape of the output")
    if not dy.any():
        raise ValueError(
            "dy is 0 everywhere, so every gradient is 0, too; give random numbers as dy"
        )
    computed = {"x": (layer.backward(dy).copy(), x)}
    for name, weight in weights.items():
        computed[name] = (np.array(gradient_of(layer, name)), weight)
    errors, noise = {}, rounding_error(f(), step)
    for name, (gradient, place) in computed.items():
        check_same_shape(gradient, place, name)
        numerical = numerical_gradient(f, place, step)
        errors[name] = relative_error(gradient, numerical, noise)
    return errors


def check_same_shape(gradient: np.ndarray, place: np.ndarray, name: str) -> None:
    """Raise ValueError unless the gradient has the shape of what it belongs to."""
    why = f"that is the shape of {name}"
    check_shape(gradient, f"the gradient of {name}", place.shape, why)


def rounding_error(value: float, step: float) -> float:
    """Return how large a central difference may be where f, of about this value, is constant."""
    return 10 * float(np.finfo(np.float64).eps * abs(value) / step)


def check_network(
    network: Sequential,
    loss: Loss,
    x: np.ndarray,
    targets: np.ndarray,
    step: float = STEP,
    samples: int = 20,
    rng: np.random.Generator | int = 0,
) -> dict[str, float]:
    """Compare every layer's grads with central differences of the loss.

    x and the weights are float64. At most `samples` numbers of each array are checked, drawn with
    rng. Returns the relative errors by name, such as "0 Conv2d weight", and that of the input, "x".
    Raises ValueError for a gradient of another shape.
    """
    rng = generator(rng)
    check_size(samples, "samples")
    check_float64(x, "x")
    for name, weight in network.named_parameters():
        check_float64(weight, f"weight {name}", MAKE_FLOAT64)

    def f() -> float:
        return loss.forward(network.forward(x), targets)

    x = x.copy()
    noise = rounding_error(f(), step)
    computed = {"x": (network.backward(loss.backward()).copy(), x)}
    for number, layer in enumerate(network.layers):
        for name, weight in getattr(layer, "params", {}).items():
            key = f"{number} {type(layer).__name__} {name}"
            computed[key] = (np.array(gradient_of(layer, name)), weight)
    errors = {}
    for name, (gradient, place) in computed.items():
        check_same_shape(gradient, place, name)
        flat = rng.choice(place.size, min(samples, place.size), replace=False)
        indices = [np.unravel_index(k, place.shape) for k in flat]
        numerical = numerical_gradient(f, place, step, indices)
        errors[name] = relative_error(gradient.ravel()[flat], numerical.ravel()[flat], noise)
    return errors
