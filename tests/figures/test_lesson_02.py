"""The figures and the explorer of notebook 02 show what a convolution computes."""

import re

import numpy as np
import pytest

from course_lib.figures import lesson_02_conv_forward as convolution
from course_lib.figures.description import describe
from course_lib.nn import loops
from course_lib.nn.shapes import output_size
from tests.benchmarks import training

PICTURE = np.arange(20).reshape(4, 5) ** 2 % 17
FILTER = np.array([[1, 0, -1], [2, 0, -2]])
SUMS = loops.conv2d_forward(
    PICTURE[np.newaxis, :, :, np.newaxis].astype(float),
    FILTER[:, :, np.newaxis, np.newaxis].astype(float),
    np.zeros(1),
)[0, :, :, 0]


@pytest.mark.parametrize(("row", "column"), [(0, 0), (1, 2), (2, 2)])
def test_window_figure_frames_the_window_and_shows_the_sums_so_far(row, column):
    figure = convolution.window_figure(PICTURE, FILTER, row, column)
    shown, known = np.ma.filled(figure.axes[4].images[0].get_array(), np.nan), row * 3 + column + 1
    np.testing.assert_array_equal(shown.ravel()[:known], SUMS.ravel()[:known])
    assert np.isnan(shown).sum() == SUMS.size - known
    assert f'"added up: {SUMS[row, column]:.0f}"' in describe(figure)
    assert (
        f" add up to {SUMS[row, column]:.0f}, which is output {known} of 9." in figure.get_label()
    )
    frame = figure.axes[0].patches[0].get_bbox()
    assert frame.bounds == (column - 0.5, row - 0.5, 3, 2)


def test_in_the_figures_of_a_window_one_colour_is_one_number():
    """In pixels, and in products and sums, whichever window it is; 0 is white."""
    looks = []
    for row, column in [(0, 0), (2, 2)]:
        images = [
            axes.images[0] for axes in convolution.window_figure(PICTURE, FILTER, row, column).axes
        ]
        looks.append([image.get_clim() for image in images])
        for image in images[2:]:
            assert min(image.to_rgba(0.0)) > 0.99
    assert looks[0] == looks[1]
    pixels, window, _, products, sums = looks[0]
    assert pixels == window and products == sums


def test_answers_are_drawn_below_their_images_on_one_scale():
    images = np.arange(60.0).reshape(3, 5, 4) / 60
    answers = {"one": images[:, 1:] - 0.5, "two": 0.5 - images[:, 1:]}
    figure = convolution.answers_figure(images, answers, limit=0.4)
    *panels, _ = figure.axes
    assert [panel.get_ylabel() for panel in panels[::3]] == ["image", "one", "two"]
    shown = [panel.images[0] for panel in panels]
    for image, row in zip(shown, [*images, *answers["one"], *answers["two"]], strict=True):
        np.testing.assert_array_equal(image.get_array(), row)
    assert {image.get_clim() for image in shown[3:]} == {(-0.4, 0.4)}


def test_maps_are_drawn_on_one_scale_with_the_names_of_some():
    maps = np.random.default_rng(0).normal(size=(3, 4, 10))
    *panels, _ = convolution.maps_figure(maps, {1: "edges"}, limit=1.5).axes
    panels = [panel for panel in panels if panel.get_visible()]
    titles = [panel.get_title() for panel in panels]
    assert titles == ["filter 0", "edges", *(f"filter {k}" for k in range(2, 10))]
    for k, panel in enumerate(panels):
        np.testing.assert_array_equal(panel.images[0].get_array(), maps[..., k])
        assert panel.images[0].get_clim() == (-1.5, 1.5)


def test_speeds_are_dots_that_say_how_many_times_the_first_they_are():
    figure = convolution.speeds_figure({"slow": 0.5, "fast": 0.001, "faster": 0.0002})
    (axes,) = figure.axes
    np.testing.assert_allclose(axes.lines[0].get_xdata(), [2, 1000, 5000])
    assert not axes.patches and axes.get_xscale() == "log"
    assert [text.get_text().split(", ")[-1] for text in axes.texts] == ["1 ×", "500 ×", "2,500 ×"]
    assert figure.get_label() == (
        'In the time in which "slow" computes one image, "faster" computes 2,500.'
    )


def test_ladder_figure_has_a_place_for_each_rung_that_the_benchmark_measures():
    figure = convolution.ladder_figure()
    axes = figure.axes[0]
    rungs = [label.get_text() for label in axes.get_yticklabels()]
    assert rungs == [rung.__name__.replace("_", " ") for rung in training.LADDER]
    speeds = axes.lines[0].get_xdata()
    times = [text.get_text().split(", ")[-1] for text in axes.texts]
    assert times == [f"{speed / speeds[0]:,.0f} ×" for speed in speeds]
    assert f"{speeds[-1] / speeds[0]:,.0f} times as fast" in figure.get_label()


