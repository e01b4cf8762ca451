"""The race over three clocks: where each batch size stands at a moment, and who is ahead."""

import re

import numpy as np
import pytest

from course_lib.figures import lesson_05_race as module
from course_lib.figures.lesson_05_race import CLOCKS, PLACES, RaceExplorer
from tests.figures.page_explorers import race


def at(explorer, clock, moment):
    """Put the line where the clock shows this moment, as nearly as a place allows."""
    explorer.clock = clock
    first, last = explorer.numbers["range"]
    explorer.place = round(PLACES * np.log(moment / first) / np.log(last / first))
    return explorer.numbers


def medians(numbers):
    return [None if each is None else each[1] for each in numbers["now"]]


def test_at_a_stop_each_stands_where_it_was_tested():
    numbers = at(race(), "images seen", 256)
    assert medians(numbers) == [47, 41, 17] and numbers["finished"] == [True] * 3
    assert numbers["now"][1] == [38, 41, 45]
    numbers = at(race(), "steps", 1)
    assert medians(numbers) == [10, 12, 10.5] and numbers["finished"] == [False] * 3


def test_the_same_moment_is_another_number_of_images_for_each():
    """After four steps mini-batches of 64 have seen 256 images, those of 8 only 32."""
    numbers = at(race(), "steps", 4)
    share = np.log(32 / 8) / np.log(64 / 8)
    near = medians(numbers)
    assert near[2] == 17 and numbers["finished"] == [False, False, True]
    assert near[1] == pytest.approx(12 + share * (23.25 - 12), abs=0.2)
    numbers = at(race(), "seconds", 64 * 2e-4)
    assert medians(numbers)[1] == pytest.approx(23.25, abs=0.3)


def test_before_its_first_step_nobody_is_ranked():
    numbers = at(race(), "images seen", 8)
    assert medians(numbers)[2] is None and sum(numbers["groups"], []) == [0, 1]
    assert numbers["words"].endswith("Not yet a step: 64.")


def test_another_clock_shifts_each_curve_and_keeps_its_shape():
    explorer, shapes = race(), []
    for clock in CLOCKS:
        explorer.clock = clock
        positions = explorer.numbers["positions"]
        assert (min(map(min, positions)), max(map(max, positions))) == (0, 1)
        shapes.append([np.diff(x) for x in positions])
    for other in shapes[1:]:
        for one, another in zip(shapes[0], other, strict=True):
            np.testing.assert_allclose(one, another)


def test_who_overlaps_with_the_best_is_too_close_to_call():
    numbers = at(race(), "images seen", 256)
    assert numbers["groups"] == [[0, 1], [2]]
    expected = "After 256 images, batch sizes 1 and 8 are too close to call, with 41.0 to 47.0 %"
    assert numbers["words"] == f"{expected}, then 64 with 17.0 %. All have finished."
    assert module.ranking([[1, 2, 3], None, [5, 6, 7], [4, 4, 4]]) == [[2], [3], [0]]


def test_the_ranking_changes_with_the_clock():
    """The faster one for each image loses as soon as steps are counted."""
    images = {1: [1, 16, 256], 16: [16, 256]}
    accuracy = {1: [[10, 30, 60]] * 2, 16: [[20, 50]] * 2}
    explorer = RaceExplorer(images, accuracy, {1: 1e-3, 16: 1e-4})
    assert at(explorer, "images seen", 16)["groups"] == [[0], [1]]
    assert at(explorer, "steps", 16)["groups"] == [[1], [0]]
    assert at(explorer, "seconds", 16e-3)["groups"] == [[1], [0]]


def test_labels_of_curves_that_end_together_stand_apart():
    assert module.label_heights([1, 1, 1, 0.2], [44, 45, 40, 45], 3) == [44, 47, 40, 45]


def test_moments_are_told_as_a_person_says_them():
    texts = [module.tell("images seen", 1280), module.tell("steps", 1), module.tell("steps", 20.4)]
    assert texts == ["after 1,280 images", "after 1 step", "after 20 steps"]
    texts = [module.tell("seconds", value) for value in (0.00064, 0.0336, 1.25)]
    assert texts == ["after 0.6 ms", "after 34 ms", "after 1.3 s"]


def test_still_has_the_three_clocks_side_by_side():
    explorer = race()
    for axes, clock in zip(explorer.still().axes, CLOCKS, strict=True):
        explorer.clock = clock
        numbers = explorer.numbers
        assert axes.get_xlabel().startswith(clock) and axes.get_xscale() == "log"
        assert axes.get_title().startswith(numbers["moment"].capitalize())
        named = {line.get_label(): line for line in axes.lines}
        for i, size in enumerate(numbers["sizes"]):
            x, y = named[f"batch size {size}"].get_data()
            first, last = numbers["range"]
            np.testing.assert_allclose(
                np.log(x / first),
                np.array(numbers["positions"][i]) * np.log(last / first),
                atol=1e-9,
            )
            np.testing.assert_array_equal(y, numbers["curves"][i][1])


def test_the_measured_seconds_are_there_for_every_batch_size_of_the_lesson():
    seconds, computer = module.measured_beforehand()
    assert sorted(seconds) == [1, 4, 16, 64, 256] and re.search(r"\d+ cores", computer)
    assert all(1e-6 < value < 0.1 for value in seconds.values())


def test_colours_are_one_ramp():
    shades = [int(colour[1:], 16) for colour in module.ramp(5)]
    assert shades == sorted(shades, reverse=True) and len(set(shades)) == 5
