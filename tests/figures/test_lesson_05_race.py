"""The race over three clocks: where each batch size stands at a moment, and who is ahead."""

import re

import numpy as np

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
    assert medians(numbers) == [10, 12, 17] and numbers["finished"] == [False, False, True]
    numbers = at(race(), "time", 64 * 2e-4)
    assert medians(numbers) == [22, 23.25, 10.5] and numbers["moment"] == "after 13 ms"


def test_between_two_tests_the_last_one_counts():
    explorer, seen = race(), set()
    for explorer.place in range(PLACES + 1):
        line, now = explorer.numbers["line"], medians(explorer.numbers)
        assert abs(line - explorer.place / PLACES) <= 0.5 / PLACES
        positions = explorer.numbers["positions"][1]
        done = [a for x, a in zip(positions, [12, 23.25, 41], strict=True) if x <= line + 1e-9]
        assert now[1] == (done[-1] if done else None)
        seen.add(now[1])
    assert seen == {None, 12, 23.25, 41}
    assert medians(at(race(), "images seen", 250))[1] == 23.25


def test_a_place_beside_a_test_is_the_moment_of_the_test():
    numbers = at(race(), "images seen", 64)
    assert numbers["line"] == numbers["positions"][0][2] and numbers["moment"] == "after 64 images"
    assert numbers["reached"] == [2, 1, 0]


def test_before_its_first_step_nobody_is_ranked():
    numbers = at(race(), "images seen", 8)
    assert medians(numbers)[2] is None and sum(numbers["groups"], []) == [0, 1]
    assert numbers["words"].endswith("No step yet: 64.")


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


def test_whose_range_meets_that_of_the_first_shares_its_rank():
    numbers = at(race(), "images seen", 256)
    assert numbers["groups"] == [[0, 1], [2]]
    expected = (
        "After 256 images, batch size 1 (47.0 %) is first, tied with 8 (41.0 %); then 64 (17.0 %)."
    )
    assert numbers["words"] == f"{expected} All have seen their 256 images."
    assert module.ranking([[1, 2, 3], None, [5, 6, 7], [4, 4, 4]]) == [[2], [3], [0]]
    # the second reaches the first, the third only the second: one rule, that of the first
    assert module.ranking([[6, 8, 9], [4, 5, 6], [3, 4, 5]]) == [[0, 1], [2]]
    # the fourth reaches down from the first, past the third, which does not
    assert module.ranking([[6, 8, 9], [5, 5, 5], [1, 4, 7]]) == [[0, 2], [1]]


def test_ranks_are_written_as_in_sport():
    groups = [[2, 0], [3], [4, 1]]
    assert [module.rank(groups, i) for i in range(6)] == ["=1", "=4", "=1", "3", "=4", "–"]


def test_the_ranking_changes_with_the_clock():
    """The faster one for each image loses as soon as steps are counted."""
    images = {1: [1, 16, 256], 16: [16, 256]}
    accuracy = {1: [[10, 30, 60]] * 2, 16: [[20, 50]] * 2}
    explorer = RaceExplorer(images, accuracy, {1: 1e-3, 16: 1e-4})
    assert at(explorer, "images seen", 16)["groups"] == [[0], [1]]
    assert at(explorer, "steps", 16)["groups"] == [[1], [0]]
    assert at(explorer, "time", 256e-4)["groups"] == [[1], [0]]


def test_labels_of_curves_that_end_together_stand_apart():
    assert module.label_heights([1, 1, 1, 0.2], [44, 45, 40, 45], 3) == [44, 47, 40, 45]


def test_moments_are_told_as_a_person_says_them():
    texts = [module.tell("images seen", 1280), module.tell("steps", 1), module.tell("steps", 20.4)]
    assert texts == ["after 1,280 images", "after 1 step", "after 20 steps"]
    texts = [module.tell("time", value) for value in (0.00064, 0.0336, 1.25)]
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
            x = x / 1000 if clock == "time" else x  # milliseconds
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
