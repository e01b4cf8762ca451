"""Figures say what they show, and explorers redraw."""

import base64
import html

import numpy as np
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from course_lib import figures
from course_lib.figures import lesson_01_data_loading
from course_lib.figures.description import describe

SQUARES = [[(0, 0), (1, 0), (1, 1)], [(2, 2), (3, 2), (3, 3)]]


def describe_drawing(draw):
    figure = Figure()
    draw(figure.subplots())
    return describe(figure)


def test_description_of_a_line():
    text = describe_drawing(lambda axes: axes.plot([0, 1, 2], [2.3, 1.15, 0.6], label="training"))
    assert 'line "training", 3 points: x 0, 1, 2; y 2.300, 1.150, 0.600' in text


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
    ("draw", "words"),
    [
        (lambda axes: axes.bar(["cat", "dog"], [1, 2.5]), "2 bars (cat, dog): 1.000, 2.500"),
        (lambda axes: axes.barh(["cat", "dog"], [3, 4]), "2 bars (cat, dog): 3, 4"),
        (lambda axes: axes.scatter([1.0, 2.0], [3.0, 4.0]), "2 markers: x 1.000, 2.000; y 3.000"),
        (lambda axes: axes.axhline(0.1), "horizontal line at 0.1000"),
        (lambda axes: axes.axvline(3), "vertical line at 3.000"),
        (lambda axes: axes.imshow(np.eye(2)), "image 2×2, rows: 1.000, 0.000; 0.000, 1.000"),
        (lambda axes: axes.pcolormesh(np.eye(2)), "coloured cells: 1.000, 0.000, 0.000, 1.000"),
        (lambda axes: axes.text(0, 0, "a  note"), "text: a note"),
        (lambda axes: axes.fill_between([0, 1], [1, 2], [3, 4]), "x 0.000 to 1.000"),
        (lambda axes: axes.quiver([0], [0], [3.0], [4.0]), "1 arrow: dx 3.000; dy 4.000"),
        (lambda axes: axes.errorbar([1], [2.0], yerr=0.5), "error bars, line, 1 point"),
    ],
)
def test_description_of_each_kind(draw, words):
    assert words in describe_drawing(draw)


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda axes: axes.plot([1], [2.0], "o", label="a"), '1 marker "a": x 1; y 2.000'),
        (lambda axes: axes.plot([1, 2], label="_edge"), 'line "edge", 2 points'),
        (lambda axes: axes.plot([1, 2]), "line, 2 points"),
        (lambda axes: axes.bar([0, 1], [3, 4]), "2 bars, x 0.000, 1.000: 3, 4"),
        (lambda axes: axes.barh([0, 1], [3, 4]), "2 bars, y 0.000, 1.000: 3, 4"),
        (lambda axes: axes.axhspan(1, 2, label="band"), 'area "band": y 1.000 to 2.000'),
        (lambda axes: axes.add_patch(Rectangle((0, 0), 1, 2, fill=False)), "frame: x 0.000 to 1.0"),
        (lambda axes: axes.set_yticks([0, 1], ["cat", "1. dog"]), "along y: 0 = cat | 1 = 1. dog"),
        (lambda axes: axes.imshow([[[255, 0, 0], [0, 255, 0]]]), "(255, 0, 0), (0, 255, 0)"),
        (lambda axes: axes.add_collection(PolyCollection(SQUARES)), "2 shapes: x 0.000 to 3.000"),
    ],
)
def test_description_says_what_a_reader_sees(draw, words):
    assert words in describe_drawing(draw)


def test_description_has_no_words_for_ticks_that_are_numbers_or_bars_with_names():
    assert "along" not in describe_drawing(lambda axes: axes.plot([1e-5, 1e7]))
    assert "along" not in describe_drawing(lambda axes: axes.bar(["cat", "dog"], [1, 2]))
    assert "along" not in describe_drawing(lambda axes: axes.loglog([1e-5, 1e7], [1e-5, 1e7]))
    assert "along" not in describe_drawing(lambda axes: axes.set_yticks([1e-4, 1], ["10⁻¹⁰", "1"]))


