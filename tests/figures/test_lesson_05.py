"""The figures of estimates say how far off they are; the explorer shows walks and directions."""

import numpy as np
import pytest

from course_lib import figures
from course_lib.figures import lesson_05_minibatch as noise

SIZES = np.array([1, 4, 16])


@pytest.mark.parametrize("batch_size", [1, 32, 128])
def test_explorer_shows_directions_and_paths(batch_size):
    gradients = np.random.default_rng(2).normal(0.3, 1, size=(160, 40))
    explorer = noise.noise_explorer({"start": gradients}, batch_size=batch_size)
    along, sideways = noise.draw_walks(gradients, np.random.default_rng(0))
    fan, paths = explorer.figure.axes
    arrows = fan.collections[0]
    cosines = along[:, batch_size - 1] / np.hypot(along, sideways)[:, batch_size - 1]
    np.testing.assert_allclose(arrows.U, cosines)
    np.testing.assert_allclose(np.hypot(arrows.U, arrows.V), 1)
    assert (np.sign(arrows.V[:4]) == [1, -1, 1, -1]).all()
    assert {line.get_color() for line in paths.lines[1:]} == {noise.size_colour(batch_size)}
    steps = [0, *range(batch_size, 128, batch_size), 128]
    for line, a, s in zip(paths.lines[1:], along, sideways, strict=False):
        expected = [np.append(0, walk)[steps] / 128 for walk in (a, s)]
        np.testing.assert_allclose(line.get_data(), expected)


def test_the_explorers_sentence_counts_images_steps_and_arrows():
    cosines = np.array([-0.5, 0.5, 0.5])
    assert noise.direction_sentence("at 2 % CPU", 1, cosines) == (
        "At 2 % CPU, mini-batches of 1 image point 60° away from the full gradient, by the median;"
        "\n1 of 3 point uphill, and 128 images make 128 steps."
    )
    assert noise.direction_sentence("a", 128, cosines).endswith("and 128 images make 1 step.")


def test_a_batch_size_has_one_colour_the_larger_the_darker():
    assert [noise.size_colour(size) for size in (1, 4, 16, 64, 256)] == figures.ramp(5)
    assert [noise.size_colour(size) for size in (1, 2, 4, 8)] == figures.ramp(9)[:4]


def test_histograms_share_an_axis_and_say_how_far_off_the_estimates_are():
    figure = noise.estimate_histograms({1: np.array([40.0, 60]), 4: np.array([48.0, 52])}, 50)
    limits = {axes.get_xlim() for axes in figure.axes}
    assert len(limits) == 1
    assert [axes.texts[0].get_text() for axes in figure.axes] == ["off by 10.0", "off by 2.0"]
    assert [sum(bar.get_height() for bar in axes.patches) for axes in figure.axes] == [2, 2]
    assert "The means of 4 images are off by 2.0" in figure.get_label()
    assert "those of 1 are off by 10.0, 5.0 times as much" in figure.get_label()


def test_the_paths_are_enlarged_once_they_have_arrived():
    hovering = np.append(np.linspace(0, 50, 60), [52.0, 48] * 20)
    settled = np.full(100, 50.0)
    figure = noise.weight_paths({"rate 0.1": hovering, "rate 1/t": settled}, 50)
    early, late = figure.axes
    np.testing.assert_array_equal(early.lines[1].get_ydata(), hovering[:60])
    np.testing.assert_array_equal(late.lines[1].get_data(), [np.arange(60, 101), hovering[59:]])
    assert late.get_ylim() == pytest.approx((47.6, 52.4))
    assert figure.get_label().endswith("it settles, 0.0 off.")
    assert "2.0 percentage points off" in figure.get_label()


def test_variances_lie_beside_their_formulas():
    drawn = {True: [8.0, 2, 0.5], False: [8.0, 1.9, 0.4]}
    formulas = {True: 8 / SIZES, False: 7 / SIZES}
    figure = noise.variance_figure(SIZES, drawn, formulas)
    lines = {line.get_label(): line.get_ydata() for line in figure.axes[0].lines}
    for replace, name in ((True, "with"), (False, "without")):
        np.testing.assert_array_equal(lines[f"_{name} replacement"], drawn[replace])
        np.testing.assert_array_equal(lines[f"_formula, {name} replacement"], formulas[replace])
    assert "at B = 16, it is 20 % smaller" in figure.get_label()


def test_cosines_have_a_panel_for_each_layer_in_each_state():
    tries = np.linspace(0, 1, 101)[:, np.newaxis] * [0.2, 0.6, 1]
    samples = {
        "before": {"0 Conv2d": tries, "4 Linear": tries / 2},
        "after": {"0 Conv2d": tries / 4, "4 Linear": tries / 5},
    }
    figure = noise.cosine_figure(SIZES, samples)
    titles = [axes.get_title() for axes in figure.axes]
    assert titles == ["0 Conv2d\nbefore", "4 Linear\nbefore", "0 Conv2d\nafter", "4 Linear\nafter"]
    for axes, part in zip(figure.axes, (1, 1 / 2, 1 / 4, 1 / 5), strict=True):
        low, high, median = (line.get_ydata() for line in axes.lines[:3])
        for line, share in ((low, 0.05), (high, 0.95), (median, 0.5)):
            np.testing.assert_allclose(line, share * part * np.array([0.2, 0.6, 1]))
    assert figure.get_label() == (
        "With one image, the median cosine is at most 0.10 before and 0.03 after; "
        "with 16 images, it is at least 0.10."
    )


def test_steps_are_compared_with_the_formula():
    cosines = np.array([[0.2, 0.5, 0.9], [0.3, 0.6, 1.0], [0.1, 0.4, 0.8]])
    figure = noise.steps_figure(SIZES, cosines, np.array([0.2, 0.6, 0.95]))
    *_, median, formula = figure.axes[0].lines
    np.testing.assert_array_equal(median.get_ydata(), [0.2, 0.5, 0.9])
    np.testing.assert_array_equal(formula.get_ydata(), [0.2, 0.6, 0.95])
    assert "never more than 0.10 from the formula" in figure.get_label()


def test_the_best_rate_of_each_batch_size_is_named_above_its_band():
    accuracy = {1: np.array([[30.0, 20, 10], [32, 24, 12]]), 16: np.array([[10.0, 20, 26]] * 2)}
    figure = noise.rate_figure([0.1, 0.2, 0.4], accuracy)
    (axes,) = figure.axes
    names = [(text.get_text(), text.xy) for text in axes.texts if "batch" in text.get_text()]
    assert names == [("batch size 1", (0.1, 32)), ("batch size 16", (0.4, 26))]
    assert [text.get_ha() for text in axes.texts if "batch" in text.get_text()] == ["left", "right"]
    assert figure.get_label() == (
        "Batch size 1 does best at a rate of 0.1 (31 %), batch size 16 at 0.4 (26 %); "
        "at that rate, batch size 1 reaches 11 %."
    )


def test_the_arrival_is_told_by_the_medians():
    figure = noise.arrival_figure(np.array([[4.0, 1, 0.2]] * 3), np.array([[9.0, 3, 0.1]] * 3))
    assert "falls to 1/20 of its initial value" in figure.get_label()
    assert "length of the full gradient to 1/90" in figure.get_label()
    assert [axes.get_yscale() for axes in figure.axes] == ["log", "log"]
