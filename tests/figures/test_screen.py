"""The picture that an explorer shows is that of its whole figure, though parts are drawn once."""

import io
import warnings
from itertools import islice

import ipywidgets
import numpy as np
import pytest
from matplotlib.image import imread

from course_lib import datasets, figures
from course_lib.cases import CaseA
from course_lib.figures import lesson_00_the_case as case
from course_lib.figures import lesson_01_data_loading, style
from course_lib.figures import lesson_02_conv_forward as convolution
from course_lib.figures import lesson_03_pool_backward as pooling
from course_lib.figures import lesson_04_softmax as losses
from course_lib.figures import lesson_05_minibatch as noise
from course_lib.figures.fast_redraw import Screen, surroundings
from course_lib.figures.gradient_explorer import controls as gradients


def random():
    return np.random.default_rng(0)


def steps_of_case_a():
    dataset, posted, rng = datasets.load(), CaseA(), random()
    steps = list(islice(posted.steps(dataset, posted.build(rng), rng), 6))
    return case.step_explorer(steps, dataset.train_images, dataset.class_names)


def images():
    dataset = datasets.load()
    return lesson_01_data_loading.image_browser(
        dataset.train_images[:5], dataset.train_labels[:5], dataset.class_names
    )


EXPLORERS = {
    "images": images,
    "case A": steps_of_case_a,
    "windows": lambda: convolution.window_explorer(random().random((8, 8))),
    "pooling": lambda: pooling.pool_explorer(random().integers(0, 9, (6, 6))),
    "losses": losses.loss_explorer,
    "noise": lambda: noise.noise_explorer({
        "start": random().normal(0.1, 1, (200, 30)),
        "end": random().normal(0, 1, (200, 30)),
    }),
    "gradients": gradients.GradientExplorer,
}


def ends(control):
    if isinstance(control, (ipywidgets.IntSlider, ipywidgets.FloatSlider)):
        return [control.max, control.min]
    values = [value for _, value in control._options_full]
    return [values[-1], values[0]]


@pytest.mark.parametrize("name", EXPLORERS)
def test_the_picture_is_that_of_the_whole_figure_wherever_the_controls_are(name):
    explorer = EXPLORERS[name]()
    seen = set()
    for control in explorer.controls.values():
        start = control.value
        for value in (*ends(control), start):
            control.value = value
            shown = imread(io.BytesIO(explorer.picture.value))
            whole = imread(io.BytesIO(figures.to_png(explorer.figure, style.SCREEN_DPI)))[..., :3]
            assert shown.shape == whole.shape and np.ptp(whole) > 0.9
            differs = np.abs(shown - whole).max(axis=2) > 0.02
            assert differs.mean() < 1e-4, (name, control.description, value)
            seen.add(explorer.picture.value)
    assert len(seen) > len(explorer.controls)


def test_what_changes_is_drawn_and_what_was_named_unchanging_is_kept():
    figure, axes = figures.new_figure()
    (line,) = axes.plot([0, 1], [0, 1])
    axes.set_title("the title")
    screen = Screen(figure, surroundings(axes))
    first = screen.to_png()
    assert screen.to_png() == first
    line.set_ydata([1, 0])
    second = screen.to_png()
    assert second != first
    axes.set_title("a title that comes too late")
    assert screen.to_png() == second
    assert axes.title.get_visible() and axes.xaxis.get_visible()
    assert figures.to_png(figure, style.SCREEN_DPI) != second


def test_a_failure_in_drawing_leaves_all_artists_visible(monkeypatch):
    figure, axes = figures.new_figure()
    screen = Screen(figure, surroundings(axes))
    monkeypatch.setattr(figure, "draw", lambda renderer: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        screen.to_png()
    assert figure.patch.get_visible() and axes.xaxis.get_visible()


def test_an_invisible_part_stays_invisible():
    figure, axes = figures.new_figure()
    axes.xaxis.set_visible(False)
    Screen(figure, surroundings(axes)).to_png()
    assert not axes.xaxis.get_visible() and axes.yaxis.get_visible()


def test_the_panels_stay_where_they_are():
    figure, axes = figures.new_figure()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        screen = Screen(figure)
        before = axes.get_position().bounds
        axes.set_ylabel("two\nmore\nlines")
        screen.to_png()
    assert axes.get_position().bounds == before
