"""Gradient noise: what diagnostics measures, what the pictures show, and how the explorer moves."""

import subprocess
import sys

import numpy as np
import pytest

from course_lib import diagnostics, figures
from course_lib.figures import lesson_05_minibatch as pictures
from course_lib.figures.description import describe
from course_lib.nn import layers, losses, networks
from tests.nn.helpers import backpropagate, weights


def small_network():
    return networks.mlp((12, 5, 3), rng=np.random.default_rng(0), dtype=np.float64)


@pytest.fixture
def data():
    rng = np.random.default_rng(1)
    return rng.normal(size=(20, 2, 2, 3)), rng.integers(3, size=20)


@pytest.fixture
def table():
    """160 gradients of 40 weights, with a direction that they share."""
    return np.random.default_rng(2).normal(0.3, 1, size=(160, 40))


def test_mean_of_the_images_gradients_is_the_gradient_of_the_mini_batch(data):
    net, loss = small_network(), losses.CrossEntropyLoss()
    rows = diagnostics.per_image_gradients(net, loss, *data, dtype=np.float64)
    backpropagate(net, *data)
    together = diagnostics.gradient_row(net)
    np.testing.assert_allclose(rows.mean(axis=0), together, rtol=1e-10, atol=1e-12)
    assert rows.std(axis=0).max() > 1e-3


def test_columns_say_where_the_layers_are_in_a_row(data):
    net = small_network()
    backpropagate(net, *data)
    row, columns = diagnostics.gradient_row(net), diagnostics.layer_columns(net)
    assert columns == {"1 Linear": slice(0, 65), "3 Linear": slice(65, 83)}
    grads = weights(net, "grads")
    for number, place in zip((1, 3), columns.values(), strict=True):
        weight_and_bias = np.append(grads[f"{number}.weight"], grads[f"{number}.bias"])
        np.testing.assert_array_equal(row[place], weight_and_bias)


def test_tables_are_float32_and_take_whole_numbers():
    rng = np.random.default_rng(3)
    pixels = rng.integers(256, size=(3, 32, 32, 3)).astype(np.uint8)
    net = networks.course_cnn(layers.Normalize.from_images(pixels), rng=rng)
    rows = diagnostics.per_image_gradients(net, losses.CrossEntropyLoss(), pixels, [1, 2, 0])
    assert rows.shape == (3, 36_458) and rows.dtype == np.float32
    assert np.abs(rows).max(axis=1).min() > 0


def test_a_gradient_row_needs_a_backward_pass():
    with pytest.raises(RuntimeError, match="call network.backward first"):
        diagnostics.gradient_row(small_network())


@pytest.mark.parametrize("replace", [True, False])
def test_batch_gradients_have_the_right_mean_and_variance(table, replace):
    drawn = diagnostics.batch_gradients(table, 40, 4000, np.random.default_rng(4), replace)
    full, N = table.mean(axis=0), len(table)
    expected = np.sum((table - full) ** 2) / N / 40
    if not replace:
        expected *= (N - 40) / (N - 1)
    assert drawn.shape == (4000, 40)
    np.testing.assert_allclose(drawn.mean(axis=0), full, atol=0.02)
    assert np.sum((drawn - full) ** 2) / 4000 == pytest.approx(expected, rel=0.03)


def test_a_mini_batch_of_all_images_has_no_noise(table):
    drawn = diagnostics.batch_gradients(table, 160, 3, np.random.default_rng(5))
    np.testing.assert_allclose(drawn, np.tile(table.mean(axis=0), (3, 1)), rtol=1e-10)


def test_only_with_replacement_there_are_more_draws_than_images(table):
    rng = np.random.default_rng(0)
    assert diagnostics.batch_gradients(table, 500, 2, rng, replace=True).shape == (2, 40)
    for size, replace in ((0, True), (0, False), (161, False)):
        with pytest.raises(ValueError, match=f"batch_size is {size}.*from 1 to 160"):
            diagnostics.batch_gradients(table, size, 1, rng, replace)


def test_cosines():
    vectors = np.array([[2.0, 0], [0, 3], [-1, 0], [1, 1], [0, 0]])
    found = diagnostics.cosines(vectors, np.array([5.0, 0]))
    np.testing.assert_allclose(found, [1, 0, -1, np.sqrt(0.5), np.nan])


