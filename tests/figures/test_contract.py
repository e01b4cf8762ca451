"""What holds for every figure and every explorer: words, numbers, colours, bytes, and controls."""

import base64
import html
import inspect
import io
import re
from functools import cache

import ipywidgets
import numpy as np
import pytest
from matplotlib.collections import Collection, PathCollection
from matplotlib.colors import to_rgba
from matplotlib.image import imread
from matplotlib.patches import Patch
from matplotlib.quiver import Quiver

from course_lib import datasets, figures
from course_lib.cases import Record
from course_lib.diagnostics import Recorder
from course_lib.figures import accessibility, colour_contrast, style
from course_lib.figures import lesson_00_the_case as case
from course_lib.figures import lesson_01_data_loading as browser
from course_lib.figures import lesson_01_first_success as success
from course_lib.figures import lesson_02_conv_forward as convolution
from course_lib.figures import lesson_03_pool_backward as pooling
from course_lib.figures import lesson_04_softmax as losses
from course_lib.figures import lesson_05_minibatch as noise
from course_lib.figures import lesson_06_gradient_vanishing as depth
from course_lib.figures import lesson_07_the_verdict as results
from course_lib.figures.description import describe

LESSONS = [case, browser, success, convolution, pooling, losses, noise, depth, results]
SMALLEST_TEXT = 8  # in points: 11 pixels on the screen
COLOURS = np.stack(np.meshgrid(*[[0, 120, 255]] * 3), axis=-1).reshape(3, 9, 3).astype(np.uint8)


def random(*shape):
    return np.random.default_rng(0).random(shape)


def table(*shape):
    return np.random.default_rng(0).integers(0, 10, shape)


def panels(draw):
    figure, axes = figures.new_figure()
    draw(axes)
    return figure


def bands(axes):
    noise.band(axes, [1, 2, 3], random(5, 3), "one", "blue")
    noise.band(axes, [1, 2, 3], random(5, 3) / 2, "two", "orange", "--", "s")
    noise.log_axis(axes, "images in a mini-batch")


def sizes(axes):
    depth.sizes(axes, [1, 2], [0.1, 0], "one", (style.PALETTE["blue"], "-", "o"), 1e-3)
    depth.sizes(axes, [1, 2], [0.2, 0], "two", (style.PALETTE["orange"], "--", "s"), 1e-3)
    depth.say_zero(axes)


class History:
    loss, accuracy, test_accuracy = [2.0, 1.0], [0.3, 0.5], [0.2, 0.4]


def recorder():
    made = Recorder()
    made.steps = [0, 10, 20]
    made.gradient_rms = {f"{layer} weight": random(3) / 100 for layer in range(4)}
    return made


def fate(active, accuracy):
    """The Record of a training in which this share of the ReLUs was active from step 3 on."""
    steps = [0.5] * 3 + [active] * 20
    norms = {"conv weight": [1.0] * 23}
    return Record(loss=norms["conv weight"], active=steps, gradients=norms, accuracy=accuracy)


def noise_explorer():
    """Walks of 200 images' gradients: at the start with a direction in common, later without."""
    normal = np.random.default_rng(0).normal
    return noise.noise_explorer({
        "start": normal(0.1, 1, (200, 30)),
        "end": normal(0, 1, (200, 30)),
    })


def image_browser():
    data = datasets.load()
    return browser.image_browser(data.train_images[:5], data.train_labels[:5], data.class_names)


def descent_explorer():
    return success.descent_explorer(
        random(9),
        random(9) / 2,
        lambda w, x, y: np.mean(2 * (w * x - y) * x),
        lambda w, slope, rate: w - rate * slope,
    )


