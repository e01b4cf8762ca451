"""An explorer of two losses: how large the gradient is when the network is right, or wrong."""

import numpy as np

from course_lib.losses import softmax
from course_lib.plots import losses as pictures
from course_lib.plots.screen import surroundings

from . import Explorer, slider

GAPS = (-10.0, 20.0)  # logit of the wrong classes minus that of the right one
CLASSES = (2, 10)


def gradient_sizes(gaps, classes=2):
    """How large the gradient with respect to the logits is, for cross-entropy and squared error.

    gaps (points,): how far the wrong classes, all with the same logit, are ahead of the right one.
    Returns p (points, classes), the right class first, and two arrays (points,): the L2 norms
    for -log p[right], which is |p - y|, and for sum((p - y)²) / 2, whose p - y comes back to the
    logits through the Jacobian of softmax.
    """
    if classes < 2:
        raise ValueError(f"classes is {classes}; give at least 2, a right one and a wrong one")
    gaps = np.asarray(gaps, dtype=float)
    logits = np.repeat(gaps[:, np.newaxis], classes, axis=1)
    logits[:, 0] = 0
    p = softmax(logits)
    error = p.copy()
    error[:, 0] -= 1
    through_softmax = p * (error - (p * error).sum(axis=1, keepdims=True))
    return p, np.linalg.norm(error, axis=1), np.linalg.norm(through_softmax, axis=1)


def sentence(gap, p_right, cross_entropy, squared_error):
    """Say in words what the gradients are at one gap: four numbers."""
    ratio = cross_entropy / squared_error
    gap = round(gap, 1)  # the page may send 1e-15 for 0
    lead = f"{gap:.1f} ahead" if gap > 0 else f"{-gap:.1f} behind" if gap < 0 else "level"
    return (
        f"The wrong classes are {lead}: p = {p_right:.3g} for the right one.\n"
        f"Gradient: cross-entropy {cross_entropy:.3g}, squared error {squared_error:.3g}, "
        f"{ratio:.3g} times smaller."
    )


def gradient_explorer(gap=0.0, classes=2):
    """Return an explorer of both gradients, with sliders for the gap and the number of classes."""
    gaps = np.linspace(*GAPS, 121)
    figure, artists = pictures.gradient_curves(gaps)

    def redraw(gap, classes):
        _, *curves = gradient_sizes(gaps, classes)
        p, *here = gradient_sizes([gap], classes)
        losses = ("cross-entropy", "squared error")
        for name, curve, value in zip(losses, curves, here, strict=True):
            artists[name].set_ydata(curve)
            artists[f"{name} here"].set_data([gap], value)
        for bar, height in zip(artists["bars"], (p[0, 0], p[0, 1:].sum()), strict=True):
            bar.set_height(height)
        figure.suptitle(sentence(gap, p[0, 0], here[0][0], here[1][0]), fontsize=11)

    controls = {
        "gap": slider("logit gap, wrong − right", *GAPS, gap, step=0.5),
        "classes": slider("classes", *CLASSES, classes),
    }
    return Explorer(figure, redraw, controls, unchanging=surroundings(*figure.axes))