def test_noise_scale_is_noise_over_signal():
    gradients = np.array([[3.0, 1], [3, -1], [3, 2], [3, -2]])
    assert diagnostics.noise_scale(gradients) == pytest.approx(2.5 / 9)
    with pytest.raises(ValueError, match="the full gradient is 0"):
        diagnostics.noise_scale(np.array([[1.0, 2], [-1, -2]]))


def test_walks_lead_where_the_sums_of_the_gradients_lead(table):
    orders = np.array([np.random.default_rng(s).permutation(160)[:30] for s in range(3)])
    full = table.mean(axis=0)
    length = np.linalg.norm(full)
    for order, along, sideways in zip(orders, *diagnostics.walks(table, orders), strict=True):
        sums = table[order].cumsum(axis=0)
        steps = sums @ full / length
        rest = np.linalg.norm(sums - np.outer(steps, full / length), axis=1)
        np.testing.assert_allclose(along, steps / length, rtol=1e-9)
        np.testing.assert_allclose(sideways, rest / length, rtol=1e-6)


def test_diagnostics_needs_no_pictures():
    code = (
        "import sys, course_lib.diagnostics\n"
        "assert not {'matplotlib', 'ipywidgets', 'IPython'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


# Pictures; what the explorer shows at each mini-batch size is in tests/figures/test_lesson_05.py


def test_band_shows_the_median_and_the_edges():
    tries = np.array([[1.0, 10], [2, 20], [9, 90]])
    figure, axes = figures.new_figure()
    line = pictures.band(axes, [1, 2], tries, "five runs", "blue")
    assert [list(each.get_ydata()) for each in (*axes.lines[:2], line)] == [
        [1, 10],
        [9, 90],
        [2, 20],
    ]
    assert axes.patches[0].get_path().vertices[:4].tolist() == [[1, 1], [2, 10], [2, 90], [1, 9]]
    assert 'line "five runs", 2 points' in describe(figure)


def test_band_can_leave_out_the_extremes():
    _, axes = figures.new_figure()
    pictures.band(axes, [1], np.arange(101.0)[:, np.newaxis], "most", "orange", edges=(5, 95))
    assert [line.get_ydata()[0] for line in axes.lines] == [5, 95, 50]


@pytest.mark.parametrize(
    ("ticks", "shown"), [([1, 4, 16], ["1", "4", "16"]), (None, ["1", "2", "5", "10"])]
)
def test_log_axis_has_plain_numbers(ticks, shown):
    figure, axes = figures.new_figure()
    axes.plot([1, 16], [0, 1])
    pictures.log_axis(axes, "images", ticks)
    axes.set_xlim(1, 16)
    figures.to_png(figure)  # drawing it writes the labels
    places = zip(axes.get_xticks(), axes.get_xticklabels(), strict=True)
    assert [text.get_text() for place, text in places if 1 <= place <= 16] == shown
    assert axes.get_xscale() == "log" and axes.get_xlabel() == "images"
    assert not len(axes.xaxis.get_minorticklocs())


def test_explorer_follows_its_controls_and_all_paths_lie_within_the_panel(table):
    tables = {"before": table, "after": table - 0.25}
    explorer = pictures.noise_explorer(tables)
    fan, panel = explorer.figure.axes
    (left, right), (bottom, top) = panel.get_xlim(), panel.get_ylim()
    for name, batch_size in (("before", 128), ("after", 64), ("after", 1)):
        explorer.controls["network"].value = name
        explorer.controls["batch_size"].value = batch_size
        alone = pictures.noise_explorer({name: tables[name]}, batch_size=batch_size)
        arrows, expected = (each.collections[0] for each in (fan, alone.figure.axes[0]))
        assert np.array_equal(arrows.U, expected.U) and np.array_equal(arrows.V, expected.V)
        for line, other in zip(panel.lines, alone.figure.axes[1].lines, strict=True):
            x, y = line.get_data()
            assert np.array_equal([x, y], other.get_data())
            assert left <= np.min(x) and np.max(x) <= right
            assert bottom <= np.min(y) and np.max(y) <= top
        words = explorer.figure.get_suptitle()
        assert words.startswith(f"{name.capitalize()}, mini-batches of {batch_size} image")
        assert f"128 images make {128 // batch_size} step" in words


def test_explorer_needs_enough_images(table):
    with pytest.raises(ValueError, match="gradients of 100 images; give those of 128 or more"):
        pictures.noise_explorer({"start": table[:100]})
