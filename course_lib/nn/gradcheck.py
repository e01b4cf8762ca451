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
from .networks import Sequential

STEP = 1e-5


def numerical_gradient(
    f: Callable[[], float], x: np.ndarray, step: float = STEP, indices: list[tuple] | None = None
) -> np.ndarray:
    """Return df/dx by central differences, for a function f() that reads the array x.

    x is float64; each of its numbers is moved up and down by `step` and then restored. With
    `indices`, a list of index tuples, only these are computed; the rest stay nan.
    """
    if x.dtype != np.float64:
        raise TypeError(
            f"x holds {x.dtype} numbers, and central differences need float64; "
            "convert it with x.astype(np.float64)"
        )
    gradient = np.full(x.shape, np.nan)
    for index in np.ndindex(x.shape) if indices is None else indices:
        kept = x[index]
        x[index] = kept + step
        above = f()
        x[index] = kept - step
        below = f()
        x[index] = kept
        gradient[index] = (above - below) / (2 * step)
    return gradient


def relative_error(a: ArrayLike, b: ArrayLike) -> float:
    """Return the largest |a - b|, relative to the largest absolute value in a and b.

    It is 0 if both are all 0, and infinite if either holds a number that is not finite.
    """
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        return np.inf
    scale = max(np.abs(a).max(initial=0), np.abs(b).max(initial=0))
    return float(np.abs(a - b).max(initial=0) / scale) if scale else 0.0


def check_layer(
    layer: Layer, x: np.ndarray, dy: np.ndarray, step: float = STEP
) -> dict[str, float]:
    """Compare layer.backward with central differences of sum(layer.forward(x) * dy).

    x and dy are float64. Returns the relative errors of "x" and of each weight, by name.
    """

    def f() -> float:
        return np.sum(layer.forward(x) * dy)

    x = x.copy()
    f()
    computed = {"x": layer.backward(dy)}
    places = {"x": x}
    for name, weight in getattr(layer, "params", {}).items():
        computed[name], places[name] = layer.grads[name].copy(), weight
    return {
        name: relative_error(computed[name], numerical_gradient(f, place, step))
        for name, place in places.items()
    }


def check_network(
    network: Sequential,
    loss: Loss,
    x: np.ndarray,
    targets: np.ndarray,
    step: float = STEP,
    samples: int = 20,
    rng: np.random.Generator | None = None,
) -> dict[str, float]:
    """Compare every layer's grads with central differences of the loss.

    At most `samples` numbers of each array are checked, drawn with rng. Returns the relative
    errors by name, such as "0 Conv2d weight", and that of the input, "x".
    """
    rng = rng or np.random.default_rng(0)

    def f() -> float:
        return loss.forward(network.forward(x), targets)

    x = x.copy()
    f()
    computed = {"x": (network.backward(loss.backward()), x)}
    for number, layer in enumerate(network.layers):
        for name, weight in getattr(layer, "params", {}).items():
            key = f"{number} {type(layer).__name__} {name}"
            computed[key] = (layer.grads[name].copy(), weight)
    errors = {}
    for name, (gradient, place) in computed.items():
        flat = rng.choice(place.size, min(samples, place.size), replace=False)
        indices = [np.unravel_index(k, place.shape) for k in flat]
        numerical = numerical_gradient(f, place, step, indices)
        errors[name] = relative_error(gradient.ravel()[flat], numerical.ravel()[flat])
    return errors
