"""The pictures of case A show the network that is built, and the steps that were taken."""

import numpy as np

from course_lib.cases import CaseA
from course_lib.figures import lesson_00_the_case as case
from course_lib.figures import to_png
from course_lib.figures.description import describe


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