def test_colours_are_written_on_the_pixels_where_they_can_be_read():
    figure, axes = figures.new_figure()
    image = np.array([[[255, 255, 255], [0, 0, 139]]], np.uint8)
    figures.draw_colours(axes, image, "two")
    assert [text.get_text() for text in axes.texts] == ["255\n255\n255", "0\n0\n139"]
    assert [text.get_color() for text in axes.texts] == ["black", "white"]
    np.testing.assert_array_equal(axes.images[0].get_array(), image)


def test_show_displays_the_picture_and_its_words_folded(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda data, **_: shown.append(data))
    figure, axes = figures.new_figure(title="a < b")
    axes.plot([1, 2])
    figures.show(figure)
    assert [set(data) for data in shown] == [{"image/png", "text/plain"}, {"text/html"}]
    assert html.escape(describe(figure)) in shown[1]["text/html"]
    assert "a &lt; b" in shown[1]["text/html"] and "<summary>" in shown[1]["text/html"]


def test_what_is_plotted_changes_the_description():
    """Same shape, same range, other data: a mirrored image, a line with one other value."""
    picture = np.random.default_rng(0).integers(0, 256, (32, 32, 3))
    original = describe_drawing(lambda axes: axes.imshow(picture))
    assert original != describe_drawing(lambda axes: axes.imshow(picture[:, ::-1]))
    line = np.array([0.0, 5.0, 1.0, 2.0, 10.0])
    changed = np.where(line == 1.0, 1.5, line)
    assert describe_drawing(lambda axes: axes.plot(line)) != describe_drawing(
        lambda axes: axes.plot(changed)
    )


def test_long_series_are_shortened_and_missing_values_said():
    text = describe_drawing(lambda axes: axes.plot(np.arange(1000), np.full(1000, np.nan)))
    assert "1000 points: x 0, 91, 182" in text
    assert "y nan, nan" in text


def test_bundle_holds_picture_and_alternative_text():
    figure, axes = figures.new_figure(title="A")
    axes.plot([1, 2])
    data, metadata = figures.bundle(figure)
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert data["text/plain"] == metadata["image/png"]["alt"] == describe(figure)


def test_same_figure_gives_the_same_bytes():
    def draw():
        figure, axes = figures.new_figure()
        axes.plot([1, 2])
        return figures.to_png(figure)

    assert draw() == draw()


@pytest.fixture
def browser():
    images = np.random.default_rng(0).integers(0, 256, (7, 32, 32, 3), dtype=np.uint8)
    return images, lesson_01_data_loading.image_browser(images, np.arange(7), list("abcdefg"))


def test_image_browser_shows_the_chosen_image(browser):
    images, explorer = browser
    for index in range(7):
        explorer.controls["index"].value = index
        picture, red, green, blue = (panel.images[0].get_array() for panel in explorer.figure.axes)
        np.testing.assert_array_equal(picture, images[index])
        np.testing.assert_array_equal(np.stack([red, green, blue], axis=-1), images[index])
        assert explorer.figure.get_suptitle() == f"Image {index}: {'abcdefg'[index]}"


def test_moved_slider_changes_picture_and_words(browser):
    _, explorer = browser
    explorer.in_words.value = True
    before = explorer.picture.value, explorer.words.value
    explorer.controls["index"].value = 3
    assert explorer.picture.value != before[0]
    assert explorer.words.value != before[1]


def test_explorer_shows_widget_picture_and_words(browser):
    data, metadata = browser[1]._repr_mimebundle_()
    assert set(data) == {"text/plain", "image/png", "application/vnd.jupyter.widget-view+json"}
    assert data["text/plain"] == metadata["image/png"]["alt"]


def test_quarters_are_those_of_the_whole_picture():
    grey = np.zeros((20, 20))
    grey[:10, 10:] = 4  # top right
    colour = np.zeros((20, 20, 4))
    colour[10:, :10, :3] = 0.5  # bottom left
    colour[..., 3] = 1  # opaque
    for picture, means in ((grey, "0.000, 4.000, 0.000"), (colour, "0.0000, 0.0000, 0.5000")):
        figure, axes = figures.new_figure()
        figures.draw_image(axes, picture)
        assert f"bottom right): {means}" in describe(figure)
