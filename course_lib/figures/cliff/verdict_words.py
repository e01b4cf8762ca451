"""What a result means, in plain words that follow from its numbers alone."""

import numpy as np

from .computation import Result

BAND = (1e-3, 1.0)  # the RMS gradients of networks of 1 to 50 layers that learn, in our trials
FADED, GROWN = 1e-2, 1e3  # the first layer's gradient, over the last layer's
NOTHING, ENORMOUS = 1e-5, 1e3  # RMS gradients below the band, and above it
LEARNED = 0.1  # where the loss is lower, the gradient may well be small
NEARLY_ALL, MOST = 0.9, 0.5  # of the units that are dead; of the outputs that are saturated
WORSE = 2  # times the loss before the training

SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def verdict(result: Result) -> str:
    """Say in one line what is wrong, if anything: "vanishing: layer 1 has a gradient of …"."""
    if result.overflowed is not None:
        trained = f", after {steps(result.steps)} of training" if result.settings.steps else ""
        return f"overflowed at layer {result.overflowed}, {result.where}{trained}"
    found = [share("dead", result.dead, NEARLY_ALL)]
    if found[0]:
        found.append("" if result.rms.any() else "no layer has any gradient")
    else:
        found.append(share("saturated", result.saturated, MOST))
        found.append(vanishing(result) or exploding(result))
        found.append("" if vanishing(result) else too_long(result))
    found.append(worse(result))
    return "; ".join(filter(None, found)) or outside(result) or healthy(result)


def share(word: str, shares: np.ndarray, limit: float) -> str:
    """Name the layers with such a share, the first with its share, or "" if there are none."""
    layers = np.flatnonzero(shares >= limit) + 1
    if not len(layers):
        return ""
    others = f" and of {len(layers) - 1} more" if len(layers) > 1 else ""
    return f"{word}: {percent(shares[layers[0] - 1])} of layer {layers[0]}{others}"


def vanishing(result: Result) -> str:
    """The sentence for gradients that fade on the way back, or are next to nothing, or ""."""
    first, last, largest = result.rms[0], result.rms[-1], result.rms.max()
    if largest == 0:
        return "vanishing: no layer has any gradient"
    if first == 0:
        silent = int(np.flatnonzero(result.rms)[0])
        layers = "layer 1 has" if silent == 1 else f"layers 1 to {silent} have"
        return f"vanishing: {layers} a gradient of exactly 0"
    if first < FADED * last:
        return f"vanishing: the first layer's gradient is {power(first / last)} of the last one's"
    if largest < NOTHING and result.loss > LEARNED:
        return f"vanishing: no gradient is larger than {power(largest)}"
    return ""


def exploding(result: Result) -> str:
    """The sentence for gradients that grow on the way back, or are enormous, or ""."""
    first, last, largest = result.rms[0], result.rms[-1], result.rms.max()
    if first > GROWN * last:
        return (
            f"exploding: the first layer's gradient is {power(first / last)} times the last one's"
        )
    if largest > ENORMOUS:
        return f"exploding: layer {result.rms.argmax() + 1}'s gradient is {power(largest)}"
    return ""


def too_long(result: Result) -> str:
    """The sentence for a step that is longer than the weights it changes, or ""."""
    layer = int(result.step.argmax())
    if not result.step[layer] > 1:
        return ""
    return f"step too long: {short(result.step[layer])} times the weights of layer {layer + 1}"


def worse(result: Result) -> str:
    """The sentence for a training that does the opposite of what it should, or ""."""
    if not result.loss > WORSE * result.loss_before:
        return ""
    return f"getting worse: the loss rose from {short(result.loss_before)} to {short(result.loss)}"


def outside(result: Result) -> str:
    """The sentence for a layer whose gradient is not in the BAND, or ""."""
    low, high = BAND
    least, most = result.rms.argmin(), result.rms.argmax()
    if result.rms[least] < low:
        done = f", and the loss is only {short(result.loss)}" if result.loss <= LEARNED else ""
        return f"below the band: layer {least + 1}'s gradient is {short(result.rms[least])}{done}"
    if result.rms[most] > high:
        return f"above the band: layer {most + 1}'s gradient is {short(result.rms[most])}"
    return ""


def healthy(result: Result) -> str:
    """The sentence for a network in which nothing is wrong, and every gradient in the BAND."""
    if len(result.rms) == 1:
        return "healthy: the only layer has a gradient"
    ratio = result.rms[0] / result.rms[-1]
    return f"healthy: the first layer's gradient is {short(ratio)} times the last one's"


def loss_so_far(result: Result) -> str:
    """The loss, and where there was a training the one before it."""
    if not result.settings.steps:
        return f"Loss {short(result.loss)}"
    return f"Loss {short(result.loss_before)} → {short(result.loss)} in {steps(result.steps)}"


def next_step(result: Result) -> str:
    """How far the next step goes in the first layer."""
    move = result.step[0]
    if not np.isfinite(move):
        return "next step cannot be computed"
    if move == 0:
        return "next step leaves layer 1 as it is"
    return f"next step moves layer 1 by {short(move)} times its weights"


def steps(count: int) -> str:
    """A number of steps in words: "1 step", "10 steps"."""
    return f"{count} step" + ("s" if count != 1 else "")


def percent(share: float) -> str:
    """A share as "98 %", halves up as in the page. "100 %" is all of them, without exception."""
    return "over 99 %" if 0.995 <= share < 1 else f"{np.floor(100 * share + 0.5):.0f} %"


def power(value: float) -> str:
    """The nearest power of ten, as "10⁻⁶"."""
    return "10" + str(round(np.log10(value))).translate(SUPERSCRIPTS)


def short(value: float) -> str:
    """A number in two digits, with a power of ten where it is far from 1; or in words."""
    if np.isnan(value):
        return "not a number"
    if np.isinf(value):
        return "infinite"
    if value == 0:
        return "0"
    if not 0.001 <= abs(value) < 1e6:
        digits, exponent = f"{value:.1e}".split("e")
        return f"{digits}·10{str(int(exponent)).translate(SUPERSCRIPTS)}"
    return f"{value:,.0f}" if abs(value) >= 10 else f"{value:.2g}"
