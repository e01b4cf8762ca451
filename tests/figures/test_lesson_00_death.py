"""The pictures of case A's death show the steps that CaseA takes, and what became of the network."""

import base64
import json
import re
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


@BOTH
@pytest.mark.parametrize("number", [0, 1, 2])
def test_the_fate_is_that_of_the_whole_training(which, number):
    record = case(which).run(in_order(number), images=explorer().trained, seed=0)
    network = recorded(death.ORDERS[number])["networks"][which]
    assert network["dead"] == (record.died_at is not None)
    (count,) = re.findall(r"after (\d+) image", network["fate"])
    assert int(count) == (record.died_at if network["dead"] else explorer().trained)


def test_the_words_take_the_number_of_images_from_the_training():
    fates = set()
    for order in death.ORDERS:
        posted, repaired = recorded(order)["networks"]
        fates.add(posted["fate"])
        assert f"the network is {posted['fate']}" in explorer().numbers["words"]
        assert repaired["fate"] in explorer().numbers["words"]
        assert repaired["fate"] not in death.words(explorer().numbers, 0, compare=False) or (
            repaired["fate"] == posted["fate"]
        )
    assert len(fates) > 2


@pytest.mark.parametrize(
    ("died", "said"),
    [(None, "alive after 40 images"), (0, "dead after 0 images"), (1, "dead after 1 image")],
)
def test_fates(died, said):
    assert death.fate(died, 40) == said


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