EXPLORERS = {
    "image_browser": image_browser,
    "descent_explorer": descent_explorer,
    "window_explorer": lambda: convolution.window_explorer(random(8, 8)),
    "loss_explorer": losses.loss_explorer,
    "noise_explorer": noise_explorer,
}
TABLES = {"kernel_size": 2, "stride": 1}
POWERS = np.array([1, 4, 16, 64])
FATES = {"first": [fate(0, 0.1), fate(0.5, 0.4)], "second": [fate(0.04, 0.15)]}
DEPTHS = {"ReLU": [1, 1, 1, 1.0], "tanh": [1, 0.5, 0.3, 0.2]}
Z = np.linspace(-6, 6, 121)
CURVES = {
    "sigmoid": (1 / (1 + np.exp(-Z)), np.exp(-Z) / (1 + np.exp(-Z)) ** 2, "-"),
    "tanh": (np.tanh(Z), 1 - np.tanh(Z) ** 2, "--"),
    "ReLU": (np.maximum(Z, 0), (Z > 0) * 1.0, "-."),
}
SIZES = {name: random(19) for name in "abc"}
ARRIVING = {"small weights": [1e-9, 1e-6, 1e-4, 1e-3], "bias −10": [0, 0, 0, 1e-3]}
FIGURES = {
    "image_and_planes": lambda: browser.image_and_planes(COLOURS, "test"),
    "before_and_after": lambda: browser.before_and_after(COLOURS[np.newaxis]),
    "training_curves": lambda: success.training_curves({
        name: (random(9) + k, random(9)) for k, name in enumerate("abc")
    }),
    "templates": lambda: success.templates(random(432, 10) - 0.5, [*"abcdefghij"], (12, 12, 3)),
    "architecture": lambda: case.architecture(datasets.load()),
    "window_figure": lambda: convolution.window_figure(table(4, 4), table(3, 3) - 5, 0, 1),
    "window_figure of equal numbers": lambda: convolution.window_figure(
        np.full((3, 3), 2), np.ones((3, 3), int), 0, 0
    ),
    "product_figure": lambda: convolution.product_figure(
        table(4, 4), (3, 3), table(10, 6), table(10, 4), list("abcdef")
    ),
    "answers_figure": lambda: convolution.answers_figure(
        random(2, 6, 6), {"one": list(random(2, 4, 4)), "two": list(-random(2, 4, 4))}, 1.5
    ),
    "maps_figure": lambda: convolution.maps_figure(random(4, 4, 11) - 0.5, {0: "one"}, 1.5),
    "speeds_figure": lambda: convolution.speeds_figure({"one": 0.1, "two": 0.001}),
    "ties_figure": lambda: pooling.ties_figure(
        {"one": table(2, 2), "two": np.zeros((2, 2))},
        {"largest": lambda window: 1 * (window == window.max()), "none": np.zeros_like},
    ),
    "winners_figure": lambda: pooling.winners_figure(
        COLOURS, random(6, 6), np.tile([1, 2, 4], (3, 1)), "filter 6"
    ),
    "step_figure": lambda: pooling.step_figure(
        np.logspace(-9, -1, 9), {"float64": random(9), "float32": 10 * random(9)}
    ),
    "check_figure": lambda: pooling.check_figure({
        "right": {"x": 1e-9, "weight": 1e-8},
        "wrong": {"x": 0.5, "weight": 1e-8},
    }),
    "routing": lambda: pooling.routing(table(4, 4), table(3, 3), table(4, 4), **TABLES),
    "log_sum_exp_figure": lambda: losses.log_sum_exp_figure(np.linspace(-2, 2, 25)),
    "gradient_curves": lambda: losses.gradient_curves(np.linspace(-2, 2, 5))[0],
    "jacobian_figure": lambda: losses.jacobian_figure(random(3, 3), random(3, 3) - 1),
    "digits_figure": lambda: losses.digits_figure(table(2, 3, 3), [7, 1], 9),
    "first_gradients": lambda: losses.first_gradients({
        "cross-entropy": random(9),
        "as posted": np.append(random(4), np.nan),
    }),
    "accuracy_dots": lambda: losses.accuracy_dots({"one": [0.1, 0.2], "two": [0.5]}),
    "estimate_histograms": lambda: noise.estimate_histograms(
        {1: 100 * random(99), 16: 40 + 9 * random(99)}, 50
    ),
    "weight_paths": lambda: noise.weight_paths({"slow": random(99), "fast": random(99) / 2}, 0.5),
    "variance_figure": lambda: noise.variance_figure(
        POWERS,
        {True: [9.0, 3, 1, 0.4], False: [9.0, 3, 1, 0.3]},
        {True: 9 / POWERS, False: 8 / POWERS},
    ),
    "cosine_figure": lambda: noise.cosine_figure(
        POWERS, {"early": {"0 Conv2d": random(5, 4)}, "late": {"0 Conv2d": random(5, 4) / 2}}
    ),
    "steps_figure": lambda: noise.steps_figure(POWERS, random(5, 4), random(4)),
    "rate_figure": lambda: noise.rate_figure(
        [0.1, 0.2, 0.3], {1: 100 * random(5, 3), 16: 90 * random(5, 3)}
    ),
    "arrival_figure": lambda: noise.arrival_figure(random(5, 4), random(5, 4)),
    "bands": lambda: panels(bands),
    "sizes": lambda: panels(sizes),
    "by_depth": lambda: depth.by_depth(np.arange(1, 5), DEPTHS, {"$0.5^d$": 0.5 ** np.arange(4)}),
    "outputs_and_slopes": lambda: depth.outputs_and_slopes(Z, CURVES),
    "there_and_back": lambda: depth.there_and_back(SIZES, SIZES, {"a": 0.1, "b": 1, "c": 2}),
    "by_layer": lambda: depth.by_layer(ARRIVING, depth.PATIENTS),
    "both_layers": lambda: depth.both_layers({"a": random(3, 20), "b": np.zeros((2, 20))}, 1e-5, 9),
    "over_training": lambda: depth.over_training({"a": recorder()}, 1e-6, 1e-1),
    "learning_curves": lambda: results.learning_curves(History()),
    "confusion_matrix": lambda: results.confusion_matrix(
        np.arange(100).reshape(10, 10) / 99, range(10)
    ),
    "ladder_figure": convolution.ladder_figure,
    "filters": lambda: results.filters({"one": random(3, 3, 3, 4), "two": random(3, 3, 3, 4)}),
    "captioned": lambda: results.captioned({"all": [(COLOURS, "cat"), (COLOURS, "dog")]}),
    "fates": lambda: results.fates(FATES, "A title"),
    "draw_numbers": lambda: panels(lambda axes: figures.draw_numbers(axes, table(5, 5))),
    "draw_numbers from black to white": lambda: panels(
        lambda axes: figures.draw_numbers(axes, table(5, 5), vmin=0, vmax=9)
    ),
    "draw_colours": lambda: panels(lambda axes: figures.draw_colours(axes, COLOURS)),
    **{name: (lambda make=make: make().figure) for name, make in EXPLORERS.items()},
}
every_figure = pytest.mark.parametrize("name", FIGURES)
every_explorer = pytest.mark.parametrize("name", EXPLORERS)


