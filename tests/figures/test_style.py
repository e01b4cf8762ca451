"""Descriptions of all kinds of series, the common style, contrasts, and fast redrawing."""

import html
import warnings

import numpy as np
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from course_lib import figures
from course_lib.figures import colour_contrast, style
from course_lib.figures.description import describe
from course_lib.figures.fast_redraw import Screen, surroundings

SQUARES = [[(0, 0), (1, 0), (1, 1)], [(2, 2), (3, 2), (3, 3)]]


def describe_drawing(draw):
    figure = Figure()
    draw(figure.subplots())
    return describe(figure)


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (
            lambda axes: axes.plot([0, 1, 2], [2.3, 1.15, 0.6], label="training"),
            'line "training", 3 points: x 0, 1, 2; y 2.300, 1.150, 0.600',
        ),
        (lambda axes: axes.plot([1], [2.0], "o", label="a"), '1 marker "a": x 1; y 2.000'),
        (lambda axes: axes.plot([1, 2], label="_edge"), 'line "edge", 2 points'),
        (
            lambda axes: axes.plot(np.arange(1000), np.full(1000, np.nan)),
            "1000 points: x 0, 91, 182, 272, 363, 454, 545, 636, 727, 817, 908, 999; y nan, nan",
        ),
        (lambda axes: axes.bar(["cat", "dog"], [1, 2.5]), "2 bars (cat, dog): 1.000, 2.500"),
        (lambda axes: axes.barh(["cat", "dog"], [3, 4]), "2 bars (cat, dog): 3, 4"),
        (lambda axes: axes.bar([0, 1], [3, 4]), "2 bars, x 0.000, 1.000: 3, 4"),
        (lambda axes: axes.barh([0, 1], [3, 4]), "2 bars, y 0.000, 1.000: 3, 4"),
        (lambda axes: axes.axhspan(1, 2, label="band"), 'area "band": y 1.000 to 2.000'),
        (lambda axes: axes.add_patch(Rectangle((0, 0), 1, 2, fill=False)), "frame: x 0.000 to 1.0"),
        (lambda axes: axes.imshow([[[255, 0, 0], [0, 255, 0]]]), "(255, 0, 0), (0, 255, 0)"),
        (lambda axes: axes.pcolormesh(np.eye(2)), "coloured cells: 1.000, 0.000, 0.000, 1.000"),
        (lambda axes: axes.text(0, 0, "a  note"), "text: a note"),
        (lambda axes: axes.fill_between([0, 1], [1, 2], [3, 4]), "x 0.000 to 1.000"),
        (lambda axes: axes.add_collection(PolyCollection(SQUARES)), "2 shapes: x 0.000 to 3.000"),
        (lambda axes: axes.errorbar([1], [2.0], yerr=0.5), "error bars, line, 1 point"),
        (lambda axes: axes.set_yticks([0, 1], ["cat", "1. dog"]), "along y: 0 = cat | 1 = 1. dog"),
    ],
)
def test_description_says_what_a_reader_sees(draw, words):
    assert words in describe_drawing(draw)


def test_description_names_title_axes_and_scale():
    figure, axes = figures.new_figure(title="Two losses")
    axes.set(title="Loss", xlabel="epoch", ylabel="loss", yscale="log")
    axes.plot([1.0, 2.0], [1e-3, 2.5e-7])
    assert describe(figure).splitlines()[:2] == [
        "Figure: Two losses",
        'Panel, "Loss", x: epoch, y: loss (log):',
    ]
    assert "0.001000, 2.500e-07" in describe(figure)


@pytest.mark.parametrize(
    "draw",
    [
        lambda axes: axes.loglog([1e-5, 1e7], [1e-5, 1e7]),
        lambda axes: axes.plot([1e-5, 1e7]),
        lambda axes: axes.bar(["cat", "dog"], [1, 2]),
        lambda axes: axes.set_yticks([1e-4, 1], ["10⁻¹⁰", "1"]),
    ],
)
def test_description_has_no_words_for_ticks_that_are_numbers_or_bars_with_names(draw):
    assert "along" not in describe_drawing(draw)


def test_quarters_are_those_of_the_whole_picture():
    grey = np.zeros((20, 20))
    grey[:10, 10:] = 4  # top right
    colour = np.zeros((20, 20, 4))
    colour[10:, :10, :3] = 0.5  # bottom left
    colour[..., 3] = 1  # opaque
    for picture, means in ((grey, "0.000, 4.000, 0.000"), (colour, "0.0000, 0.0000, 0.5000")):
        words = describe_drawing(lambda axes, picture=picture: figures.draw_image(axes, picture))
        assert f"bottom right): {means}" in words


def test_show_displays_the_picture_and_its_sentence_with_the_numbers_folded(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda data, **more: shown.append((data, more)))
    figure, axes = figures.new_figure()
    axes.plot([1, 2])
    figure.set_label("It rises, a < b.")
    figures.show(figure)
    (picture, more), (caption, _) = shown
    assert set(picture) == {"image/png", "text/plain"} and set(caption) == {"text/html"}
    assert more["metadata"]["image/png"]["alt"] == "It rises, a < b."
    assert picture["text/plain"] == f"It rises, a < b.\n{describe(figure)}"
    assert "<summary>It rises, a &lt; b.</summary>" in caption["text/html"]
    assert html.escape(describe(figure)) in caption["text/html"]
    figures.show(figure, "Another sentence.")
    assert shown[2][1]["metadata"]["image/png"]["alt"] == "Another sentence."
    figure.set_label("")
    with pytest.raises(ValueError, match="a figure without a sentence .* pass one"):
        figures.show(figure)


