"""The pictures of case A show the network that is built, and the steps that were taken."""

from itertools import islice

import numpy as np
import pytest

from course_lib import datasets
from course_lib.cases import CaseA, Step
from course_lib.figures import lesson_00_the_case as pictures
from course_lib.figures import to_png
from course_lib.figures.description import describe

NAMES = datasets.load().class_names


def a_step(number=0, p=None, gradient=0.0, active=0.0):
    p = np.full(10, 0.1) if p is None else p
    gradients = {"conv weight": gradient, "conv bias": gradient, "linear weight": 2 * gradient}
    return Step(number, 1.0, np.array([p]), np.array([6]), gradients, active)


@pytest.fixture(scope="module")
def steps():
    data, rng = datasets.load(), np.random.default_rng(0)
    case = CaseA()
    return list(islice(case.steps(data, case.build(rng), rng), 6))


def test_the_architecture_has_the_shapes_that_the_network_computes():
    x, shapes = np.zeros((1, 32, 32, 3)), ["32×32×3"]
    for layer in CaseA().build(np.random.default_rng(0)).layers[1:]:
        x = layer.forward(x)
        shapes.append("×".join(str(length) for length in x.shape[1:]))
    assert [stage[1] for stage in pictures.STAGES] == [*shapes, "10"]


def test_the_architecture_is_told_in_order():
    words = describe(pictures.architecture())
    told = [
        words.index(name)
        for name in (
            "convolution, 16 filters of 3×3",
            "ReLU",
            "max- pooling",
            "reshape",
            "linear",
            "softmax",
        )
    ]
    assert told == sorted(told)
    assert '"feature maps, 30×30×16"' in words


def test_the_stacks_of_the_architecture_have_a_sheet_for_each_channel_and_do_not_overlap():
    axes = pictures.architecture().axes[0]
    assert [len(stack.get_paths()) for stack in axes.collections] == [3, 16, 16, 16, 1, 1, 1]
    ends = [
        np.concatenate([path.vertices for path in stack.get_paths()])[:, 0]
        for stack in axes.collections
    ]
    for left, right in zip(ends[:-1], ends[1:], strict=True):
        assert left.max() < right.min()


def test_the_words_of_the_architecture_do_not_overlap():
    figure = pictures.architecture()
    to_png(figure, dpi=figure.dpi)
    boxes = [text.get_window_extent() for text in figure.axes[0].texts if text.get_text()]
    for number, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[number + 1 :])


def test_the_sentence_for_a_living_network():
    p = np.eye(10)[8]
    assert pictures.sentence(a_step(2, p, 2116.3, 0.4342), NAMES) == (
        "Image 2 (frog). Answer: “ship”, 100.0 %.\n"
        "43.42 % of the ReLUs are active; filters' gradient 2116.3."
    )


def test_the_sentence_for_a_dead_one():
    assert pictures.sentence(a_step(3), NAMES) == (
        "Image 3 (frog). Answer: 10.0 % for every class.\n"
        "No ReLU is active, and every gradient is 0."
    )


def test_a_bias_that_still_learns_is_not_passed_over():
    text = pictures.sentence(a_step(3, gradient=0.5), NAMES)
    assert text.endswith("No ReLU is active.")


def test_a_gradient_of_zero_is_not_called_death():
    text = pictures.sentence(a_step(3, np.eye(10)[6], 0.0, 0.06), NAMES)
    assert "6.00 % of the ReLUs are active; filters' gradient 0.0." in text


def test_the_curves_are_those_of_the_steps(steps):
    figure, _ = pictures.step_by_step(steps, datasets.load().train_images, NAMES)
    active, gradients = figure.axes[2], figure.axes[3]
    np.testing.assert_allclose(active.lines[0].get_ydata(), [100 * s.active for s in steps])
    for line, name in zip(gradients.lines, steps[0].gradients, strict=False):
        assert line.get_label() == pictures.WEIGHTS[name]
        np.testing.assert_array_equal(line.get_ydata(), [s.gradients[name] for s in steps])
    assert min(gradients.lines[0].get_ydata()) == 0  # and 0 lies inside the panel
    assert gradients.get_ylim()[0] < 0
    assert gradients.get_yticklabels()[0].get_text() == "0"


def test_redraw_shows_the_chosen_image(steps):
    images = datasets.load().train_images
    figure, redraw = pictures.step_by_step(steps, images, NAMES)
    picture, bars, *curves = figure.axes
    for number in (4, 0, 2):
        redraw(image=number)
        np.testing.assert_array_equal(picture.images[0].get_array(), images[number])
        widths = [bar.get_width() for bar in bars.patches]
        np.testing.assert_array_equal(widths, steps[number].probabilities[0])
        hatched = [bool(bar.get_hatch()) for bar in bars.patches]
        assert hatched == [label == steps[number].labels[0] for label in range(10)]
        bold = [text.get_fontweight() == "bold" for text in bars.get_yticklabels()]
        assert bold == hatched
        assert all(panel.lines[-1].get_xdata()[0] == number for panel in curves)
        assert figure.get_suptitle() == pictures.sentence(steps[number], NAMES)


def test_every_gradient_of_the_case_has_a_name_in_the_picture():
    case, rng = CaseA(bias=True), np.random.default_rng(0)
    step = next(case.steps(datasets.load(), case.build(rng), rng))
    assert list(step.gradients) == list(pictures.WEIGHTS)
