"""The pictures of case A show the network that is built, and the steps that were taken."""

import numpy as np
import pytest

from course_lib import datasets
from course_lib.cases import CaseA, Step
from course_lib.figures import lesson_00_the_case as case
from course_lib.figures import to_png
from course_lib.figures.description import describe
from tests.figures.test_contract import steps_of_case_a


def test_the_architecture_has_the_shapes_that_the_network_computes():
    x, shapes = np.zeros((1, 32, 32, 3)), ["32×32×3"]
    for layer in CaseA().build(np.random.default_rng(0)).layers[1:]:
        x = layer.forward(x)
        shapes.append("×".join(str(length) for length in x.shape[1:]))
    assert [stage[1] for stage in case.STAGES] == [*shapes, "10"]


def test_the_architecture_is_told_in_order_and_nothing_of_it_overlaps():
    figure = case.architecture()
    words, (axes,) = describe(figure), figure.axes
    names = ["convolution, 16 filters of 3×3", "ReLU", "max- pooling", "reshape", "linear"]
    told = [words.index(name) for name in [*names, "softmax"]]
    assert told == sorted(told) and '"feature maps, 30×30×16"' in words
    assert [len(stack.get_paths()) for stack in axes.collections] == [3, 16, 16, 16, 1, 1, 1]
    ends = [
        np.concatenate([path.vertices for path in stack.get_paths()])[:, 0]
        for stack in axes.collections
    ]
    assert all(left.max() < right.min() for left, right in zip(ends[:-1], ends[1:], strict=True))
    to_png(figure, dpi=figure.dpi)
    boxes = [text.get_window_extent() for text in axes.texts if text.get_text()]
    for number, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[number + 1 :])


@pytest.mark.parametrize(
    ("number", "p", "gradient", "active", "words"),
    [
        (
            2,
            np.eye(10)[8],
            2116.3,
            0.4342,
            "Image 2 (frog). Answer: “ship”, 100.0 %.\n"
            "43.42 % of the ReLUs are active; filters' gradient 2116.3.",
        ),
        (
            3,
            np.full(10, 0.1),
            0.0,
            0.0,
            "Image 3 (frog). Answer: 10.0 % for every class.\n"
            "No ReLU is active, and every gradient is 0.",
        ),
        (3, np.full(10, 0.1), 0.5, 0.0, "class.\nNo ReLU is active."),
        (3, np.eye(10)[6], 0.0, 0.06, "6.00 % of the ReLUs are active; filters' gradient 0.0."),
    ],
    ids=["alive", "dead", "a bias that still learns", "a gradient of 0 is no death"],
)
def test_the_sentence(number, p, gradient, active, words):
    gradients = {"conv weight": gradient, "conv bias": gradient, "linear weight": 2 * gradient}
    step = Step(number, 1.0, np.array([p]), np.array([6]), gradients, active)
    assert case.sentence(step, datasets.load().class_names).endswith(words)


def test_the_explorer_shows_the_steps_and_the_chosen_image():
    steps, images, names = steps_of_case_a()
    explorer = case.step_explorer(steps, images, names)
    picture, bars, active, gradients = explorer.figure.axes
    np.testing.assert_allclose(active.lines[0].get_ydata(), [100 * s.active for s in steps])
    for line, name in zip(gradients.lines, steps[0].gradients, strict=False):
        assert line.get_label() == case.WEIGHTS[name]
        np.testing.assert_array_equal(line.get_ydata(), [s.gradients[name] for s in steps])
    assert min(gradients.lines[0].get_ydata()) == 0 > gradients.get_ylim()[0]
    assert gradients.get_yticklabels()[0].get_text() == "0"
    for number in (4, 0, 2):
        explorer.controls["image"].value = number
        np.testing.assert_array_equal(picture.images[0].get_array(), images[number])
        widths = [bar.get_width() for bar in bars.patches]
        np.testing.assert_array_equal(widths, steps[number].probabilities[0])
        right = [label == steps[number].labels[0] for label in range(10)]
        assert [bool(bar.get_hatch()) for bar in bars.patches] == right
        assert [text.get_fontweight() == "bold" for text in bars.get_yticklabels()] == right
        assert all(axes.lines[-1].get_xdata()[0] == number for axes in (active, gradients))
        assert explorer.figure.get_suptitle() == case.sentence(steps[number], names)


def test_every_gradient_of_the_case_has_a_name_in_the_picture():
    posted, rng = CaseA(bias=True), np.random.default_rng(0)
    step = next(posted.steps(datasets.load(), posted.build(rng), rng))
    assert list(step.gradients) == list(case.WEIGHTS)
