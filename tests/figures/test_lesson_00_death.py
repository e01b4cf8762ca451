"""The pictures of case A's death show the steps that CaseA takes, and what became of the network."""

import base64
import json
from dataclasses import replace
from functools import cache
from itertools import islice

import numpy as np
import pytest

from course_lib import datasets
from course_lib.cases import CaseA
from course_lib.figures import lesson_00_death as death
from course_lib.nn import loops
from tests.figures.page_explorers import death as small_explorer

BOTH = pytest.mark.parametrize("which", [0, 1], ids=["raw", "normalised"])


def case(which):
    return CaseA(pixels=["raw", "normalised"][which])


@cache
def explorer():
    return small_explorer()


def recorded(order):
    explorer().order = order
    return explorer().numbers


def in_order(number):
    """The data set with its training images in a drawn order; 0 is the file's."""
    data = datasets.load()
    if number == 0:
        return data
    order = np.random.default_rng(number).permutation(len(data.train_images))
    return replace(
        data, train_images=data.train_images[order], train_labels=data.train_labels[order]
    )


@BOTH
@pytest.mark.parametrize("number", [0, 3])
def test_every_step_is_the_one_that_the_case_takes(which, number):
    """The ReLUs are computed again, by the loops; the filters are drawn in 255 shades."""
    numbers, data = recorded(death.ORDERS[number]), in_order(number)
    drawn, rng = numbers["networks"][which]["steps"], np.random.default_rng(0)
    network = case(which).build(rng, data)
    for i, step in enumerate(islice(case(which).steps(data, network, rng), 3)):
        image, shown = data.train_images[i : i + 1, :, ::-1], drawn[i]
        assert base64.b64decode(numbers["images"][i]) == image.tobytes()
        assert numbers["labels"][i] == data.train_labels[i]
        inputs = image.astype(float)
        if which == 1:
            pixels = data.train_images.reshape(-1, 3)
            inputs = (inputs - pixels.mean(axis=0)) / pixels.std(axis=0)
        weight, bias = network.layers[1].params.values()
        active = loops.conv2d_forward(inputs, weight, bias)[0].transpose(2, 0, 1) > 0
        assert np.mean(death.unpacked(shown) != active) < 1e-3  # a sum so near to 0 may differ
        assert abs(shown["active"] - active.sum()) <= 1
        for number_of_filter in (0, 7, 15):
            expected = weight[..., number_of_filter]
            weights = death.weights_of(shown, number_of_filter).reshape(3, 3, 3)
            assert np.abs(weights - expected).max() <= np.abs(expected).max() / 250
        np.testing.assert_allclose(shown["probabilities"], step.probabilities[0], atol=1e-4)
        gradients = [step.gradients["conv weight"], step.gradients["linear weight"]]
        np.testing.assert_allclose(shown["gradients"], gradients, rtol=1e-3)
        np.testing.assert_allclose(shown["inputs"], [inputs.min(), inputs.max()], rtol=1e-3)
        assert shown["negative"] == [(weight[..., k] < 0).sum() for k in range(16)]


@BOTH
@pytest.mark.parametrize("number", [0, 1, 2])
def test_the_fate_is_that_of_the_whole_training(which, number):
    record = case(which).run(in_order(number), images=explorer().trained, seed=0)
    network = recorded(death.ORDERS[number])["networks"][which]
    assert (network["died"], network["trained"]) == (record.died_at, explorer().trained)
    active = np.array(record.active)
    assert network["least"] == pytest.approx(active.min(), rel=1e-3)
    assert network["awake"] == (active[record.died_at or 0 :] >= 0.001).sum()


def test_the_words_take_the_number_of_the_image_from_the_training():
    fates = set()
    for order in death.ORDERS:
        posted, repaired = recorded(order)["networks"]
        fates.add(death.fate(posted))
        known = "dead from image {died} on" if posted["died"] else "alive after {trained} images"
        assert f"The network is {known.format(**posted)}" in explorer().numbers["words"]
        here = f"{death.percent(repaired['steps'][0]['active'] / 14_400)} are"
        assert f"with normalised inputs {here}" in explorer().numbers["words"]
        assert "normalised" not in death.words(explorer().numbers, 0, 0, compare=False)
    assert len(fates) > 2