def test_colours_are_written_on_the_pixels_where_they_can_be_read():
    _, axes = figures.new_figure()
    image = np.array([[[255, 255, 255], [0, 0, 139]]], np.uint8)
    figures.draw_colours(axes, image, "two")
    assert [text.get_text() for text in axes.texts] == ["255\n255\n255", "0\n0\n139"]
    assert [text.get_color() for text in axes.texts] == ["black", "white"]
    np.testing.assert_array_equal(axes.images[0].get_array(), image)


def test_a_grid_shows_each_image_upright_in_its_place():
    images = np.random.default_rng(0).integers(0, 256, (2, 3, 4, 5, 3), dtype=np.uint8)
    (axes,) = figures.image_grid(images, ["one", "two"], gap=1, column_names=list("abc")).axes
    sheet = np.asarray(axes.images[0].get_array())
    np.testing.assert_array_equal(sheet[5:9, 12:17], images[1, 2])
    assert [text.get_text() for text in axes.get_yticklabels()] == ["one", "two"]
    assert [text.get_text() for text in axes.get_xticklabels()] == ["a", "b", "c"]
    np.testing.assert_array_equal(axes.get_xticks(), [2.5, 8.5, 14.5])  # each 5 wide, 1 apart


def test_contrast_is_that_of_the_guidelines():
    grey = "#777777"  # a well-known case
    assert colour_contrast.contrast("black") == pytest.approx(21)
    assert colour_contrast.contrast(grey) == pytest.approx(4.48, abs=0.01)
    assert colour_contrast.contrast("white", grey) == colour_contrast.contrast(grey, "white")


def test_ink_can_be_read_on_any_colour():
    for colour in np.random.default_rng(0).random((1000, 3)):
        assert colour_contrast.contrast(colour_contrast.ink(colour), colour) >= colour_contrast.TEXT


# Fast redrawing


@pytest.fixture
def axes():
    return figures.new_figure()[1]


def test_what_changes_is_drawn_and_what_was_named_unchanging_is_kept(axes):
    (line,) = axes.plot([0, 1], [0, 1])
    screen = Screen(axes.figure, surroundings(axes))
    first = screen.to_png()
    assert screen.to_png() == first
    line.set_ydata([1, 0])
    second = screen.to_png()
    assert second != first
    axes.set_title("a title that comes too late")
    assert screen.to_png() == second
    assert figures.to_png(axes.figure, style.SCREEN_DPI) != second


def test_what_was_visible_stays_so_and_what_was_not_does_not_even_where_drawing_fails(axes):
    axes.xaxis.set_visible(False)
    screen = Screen(axes.figure, surroundings(axes))
    screen.to_png()
    axes.text(0, 0, r"$\nothing_that_is_known$")
    with pytest.raises(ValueError, match="nothing_that_is_known"):
        screen.to_png()
    assert axes.figure.patch.get_visible() and axes.yaxis.get_visible()
    assert axes.title.get_visible() and not axes.xaxis.get_visible()


def test_the_panels_stay_where_they_are(axes):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        screen = Screen(axes.figure)
        before = axes.get_position().bounds
        axes.set_ylabel("two\nmore\nlines")
        screen.to_png()
    assert axes.get_position().bounds == before


# Names and their colours


def test_a_ramp_is_of_one_hue_and_goes_from_light_to_dark():
    shades = [colour_contrast.contrast(colour) for colour in figures.ramp(5)]
    assert shades == sorted(shades) and min(shades) >= colour_contrast.MARKS
    assert figures.ramp(9)[::2] == figures.ramp(5)  # the same quantity has the same colour
    lightness = [colour_contrast.luminance(colour) ** (1 / 3) for colour in figures.ramp(5)]
    assert min(-np.diff(lightness)) > 0.08  # five batch sizes can be told apart
    assert len(figures.ramp(1)) == 1


def test_a_line_is_named_at_its_last_finite_point_in_a_colour_that_can_be_read():
    _, axes = figures.new_figure()
    (line,) = axes.plot([1, 2, 3], [4, 5, np.nan], color=figures.PALETTE["orange"], label="one")
    text = figures.label_line(axes, line)
    assert (text.get_text(), text.xy) == ("one", (2, 5)) and text.get_ha() == "left"
    assert colour_contrast.contrast(text.get_color()) >= colour_contrast.TEXT
    other = figures.label_point(axes, line, 0, "two", xytext=(-4, 4))
    assert (other.get_text(), other.xy) == ("two", (1, 4))
    assert (other.get_ha(), other.get_va()) == ("right", "bottom")


def test_what_recurs_has_a_colour_of_the_palette():
    assert set(figures.COLOURS.values()) <= set(figures.PALETTE.values())