def test_product_figure_shows_the_convolution():
    columns = np.stack([PICTURE[i : i + 2, j : j + 3].ravel() for i in range(3) for j in range(3)])
    columns = np.vstack([columns.T, np.ones(9, int)])
    filters = np.append(FILTER.ravel(), 5)[:, np.newaxis]
    figure = convolution.product_figure(PICTURE, (2, 3), filters, columns, ["edge"])
    product = figure.axes[3].images[0].get_array()
    np.testing.assert_array_equal(product[0], SUMS.ravel() + 5)
    assert 'frame "window 9"' in describe(figure)


GREYS = np.arange(64.0).reshape(8, 8) / 63


@pytest.fixture(scope="module")
def explorer():
    return convolution.window_explorer(GREYS)


def set_controls(explorer, **values):
    for name, value in values.items():
        explorer.controls[name].value = value


@pytest.mark.parametrize("padding", [0, 1, 2])
@pytest.mark.parametrize(("kernel_size", "stride"), [(1, 4), (2, 1), (2, 3), (5, 4), (3, 1)])
def test_explorer_lays_out_every_window(explorer, kernel_size, stride, padding):
    set_controls(explorer, kernel_size=kernel_size, stride=stride, padding=padding)
    count = output_size(8, kernel_size, stride, padding)
    assert explorer.controls["number"].max == count**2
    text = describe(explorer.figure)
    assert f"output is {count}×{count}," in explorer.title
    border = 4 * padding * (8 + padding)
    assert not padding or f'{border} markers "padding"' in text
    shown = explorer.figure.axes[0].images[0]
    assert shown.get_array().sum() == GREYS.sum()
    assert shown.get_extent() == [-padding - 0.5, 7.5 + padding, 7.5 + padding, -padding - 0.5]
    assert re.search(rf'\b{count**2} markers? "centre of a window"', text)


def test_explorer_moves_the_window_and_its_output(explorer):
    set_controls(explorer, kernel_size=3, stride=2, padding=1, number=6)
    left, right = explorer.figure.axes
    window = next(p for p in left.patches if p.get_label() == "this window")
    assert window.get_bbox().bounds == (0.5, 0.5, 3, 3)  # row 1, column 1 of 4 x 4 windows
    # 4 x 4 outputs stand in the middle of 12 x 12 cells: from 4 to 7
    assert right.patches[0].get_bbox().bounds == (4.5, 4.5, 1, 1)
    for end, ray in enumerate(explorer.figure.artists):
        assert ray.xy1 == (3.5, 0.5 + 3 * end) and ray.xy2 == (4.5, 4.5 + end)
    set_controls(explorer, number=7)
    assert window.get_bbox().bounds == (2.5, 0.5, 3, 3)
    assert "output is 4×4, and this is window 7 of 16." in explorer.title


def test_explorer_keeps_the_window_number_within_the_output(explorer):
    fresh = convolution.window_explorer(np.zeros((8, 8)))
    assert fresh.controls["number"].max == 9
    set_controls(explorer, kernel_size=1, stride=1, padding=2)
    set_controls(explorer, number=144)
    set_controls(explorer, stride=4)
    assert explorer.controls["number"].value == 9
    assert "window 9 of 9" in describe(explorer.figure)


def test_explorer_shows_the_mean_of_each_window(explorer):
    set_controls(explorer, kernel_size=2, stride=2, padding=0)
    means = GREYS.reshape(4, 2, 4, 2).mean(axis=(1, 3))
    np.testing.assert_allclose(explorer.figure.axes[1].images[0].get_array(), means)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ((3, 2, 0, 1), "8 + 2·0 − 3 = 5 pixels to move: 2 steps of 2, and 1 is left over.\nSo the"),
        ((5, 4, 0, 1), "8 + 2·0 − 5 = 3 pixels to move: 0 steps of 4, and 3 are left over."),
        ((3, 4, 0, 2), "5 pixels to move: 1 step of 4, and 1 is left over."),
        ((3, 1, 1, 9), "7 pixels to move: 7 steps of 1, and nothing is left over."),
    ],
)
def test_explorer_says_the_sum(settings, words):
    assert words in convolution.in_words(8, *settings)


@pytest.mark.parametrize(
    ("kernel_size", "starts", "missing"),
    [(3, [0, 2, 4], 15), (3, [-1, 1, 3, 5], 0), (1, [0, 4], 60), (2, [0, 2, 4, 6], 0)],
)
def test_pixels_in_no_window(kernel_size, starts, missing):
    assert len(convolution.pixels_in_no_window(8, kernel_size, starts)) == missing