@pytest.mark.parametrize(
    ("died", "awake", "said", "found"),
    [
        (None, 40, "alive", "at each of images 0 to 39,\n25.0 % or more are active"),
        (0, 0, "dead from image 0 on", "of images 0 to 39, none\nmakes 1 ReLU in 1,000 active"),
        (3, 1, "dead from image 3 on", "of images 3 to 39, only 1\nmakes 1 ReLU in 1,000 active"),
        (3, 2, "dead from image 3 on", "of images 3 to 39, only 2\nmake 1 ReLU in 1,000 active"),
    ],
)
def test_fates_and_how_they_were_found_out(died, awake, said, found):
    network = {"died": died, "awake": awake, "least": 0.25, "trained": 40}
    assert death.fate(network) == said
    assert death.evidence(network) == found


def silent_map(negative, lowest):
    maps = death.as_text(np.packbits(np.zeros((16, 30, 30), np.uint8)))
    return {"maps": maps, "negative": [negative] * 16, "inputs": [lowest, 200]}


@pytest.mark.parametrize(
    ("negative", "lowest", "said"),
    [
        (27, 10, "Filter 2 is all negative and every input positive: no sum in map 2 is above 0"),
        (27, 0, "Filter 2 is all negative and no input is: no sum in map 2 is above 0"),
        (27, -1, "No sum in map 2 is above 0"),
        (20, 10, "Filter 2’s negative weights (20 of 27) outweigh the rest: no sum"),
    ],
)
def test_the_cause_is_said_where_the_signs_tell_it(negative, lowest, said):
    assert death.sums_of_map(silent_map(negative, lowest), 2).startswith(said)


def test_every_cause_that_is_named_is_true():
    named = set()
    for step in recorded(death.ORDERS[0])["networks"][0]["steps"]:
        for number in range(16):
            said = death.sums_of_map(step, number)
            active = death.unpacked(step)[number].mean()
            assert (f"{death.percent(active)} of the sums" in said) == (active > 0)
            if "all negative" in said:
                assert death.weights_of(step, number).max() <= 0 < step["inputs"][0]
                named.add(number)
    assert len(named) > 3


def test_an_image_that_wakes_a_dead_network_is_called_an_exception():
    network = {**recorded(death.ORDERS[2])["networks"][0], "died": 4}
    assert network["steps"][5]["active"] == 900  # one map of sixteen
    assert death.fate_in_words(network, 5).endswith("dead from image 4 on, with rare exceptions")
    assert death.fate_in_words(network, 4).endswith("dead from image 4 on")
    assert death.fate_in_words(network, 3).endswith("dead from image 4 on")


def test_an_order_is_trained_once(monkeypatch):
    recorded(death.ORDERS[1])
    monkeypatch.setattr(death, "record_both", None)
    explorer().image = 2
    recorded(death.ORDERS[1])


def test_all_that_is_sent_of_an_order_is_small():
    numbers = death.DeathExplorer(datasets.load()).numbers
    assert len(numbers["images"]) == 20
    assert len(json.dumps(numbers)) < 300_000


def test_the_still_shows_the_same_numbers():
    one = small_explorer()
    one.image, one.compare = 2, False
    figure = one.still()
    image, maps, answer, shares = figure.axes
    step = one.numbers["networks"][0]["steps"][2]
    assert image.images[0].get_array().tobytes() == base64.b64decode(one.numbers["images"][2])
    assert np.nansum(maps.images[0].get_array()) == step["active"]
    assert [bar.get_width() for bar in answer.patches] == step["probabilities"]
    active = [100 * each["active"] / 14_400 for each in one.numbers["networks"][0]["steps"]]
    np.testing.assert_allclose(shares.lines[0].get_ydata(), active)
    one.compare = True
    assert len(one.still().axes) == 8


def test_the_still_greys_the_images_from_which_on_the_network_is_dead():
    one = small_explorer()
    one.order = death.ORDERS[9]
    (dead,) = one.still().axes[3].patches
    assert dead.get_x() == one.numbers["networks"][0]["died"] - 0.5
    assert not one.still().axes[7].patches  # the other one lives
