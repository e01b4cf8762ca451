"""Images and their planes are those of the data, and the browser leafs through them."""

import numpy as np
import pytest

from course_lib.figures import lesson_01_data_loading as pictures

LABELS = np.array([2, 0, 2, 0, 2, 1])


@pytest.fixture
def explorer():
    images = np.random.default_rng(0).integers(0, 256, (6, 32, 32, 3), dtype=np.uint8)
    return pictures.image_browser(images, LABELS, ["bee", "cat", "dog", "eel"])


def parts(explorer):
    """The number of the image, and what can be pressed or chosen: back, forward, the menu."""
    back, forward, menu, number = explorer.view.children[0].children
    assert number is explorer.controls["index"]
    return number, back, forward, menu


def test_image_browser_shows_the_chosen_image_and_says_which_it_is(explorer):
    images = np.random.default_rng(0).integers(0, 256, (6, 32, 32, 3), dtype=np.uint8)
    said = ["dog, number 1 of 3", "bee, number 1 of 2", "dog, number 2 of 3"]
    for index, words in enumerate(said):
        explorer.controls["index"].value = index
        picture, *planes = (axes.images[0].get_array() for axes in explorer.figure.axes)
        np.testing.assert_array_equal(picture, images[index])
        np.testing.assert_array_equal(np.stack(planes, axis=-1), images[index])
        assert f"Image {index} (of 0 to 5): {words} in its class; means: " in explorer.title
        red, green, blue = images[index].mean(axis=(0, 1))
        assert f"red {red:.0f}, green {green:.0f}, blue {blue:.0f}." in explorer.title


def test_buttons_step_through_all_images_and_round_the_ends(explorer):
    number, back, forward, _ = parts(explorer)
    back.click()
    assert number.value == 5
    forward.click()
    forward.click()
    assert number.value == 1


def test_a_class_that_is_chosen_is_entered_and_stepped_through(explorer):
    number, back, forward, menu = parts(explorer)
    assert [name for name, _ in menu.options] == [pictures.ALL, "bee", "cat", "dog"]
    menu.value = 0
    assert number.value == 1  # the next of this class
    seen = []
    for button in (forward, forward, back, back):
        button.click()
        seen.append(number.value)
    assert seen == [3, 1, 3, 1]
    number.value = 4  # of another class
    back.click()
    assert number.value == 3
    menu.value = 2
    forward.click()
    menu.value = 2  # the image stays where it is of this class already
    assert number.value == 0
    menu.value = -1
    assert number.value == 0


def test_the_brightest_plane_is_named():
    image = np.random.default_rng(0).integers(0, 100, (32, 32, 3), dtype=np.uint8)
    image[..., 2] += 100
    figure = pictures.image_and_planes(image, "cat")
    assert "the cat in colour; the blue plane is the brightest" in figure.get_label()
    assert f"a mean of {image[..., 2].mean():.0f} out of" in figure.get_label()
    planes = [axes.images[0].get_array() for axes in figure.axes[1:]]
    np.testing.assert_array_equal(np.stack(planes, axis=-1), image)


def test_each_curve_is_moved_to_its_mean_and_measured_in_its_spread():
    images = np.random.default_rng(0).integers(0, [256, 200, 100], (9, 20, 20, 3), dtype=np.uint8)
    mean, std = images.mean(axis=(0, 1, 2)), images.std(axis=(0, 1, 2))
    figure = pictures.before_and_after(images)
    assert "means of {:.0f}, {:.0f} and {:.0f};".format(*mean) in figure.get_label()
    for k, (before, after) in enumerate(np.reshape(figure.axes, (3, 2))):
        x, y = before.collections[0].get_paths()[0].vertices.T
        moved, same = after.collections[0].get_paths()[0].vertices.T
        np.testing.assert_allclose(moved, (x - mean[k]) / std[k])
        np.testing.assert_array_equal(same, y)
        share = np.bincount(images[..., k].ravel() // 4, minlength=64) / images[..., k].size
        assert y.max() == pytest.approx(100 * share.max())
        assert before.lines[0].get_xdata()[0] == pytest.approx(mean[k])
