"""The image browser shows the chosen image and its three colour planes."""

import numpy as np

from course_lib.figures import lesson_01_data_loading


def test_image_browser_shows_the_chosen_image():
    images = np.random.default_rng(0).integers(0, 256, (3, 32, 32, 3), dtype=np.uint8)
    explorer = lesson_01_data_loading.image_browser(images, np.array([2, 0, 1]), list("abc"))
    for index, name in enumerate("cab"):
        explorer.controls["index"].value = index
        picture, *planes = (axes.images[0].get_array() for axes in explorer.figure.axes)
        np.testing.assert_array_equal(picture, images[index])
        np.testing.assert_array_equal(np.stack(planes, axis=-1), images[index])
        assert explorer.figure.get_suptitle() == f"Image {index}: {name}"
