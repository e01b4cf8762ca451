"""The explorer of notebook 00: case A's training, image by image."""

from course_lib.plots import case as pictures
from course_lib.plots.screen import surroundings

from . import Explorer, slider


def step_explorer(steps, images, class_names):
    """Return an explorer of a training with one image a step.

    steps: a list of cases.Step, with the images (N, H, W, 3), uint8, that they were trained on.
    """
    figure, redraw = pictures.step_by_step(steps, images, class_names)
    picture, answer, *curves = figure.axes
    return Explorer(
        figure, redraw, {"image": slider("image", 0, len(steps) - 1, 0)},
        unchanging=[*surroundings(picture, *curves), answer.xaxis, answer.title],
    )