@cache
def figure(name):
    drawn = FIGURES[name]()
    drawn.draw_without_rendering()
    return drawn


def test_the_tables_are_complete():
    """A function of a lesson is in a table if its docstring says that it returns such a thing."""
    for lesson in LESSONS:
        for name, function in inspect.getmembers(lesson, inspect.isfunction):
            if re.match(r"Return (an? (figure|explorer)|\(figure)", function.__doc__ or ""):
                assert name in FIGURES or function.__module__ != lesson.__name__


# Words and numbers

NUMBER = r"(?:nan|-?inf|-?\d+(?:\.\d*)?(?:e[-+]\d+)?)"
GROUP = re.compile(rf"(?<![\w.]){NUMBER}(?:, {NUMBER})*(?![\w.]*\w)")
SOME = 12  # as many values of a longer series are told


def name_in_words(artist):
    """An artist's label as the words quote it, or "" if nobody gave it one."""
    label = " ".join(str(artist.get_label() or "").split())
    given = label and not re.match(r"_(child|container)\d|_nolegend_", label)
    return f'"{label.removeprefix("_")}"' if given else ""


def series(axes):
    """Everything a panel shows as (artist, the rows of numbers that the words must hold)."""
    bars = [bar for container in axes.containers for bar in container]
    for container in axes.containers:
        length = "get_width" if container.orientation == "horizontal" else "get_height"
        yield container, [[getattr(bar, length)() for bar in container]]
    for line in axes.lines:
        x, y = line.get_data()
        is_data = line.get_transform().contains_branch_seperately(axes.transData)
        yield line, [x, y] if all(is_data) else [y[:1]] if is_data[1] else [x[:1]]
    for part in axes.collections:
        if isinstance(part, PathCollection):
            yield part, list(np.transpose(part.get_offsets()))
        elif isinstance(part, Quiver):
            yield part, [part.U, part.V]
        else:
            yield part, [] if part.get_array() is None else [part.get_array()]
    for image in axes.images:
        pixels = np.ma.filled(np.ma.masked_invalid(image.get_array().astype(float)), np.nan)
        half = [length // 2 for length in pixels.shape[:2]]
        corners = [
            rows for side in np.split(pixels, half[:1]) for rows in np.split(side, half[1:], 1)
        ]
        small = pixels.ndim == 2 and pixels.size <= 100
        yield image, list(pixels) if small else [[np.nanmean(part) for part in corners]]
    yield from ((patch, []) for patch in axes.patches if patch not in bars)


def tells(line, artist, rows):
    """Whether a line of the description names this artist and ends with these numbers."""
    name = name_in_words(artist)
    found = GROUP.findall(line.replace(name, "", 1) if name else line)
    if name not in line or len(found) < len(rows):
        return False
    for words, row in zip(found[len(found) - len(rows) :], rows, strict=True):
        values = np.ma.filled(np.ma.asarray(row, float), np.nan).ravel()
        if len(values) > SOME:
            values = values[np.linspace(0, len(values) - 1, SOME).round().astype(int)]
        told = np.array(words.split(", "), float)
        finite = np.abs(values[np.isfinite(values)])
        exact = "e-" in words or len(finite) == 0  # of each value four digits; or of the largest
        tolerance = {"rtol": 1e-3, "atol": 0 if exact else 1e-3 * finite.max(initial=0) + 1e-9}
        if told.shape != values.shape or not np.allclose(told, values, **tolerance, equal_nan=True):
            return False
    return True


@every_figure
def test_the_words_name_all_panels_and_series_with_the_numbers_that_are_plotted(name):
    drawn = figure(name)
    heading, *sections = re.split(r"^Panel", describe(drawn), flags=re.MULTILINE)
    assert sections and " ".join(drawn.get_suptitle().split()) in heading
    shown = [axes for axes in drawn.axes if axes.get_visible()]
    numbers = [re.match(r" (\d+) of|", section)[1] for section in sections]
    numbered = dict(zip((int(number or 1) for number in numbers), sections, strict=True))
    for number, axes in enumerate(shown, start=1):
        parts = [(part, rows, is_shown(part)) for part, rows in series(axes)]
        if not any(shows for *_, shows in parts) and number not in numbered:
            continue  # an empty panel
        title, *lines = numbered[number].splitlines()
        for text in (axes.get_title(), axes.get_xlabel(), axes.get_ylabel()):
            assert not axes.axison or " ".join(text.split()) in title
        for part, rows, shows in parts:
            if shows and (len(rows) or name_in_words(part)):
                assert any(tells(line, part, rows) for line in lines), (part, rows, lines)
            elif name_in_words(part):
                assert not any(name_in_words(part) in line for line in lines), part
        for text in axes.texts:
            assert not text.get_visible() or " ".join(text.get_text().split()) in lines[-1]
        for tick in (*axes.get_xticklabels(), *axes.get_yticklabels()):
            is_name = axes.axison and re.match(r"[^$]*[a-z]{2}", tick.get_text())
            assert not is_name or " ".join(tick.get_text().split()) in "\n".join(lines)


def is_shown(part):
    return isinstance(part, tuple) or part.get_visible()  # a container is a tuple


@every_figure
def test_a_stored_figure_has_its_words_and_is_the_same_when_it_is_drawn_again(name):
    drawn = FIGURES[name]()
    data, metadata = figures.bundle(drawn, "It shows this.")
    assert data["text/plain"] == f"It shows this.\n{describe(drawn)}"
    assert metadata["image/png"]["alt"] == "It shows this."
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    again = figures.bundle(FIGURES[name](), "It shows this.")
    assert name in EXPLORERS or again == (data, metadata)


# Colours and texts


def on_white(colour, alpha=None):
    """The opaque colour that one with transparency gives on white paper."""
    *rgb, opacity = to_rgba(colour, alpha)
    return tuple(opacity * np.array(rgb) + 1 - opacity)


def seen(artist):
    """The colours by which an artist of a panel can be seen, on white."""
    alpha = artist.get_alpha()
    if hasattr(artist, "get_markeredgecolor"):
        colours = [artist.get_color(), artist.get_markeredgecolor()]
    elif isinstance(artist, Collection):
        colours = [*artist.get_edgecolor(), *artist.get_facecolor()]
    else:
        colours = [artist.get_edgecolor(), artist.get_facecolor()]
    return [on_white(colour, alpha) for colour in colours]


@every_figure
def test_lines_and_marks_stand_out(name):
    for axes in figure(name).axes:
        for mark in (*axes.lines, *axes.collections, *axes.patches):
            in_shades = isinstance(mark, Collection) and mark.get_array() is not None
            if mark.get_visible() and not in_shades:  # whose scale stands beside it
                best = max(map(colour_contrast.contrast, seen(mark)), default=21)
                shading = isinstance(mark, Patch) and 0 < mark.get_facecolor()[3] < 0.2
                outlined = shading and not mark.get_label()  # by lines at its edges
                assert best >= colour_contrast.MARKS or outlined, (mark.get_label(), best)


def ground(text, axes):
    """What lies behind a text: its box, a cell of an image, or the paper."""
    box = text.get_bbox_patch()
    if box is not None:
        return box.get_facecolor()
    x, y = text.get_position()
    for image in axes.images:
        left, right, bottom, top = image.get_extent()
        if text.get_transform() == axes.transData and left < x < right and top < y < bottom:
            pixels = image.get_array()
            row = int((y - top) / (bottom - top) * pixels.shape[0])
            column = int((x - left) / (right - left) * pixels.shape[1])
            cell = pixels[row, column]
            if np.ma.is_masked(cell) or not np.all(np.isfinite(cell)):
                return "white"
            return image.to_rgba(cell) if pixels.ndim == 2 else cell[:3] / 255
    return "white"


def texts(drawn):
    """Every text of a figure, with the panel it belongs to."""
    for axes in drawn.axes:
        legend = axes.get_legend()
        parts = [*axes.texts, axes.title, axes.xaxis.label, axes.yaxis.label]
        parts += [*axes.get_xticklabels(), *axes.get_yticklabels()]
        parts += legend.get_texts() if legend else []
        yield from ((text, axes) for text in parts if text.get_visible() and text.get_text())


@every_figure
def test_texts_can_be_read(name):
    for text, axes in texts(figure(name)):
        found = colour_contrast.contrast(on_white(text.get_color()), ground(text, axes))
        assert found >= colour_contrast.TEXT, (text.get_text(), found)
        assert text.get_fontsize() >= SMALLEST_TEXT, text.get_text()


def look(artist):
    """All that tells a series from others but its colour."""
    if hasattr(artist, "get_marker"):
        thick = artist.get_linewidth() > 1
        return artist.get_linestyle(), str(artist.get_marker()), artist.get_fillstyle(), thick
    return type(artist).__name__, [path.vertices.tobytes() for path in artist.get_paths()][:1]


@every_figure
def test_no_two_series_differ_in_colour_alone(name):
    for axes in figure(name).axes:
        named = [
            look(part)
            for part in (*axes.lines, *axes.collections)
            if part.get_visible() and not str(part.get_label()).startswith("_")
            if isinstance(part, PathCollection) or hasattr(part, "get_marker")
        ]
        zeros = [each for each in named if each[1] == "v"]  # told apart by their size
        assert len({*map(str, named)}) >= len(named) - max(len(zeros) - 1, 0), named
        hatches = [tuple(bar.get_hatch() or "" for bar in bars) for bars in axes.containers]
        assert len(set(hatches)) == len(hatches)


def test_every_colour_of_the_palette_stands_out_on_white():
    colours = [*figures.PALETTE.values()]
    assert min(map(colour_contrast.contrast, colours)) >= colour_contrast.MARKS
    assert all(colour in figures.PALETTE for _, colour in results.LOOKS.values())


# Explorers


def places(control):
    """The ends of a control, and a value between them."""
    sliders = (ipywidgets.IntSlider, ipywidgets.FloatSlider, ipywidgets.BoundedIntText)
    if isinstance(control, sliders):
        kind = type(control.value)
        return [control.max, kind((control.min + control.max) / 2), control.min]
    values = [value for _, value in control._options_full]
    return [values[-1], values[len(values) // 2], values[0]]


def shows_the_whole_figure(explorer):
    """Whether picture, title and words are those of the figure, drawn from scratch."""
    shown = imread(io.BytesIO(explorer.picture.value))
    whole = imread(io.BytesIO(figures.to_png(explorer.figure, style.PRINT_DPI)))[..., :3]
    assert shown.shape == whole.shape and np.ptp(whole) > 0.9
    title = " ".join(explorer.figure.get_suptitle().split())
    assert title == explorer.title and html.escape(title) in explorer.alternative.value
    assert html.escape(describe(explorer.figure)) in explorer.words.value
    return (np.abs(shown - whole).max(axis=2) > 0.02).mean() < 1e-4


@every_explorer
def test_every_control_changes_picture_and_words_wherever_it_is_moved(name):
    explorer = EXPLORERS[name]()
    explorer.in_words.value = True
    first = explorer.words.value
    for control in explorer.controls.values():
        start, pictures, words = control.value, set(), set()
        for value in places(control):
            control.value = value
            assert shows_the_whole_figure(explorer), (control.description, value)
            pictures.add(explorer.picture.value)
            words.add(explorer.words.value)
        assert len(pictures) == len(words) == len({*places(control)}), control.description
        control.value = start
        assert explorer.words.value == first, control.description


@every_explorer
def test_where_no_kernel_runs_the_picture_and_its_words_stand_in(name):
    explorer = EXPLORERS[name]()
    data, metadata = explorer._repr_mimebundle_()
    assert set(data) == {"text/plain", "image/png", "application/vnd.jupyter.widget-view+json"}
    assert metadata["image/png"]["alt"] == explorer.title
    assert data["text/plain"] == f"{explorer.title}\n{describe(explorer.figure)}"
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")


@every_explorer
def test_every_control_has_a_label_and_can_be_reached(name):
    explorer = EXPLORERS[name]()
    labels = [control.description for control in explorer.controls.values()]
    assert all(labels) and len(set(labels)) == len(labels)
    assert explorer.in_words.description and explorer.words.value == ""
    assert explorer.title and html.escape(explorer.title) in explorer.alternative.value
    explorer.in_words.value = True
    assert html.escape(describe(explorer.figure)) in explorer.words.value
    explorer.in_words.value = False
    assert explorer.words.value == ""
    *_, said, aids = explorer.view.children
    assert said is explorer.alternative and isinstance(aids, accessibility.Aids)
    assert 'role="status"' in said.value
    shown = [part for row in explorer.view.children for part in getattr(row, "children", [])]
    assert set(explorer.controls.values()) <= set(shown)
    assert (
        explorer.picture in explorer.view.children and explorer.in_words in explorer.view.children
    )
