"""The drawing of case A's network holds what the network computes, in order, and can be read."""

import itertools

import numpy as np
import pytest

from course_lib import datasets
from course_lib.cases import CaseA
from course_lib.figures import lesson_00_the_case as case
from course_lib.figures import to_png
from course_lib.figures.description import describe
from course_lib.nn import loops


@pytest.fixture(scope="module")
def figure():
    drawn = case.architecture(datasets.load())
    to_png(drawn, dpi=drawn.dpi)
    return drawn


def test_the_architecture_has_the_shapes_that_the_network_of_case_a_computes(figure):
    x, shapes = np.zeros((1, 32, 32, 3)), ["32×32×3"]
    for layer in CaseA().build(np.random.default_rng(0)).layers[1:]:
        x = layer.forward(x)
        shapes.append("×".join(str(length) for length in x.shape[1:]))
    labels = [image.get_label().split(", ")[1] for image in figure.axes[0].images]
    assert labels == [*shapes, "10"]


def test_the_pictures_hold_the_numbers_computed_by_loops(figure):
    image, maps, active, pooled, row, sums, probabilities = (
        np.ma.filled(each.get_array().astype(float), np.nan) for each in figure.axes[0].images
    )
    data, at = datasets.load(), 3  # the filter that is computed again
    assert np.array_equal(image, data.train_images[0][:, ::-1])  # as the student's network sees it
    pixels = data.train_images.reshape(-1, 3)
    inputs = (image - pixels.mean(axis=0)) / pixels.std(axis=0)
    layers = case.DRAWN.build(case.FIRST_WEIGHTS, data).layers
    weight, bias = layers[1].params["weight"], layers[1].params["bias"]
    expected = loops.conv2d_forward(inputs[np.newaxis], weight[..., [at]], bias[[at]])[0, :, :, 0]
    top, left = 1 + at // 4 * 31, 1 + at % 4 * 31
    np.testing.assert_allclose(maps[top : top + 30, left : left + 30], expected, rtol=1e-5)
    assert np.isnan(maps[:, 0]).all() and np.isnan(maps[0]).all()
    np.testing.assert_array_equal(active, np.maximum(maps, 0))
    largest = np.maximum(expected, 0).reshape(15, 2, 15, 2).max(axis=(1, 3))
    top, left = 1 + at // 4 * 16, 1 + at % 4 * 16
    np.testing.assert_allclose(pooled[top : top + 15, left : left + 15], largest, rtol=1e-5)
    np.testing.assert_allclose(
        row[1:-1, 1 + at], largest.ravel(), rtol=1e-5
    )  # 16 maps side by side
    np.testing.assert_allclose(sums.T, row[1:-1, 1:-1].reshape(1, -1) @ layers[-1].params["weight"])
    np.testing.assert_allclose(probabilities, np.exp(sums) / np.exp(sums).sum())
    limits = [each.get_clim() for each in figure.axes[0].images[1:5]]
    assert len(set(limits)) == 1 and limits[0][0] == -limits[0][1]  # a colour means one number


def test_the_sentence_is_counted(figure):
    active = figure.axes[0].images[2].get_array().compressed()  # without the lines between maps
    share = 100 * np.mean(active == 0)
    assert f"sets {share:.0f} % of the 14,400 numbers" in figure.get_label()


def test_the_architecture_is_told_in_order_and_nothing_of_it_overlaps(figure):
    words, (axes,) = describe(figure), figure.axes
    names = ["convolution 16 filters", "ReLU", "max- pooling", "reshape", "linear", "softmax"]
    told = [words.index(name) for name in names]
    assert told == sorted(told) and '"feature maps, 30×30×16"' in words
    ends = [image.get_extent()[:2] for image in axes.images]
    assert all(left[1] < right[0] for left, right in itertools.pairwise(ends))
    texts = [text for text in axes.texts if text.get_text()]
    boxes = [text.get_window_extent() for text in texts]
    assert not any(one.overlaps(other) for one, other in itertools.combinations(boxes, 2))
    whole = figure.bbox
    assert all(whole.x0 < box.x0 and box.x1 < whole.x1 and whole.y0 < box.y0 for box in boxes)
    pictures = [image.get_window_extent() for image in axes.images]
    within = [
        text for text, box in zip(texts, boxes, strict=True) if any(map(box.overlaps, pictures))
    ]
    assert len(within) == 20  # the sums, and the probabilities
