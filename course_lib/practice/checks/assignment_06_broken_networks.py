"""Checks for assignment 06: chains, gains, clipping, a layer's factors, and six broken networks.

The broken networks themselves are in course_lib.cases.patients.
"""

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.cases.patients import FAULTS, Patient, admit
from course_lib.diagnostics import observe
from course_lib.nn import layers
from course_lib.nn.gradcheck import STEP
from course_lib.nn.networks import Sequential

from .engine import Case, CheckFailed, check, error_case
from .engine.describe import describe
from .engine.runner import weights_kept

# Task 1: a chain


def chain_gradients(function: Callable[..., Any]) -> None:
    """function(weights, slopes) -> gradients (L + 1,) of the last output, along the chain."""
    own = "Which factors lie between y_k and the last output? Those before it do not matter."
    check(
        "chain_gradients",
        function,
        [
            chain_case(
                [3],
                [0.5],
                hint="One neuron: y_1 changes s_1 w_1 times as fast as y_0, and "
                "y_1 changes as fast as itself.",
            ),
            chain_case([2, 3], [1, 1], hint=own),
            chain_case([2, 3, 5], [1, 1, 1], hint=own),
            chain_case(
                [2, 3, 5],
                [1, 0.5, 0.1],
                hint="A neuron's factor is its weight times its own slope.",
            ),
            chain_case([2, -3, 0.5], [0.5, 1, 1], hint="Signs belong to the gradient."),
            chain_case(
                [2, 3, 4, 5],
                [1, 0, 0.5, 1],
                hint="A slope of 0 stops all that lies in front "
                "of it, and nothing behind it. Is there a division?",
            ),
            chain_case([4, 0, 2], [0.25, 1, 0.5], hint="A weight of 0 is a factor like any other."),
            chain_case([], [], hint="Without a neuron the output is y_0."),
            random_chain_case(6, seed=1, hint=own),
            random_chain_case(60, seed=2, hint="A long chain is computed like a short one."),
        ],
    )


def chain_case(weights, slopes, hint="", title=""):
    """A case of chain_gradients. weights, slopes: lists of equal length."""
    weights, slopes = np.array(weights, float), np.array(slopes, float)
    L = len(weights)
    path = np.ones((L + 1, L))  # row k: the factors behind y_k, and 1 for those before it
    behind = np.arange(L) >= np.arange(L + 1)[:, np.newaxis]
    expected = np.where(behind, weights * slopes, path).prod(axis=1)
    suspects = {
        "These are the products from the front. The gradient comes from the back: what lies "
        "between y_k and the *last* output?": np.where(behind, path, weights * slopes).prod(axis=1),
        "These are the right numbers in the wrong order. The first belongs to y_0.": expected[::-1],
        "This comes out without the slopes.": np.where(behind, weights, path).prod(axis=1),
    }
    return Case(
        {"weights": weights, "slopes": slopes},
        expected,
        hint=hint,
        suspects=suspects,
        returns="gradients",
        title=title or f"{L} neurons",
    )


def random_chain_case(length, seed, hint):
    weights, slopes = random_chain(length, seed)
    return chain_case(weights, slopes, hint=hint)


def random_chain(length, seed):
    rng = np.random.default_rng(seed)
    return rng.normal(0, 2, length).round(2), rng.uniform(0, 1, length).round(2)


# Task 2: a gain. The means of squares are known exactly, or to 15 digits.


def gain(function: Callable[..., Any]) -> None:
    """function(activation) -> the factor g such that weights of N(0, g² / n) keep the spread."""
    square = "The weights shall make up for what the activation does to the mean *square*."
    edge = "How far from 0 do numbers from N(0, 1) still count here? A square of a square grows."
    check(
        "gain",
        function,
        [
            gain_case(
                "z, no activation at all",
                lambda z: z,
                1,
                "The mean of z², taken over the bell "
                "curve, is 1. What is it in your function, to six digits? Every z has a weight, "
                "and all the weights together are 1.",
            ),
            gain_case(
                "2 z", lambda z: 2 * z, 4, "It makes numbers twice as large. And the weights?"
            ),
            gain_case("ReLU", lambda z: np.maximum(z, 0), 0.5, square),
            gain_case("|z|", np.abs, 1, square),
            gain_case("leaky ReLU, slope 0.2", leaky(0.2), 0.52, square),
            gain_case(
                "tanh",
                np.tanh,
                0.39429449038291403,
                "Is your grid fine enough?",
                {"5/3 is what some libraries take for tanh. " + square: 5 / 3},
            ),
            gain_case(
                "softplus, log(1 + exp(z))",
                softplus,
                0.9212459088244241,
                "Its outputs have a mean that is not 0. " + square,
            ),
            gain_case("z²", np.square, 3, edge),
            gain_case(
                "ReLU of z - 1",
                lambda z: np.maximum(z - 1, 0),
                beyond(1),
                "It has a kink at 1. Does your way of averaging need a curve without kinks?",
            ),
            gain_case(
                "ReLU of z - 3",
                lambda z: np.maximum(z - 3, 0),
                beyond(3),
                "Little comes out of "
                "it, and all that comes from numbers above 3. Does your grid reach far enough?",
            ),
            gain_case("cos(2 z)", lambda z: np.cos(2 * z), (1 + math.exp(-8)) / 2, square),
            silent_case("0, whatever z is", np.zeros_like),
        ],
    )


def gain_case(name, activation, mean_square, hint="", suspects=None):
    """A case of gain. mean_square: of activation(z), for z from N(0, 1)."""
    suspects = (suspects or {}) | {
        "This is 1 over the mean square. The weights are multiplied by g, so their squares and "
        "those of the outputs by g².": 1 / mean_square,
        "This is what the activation does to the root mean square. The weights have to make up "
        "for it.": math.sqrt(mean_square),
        "One number is wanted, not an array with one number.": np.array([mean_square**-0.5]),
    }
    return Case(
        {"activation": activation},
        1 / math.sqrt(mean_square),
        hint=hint,
        rtol=1e-5,
        suspects=suspects,
        returns="the gain",
        title=name,
        given=f"activation: {name}",
    )


def silent_case(name, activation):
    return error_case(
        {"activation": activation},
        title=name,
        given=f"activation: {name}",
        hint="No weights bring a signal back that is 0 everywhere.",
    )


def leaky(slope):
    return lambda z: np.where(z > 0, z, slope * z)


def softplus(z):
    return np.logaddexp(0, z)


def beyond(kink):
    """The mean square of max(z - kink, 0) for z from N(0, 1)."""
    density = math.exp(-(kink**2) / 2) / math.sqrt(2 * math.pi)
    above = math.erfc(kink / math.sqrt(2)) / 2
    return (1 + kink**2) * above - kink * density


# Task 3: clipping


def clip_gradients(function: Callable[..., Any]) -> None:
    """function(grads, max_norm) -> (clipped, norm)."""
    check(
        "clip_gradients",
        function,
        [
            clip_case(
                {"w": [3, 4]},
                10,
                hint="The norm of 3 and 4 is 5. That is short enough, so nothing is done.",
            ),
            clip_case(
                {"w": [3, 4]}, 1, hint="The direction stays, and the length becomes max_norm."
            ),
            clip_case(
                {"w": [3], "b": [4]}, 1, hint="One norm, of all numbers of all arrays together."
            ),
            clip_case(
                {"w": [[2, 0], [0, -4]], "b": [4]},
                3,
                hint="The norm is the root of the sum of all squares.",
            ),
            clip_case({"w": [3, 4]}, 5, hint="As long as max_norm is short enough."),
            clip_case(
                {"1 weight": [[6, 0]], "1 bias": [0], "3 weight": [[0]], "3 bias": [-8]},
                5,
                hint="All arrays belong to it, and all are multiplied by the same number.",
            ),
            clip_case(
                {"w": [0, 0], "b": [0]},
                1,
                hint="Gradients that are all 0 have the norm 0, and stay as they are.",
            ),
            clip_case({}, 1, hint="No gradients: an empty dict, and the norm 0."),
            clip_case(
                {"w": [[1, 2], [2, 4]], "b": [0, 0]},
                1,
                dtype=np.float32,
                hint="float32 in, float32 out.",
            ),
            clip_case(
                {"w": [3e20, 4e20]},
                1,
                dtype=np.float32,
                hint="These squares are larger than "
                "the largest float32. In which dtype do you add them up?",
            ),
            own_arrays_case({"w": [3, 4], "b": [1]}, 10),
            own_arrays_case({"w": [3, 4], "b": [1]}, 1),
            refused_gradients({"w": [1, math.nan], "b": [2]}, "max_norm / nan"),
            refused_gradients({"w": [1, 2], "b": [math.inf]}, "max_norm / inf, and that times inf"),
            *(random_clip_case(max_norm, seed) for seed, max_norm in ((1, 0.5), (2, 4), (3, 1e6))),
        ],
    )


def clip_case(grads, max_norm, hint="", dtype=np.float64, title=""):
    """A case of clip_gradients. grads: lists of numbers by name."""
    grads = {name: np.array(values, dtype) for name, values in grads.items()}
    norm = math.hypot(*(float(value) for array in grads.values() for value in array.ravel()))
    factor = min(1.0, max_norm / norm) if norm else 1.0
    clipped = {name: (array * factor).astype(dtype) for name, array in grads.items()}
    suspects = {
        "Here every array is clipped by itself. That turns the direction of the whole step.": (
            each_clipped(grads, max_norm),
            norm,
        ),
        "The norm should be the one from before the clipping.": (clipped, norm * factor),
        "First the dict, then the norm.": (norm, clipped),
    }
    return Case(
        {"grads": grads, "max_norm": max_norm},
        (clipped, norm),
        hint=hint,
        suspects=suspects,
        returns=("clipped", "norm"),
        title=title,
        rtol=1e-5 if dtype == np.float32 else None,
        given=gradients_given(grads, max_norm),
    )


def each_clipped(grads, max_norm):
    norms = {
        name: max(float(np.linalg.norm(array.astype(float))), max_norm)
        for name, array in grads.items()
    }
    return {
        name: (array * (max_norm / norms[name])).astype(array.dtype)
        for name, array in grads.items()
    }


def random_clip_case(max_norm, seed, dtype=np.float64):
    rng = np.random.default_rng(seed)
    shapes = {"0 weight": (3, 3, 2, 4), "0 bias": (4,), "4 weight": (20, 5), "4 bias": (5,)}
    grads = {name: rng.normal(0, 0.3, shape) for name, shape in shapes.items()}
    return clip_case(grads, max_norm, "One factor for all of them.", dtype)


def own_arrays_case(grads, max_norm):
    """A case in which the result is changed afterwards: grads must not change with it."""
    case = clip_case(grads, max_norm)

    def use(function, grads, max_norm):
        clipped, _ = function(grads, max_norm)
        return clipped is grads or any(
            np.shares_memory(clipped[name], grads[name]) for name in grads
        )

    def judge(shared):
        return (
            "The arrays of the result are those of grads, or views of them. Whoever changes "
            "the one changes the other."
            if shared
            else None
        )

    return Case(
        case.inputs,
        use=use,
        judge=judge,
        given=case.given,
        hint="Also where nothing is clipped, the result holds arrays of its own.",
        title=f"arrays of its own, max_norm {max_norm}",
    )


def refused_gradients(grads, question="max_norm / nan"):
    grads = {name: np.array(values, float) for name, values in grads.items()}
    return error_case(
        {"grads": grads, "max_norm": 1.0},
        given=gradients_given(grads, 1.0),
        hint=f"A step of nan would spoil all weights. What is {question}?",
        title="numbers that are not finite",
    )


def gradients_given(grads, max_norm):
    lines = [line for name, array in grads.items() for line in describe(f'grads["{name}"]', array)]
    return "\n".join([*(lines or ["grads = {}"]), f"max_norm = {max_norm}"])


# Task 4: what each layer does to the signal and to the gradient


def layer_factors(function: Callable[..., Any]) -> None:
    """function(network, x, dy) -> a list of {"forward", "backward", "asleep"}, one a layer."""
    sleep = "A unit is asleep if its slope is small for *every* image. Which units are there?"
    way = "Which array goes into this layer, on the way forward and on the way back?"
    check(
        "layer_factors",
        function,
        [
            factors_case(
                [linear([[2.0]])],
                [[3]],
                [[1]],
                hint="RMS of what comes out, over RMS of what goes in. On the way back dy goes in.",
            ),
            factors_case(
                [linear([[1, 0], [0, 3]])],
                [[1, 1]],
                [[1, 0]],
                hint="The RMS: square, mean, root. It is not the standard deviation.",
            ),
            factors_case(
                [linear([[1, 2, 2]])],
                [[3]],
                [[1, 0, 0]],
                hint="A mean over three numbers on "
                "one side, over one on the other. RMS, not the norm.",
            ),
            factors_case(
                [linear([[1, 2], [0, 1]]), linear([[2, 0], [1, -1]])],
                [[1, 0], [2, 3]],
                [[1, 2], [3, 0]],
                hint="All numbers of all images together. " + way,
            ),
            factors_case([layers.ReLU()], [[1, -1], [3, -2]], [[1, 1], [1, 1]], hint=sleep),
            factors_case(
                [layers.ReLU()], [[1, -1, -5, -1], [-3, -2, 2, -2]], np.ones((2, 4)), hint=sleep
            ),
            factors_case([layers.Sigmoid()], [[0, 9, -9], [1, 9, 0]], np.ones((2, 3)), hint=sleep),
            factors_case(
                [layers.Tanh()],
                [[0, 3.5, 2.5], [1, -4, 2.5]],
                np.ones((2, 3)),
                hint="A hundredth of the largest slope: which is that, for tanh?",
            ),
            factors_case(
                [layers.Sigmoid()],
                [[4.0, 5.5, 6.5]],
                np.ones((1, 3)),
                hint="A hundredth of the largest slope: which is that, for the sigmoid?",
            ),
            factors_case(
                [linear([[1, -1]]), layers.ReLU(), linear([[2], [1]])],
                [[2], [1]],
                [[1], [-1]],
                hint=way,
            ),
            factors_case(
                [linear([[-1, -2]]), layers.ReLU(), linear([[2], [1]])],
                [[2], [1]],
                [[1], [1]],
                hint="Where what goes in is all 0, the factor is 0.0.",
            ),
            factors_case(
                [linear([[1, 2]]), layers.Tanh()],
                [[2], [1]],
                [[0, 0], [0, 0]],
                hint="Where what goes in is all 0, the factor is 0.0.",
            ),
            random_factors_case(layers.Tanh, seed=1, hint=way),
            random_factors_case(layers.ReLU, seed=2, hint=way),
            image_factors_case(
                seed=3,
                hint="A unit is one number of the output for one image: here "
                "there are height x width x channels of them.",
            ),
        ],
    )


def factors_case(parts, x, dy, hint="", title=""):
    """A case of layer_factors for a network of these layers. What is expected comes from
    diagnostics.observe; the slopes of sigmoid and tanh from differences."""
    x, dy = np.array(x, float), np.array(dy, float)
    network = Sequential(parts)
    start, *reports = observe(Sequential([Start(), *parts]), Sent(dy), x, None)
    rms = [math.hypot(report.mean, report.std) for report in (start, *reports)]
    gradients = [report.gradient_rms for report in (start, *reports)]
    asleep = sleepers(parts, x, reports)
    expected = [
        {
            "forward": over(rms[n + 1], rms[n]),
            "backward": over(gradients[n], gradients[n + 1]),
            "asleep": asleep[n],
        }
        for n in range(len(parts))
    ]
    suspects = {
        "Linear layers and the like have no units that sleep: None. A share of 0 says that all "
        "are awake.": [row | {"asleep": row["asleep"] or 0.0} for row in expected],
        "Which kinds of layers may be asleep? There are three.": [
            row
            | {
                "asleep": None
                if isinstance(layer, (layers.Sigmoid, layers.Tanh))
                else row["asleep"]
            }
            for row, layer in zip(expected, parts, strict=True)
        ],
    }
    lines = [line for n, layer in enumerate(parts) for line in layer_lines(n, layer)]
    lines += [line for name, array in (("x", x), ("dy", dy)) for line in describe(name, array)]
    kinds = ", ".join(type(layer).__name__ for layer in parts)
    return Case(
        {"network": network, "x": x, "dy": dy},
        expected,
        hint=hint,
        suspects=suspects,
        use=use_factors,
        given="\n".join(lines),
        title=title or kinds,
        returns="factors",
    )


def use_factors(function, network, x, dy):
    sentence = "Your function changed the weights of the network. It shall only look."
    with weights_kept(network, sentence):
        return function(network, x, dy)


class Start:
    """The place before the first layer."""

    def forward(self, x):
        return x

    def backward(self, dy):
        return dy


class Sent:
    """A loss that sends a given gradient back."""

    def __init__(self, dy):
        self.dy = dy

    def forward(self, logits, labels):
        return 0.0

    def backward(self):
        return self.dy


def sleepers(parts, x, reports):
    """The share of units asleep in each layer; None where it is no activation."""
    shares = []
    for layer, report in zip(parts, reports, strict=True):
        share = report.dead
        if isinstance(layer, (layers.Sigmoid, layers.Tanh)):
            slopes = (layer.forward(x + STEP) - layer.forward(x - STEP)) / (2 * STEP)
            largest = 0.25 if isinstance(layer, layers.Sigmoid) else 1
            share = float(np.mean((slopes < largest / 100).all(axis=0)))
        shares.append(share)
        x = layer.forward(x)
    return shares


def over(a, b):
    return a / b if b else 0.0


def layer_lines(number, layer):
    lines = [f"layer {number}: {type(layer).__name__}"]
    for name, array in getattr(layer, "params", {}).items():
        if name == "weight" or array.any():
            lines += ["    " + line for line in describe(name, array)]
    return lines


def linear(weight, bias=0):
    """A Linear layer with these weights."""
    weight = np.array(weight, float)
    layer = layers.Linear(*weight.shape, dtype=np.float64)
    layer.params["weight"][:], layer.params["bias"][:] = weight, bias
    return layer


def random_factors_case(kind, seed, sizes=(4, 6, 5, 3), images=7, hint=""):
    """Linear layers with an activation of this kind between them."""
    rng, parts = np.random.default_rng(seed), []
    for inputs, outputs in zip(sizes[:-1], sizes[1:], strict=True):
        biases = rng.normal(0, 2, outputs)
        parts += [linear(rng.normal(0, 1.2, (inputs, outputs)), biases), kind()]
    x, dy = rng.normal(0, 1, (images, sizes[0])), rng.normal(0, 1, (images, sizes[-1]))
    return factors_case(parts[:-1], x, dy, hint)


def image_factors_case(seed, hint="", size=(5, 6), images=3):
    """A small convolutional network, such as that of case A."""
    rng = np.random.default_rng(seed)
    conv = layers.Conv2d(2, 3, 2, rng=rng, dtype=np.float64)
    conv.params["bias"][:] = rng.normal(-1, 1, 3)
    H, W = ((side - 1) // 2 for side in size)
    parts = [
        conv,
        layers.ReLU(),
        layers.MaxPool2d(2),
        layers.Flatten(),
        linear(rng.normal(0, 1, (H * W * 3, 4))),
        layers.Sigmoid(),
    ]
    return factors_case(
        parts, rng.normal(0, 1, (images, *size, 2)), rng.normal(0, 1, (images, 4)), hint
    )


# Tasks 5 and 6: what a patient lacks, and whether a repair cures it

LETTERS = ("K", "L", "M")
UNKNOWN = "unknown"
LEARNED = 0.75  # accuracy on the test digits; untreated patients stay below 0.3


def diagnosis(function: Callable[..., Any]) -> None:
    """function() -> {"K": fault, "L": fault, "M": fault}. Only the form is looked at."""
    check("diagnosis", function, [Case({}, judge=wrong_keys), *map(form_case, LETTERS)])
    print("The form is right. Whether the diagnoses are, your evidence has to show.")


def wrong_keys(answer):
    """What is wrong with the keys of a diagnosis, or None."""
    if not isinstance(answer, dict):
        return "Your function should return a dict with one word for each patient."
    if set(answer) != set(LETTERS):
        return (
            f"The dict should have the keys {', '.join(map(repr, LETTERS))}, and it has "
            f"{', '.join(map(repr, answer)) or 'none'}."
        )
    return None


def form_case(letter):
    """Whether the word for a patient is in the list."""

    def judge(word):
        return (
            None
            if word in (*FAULTS, UNKNOWN)
            else (
                f"Patient {letter}: {word!r} is not in the list. Choose one of "
                f"{', '.join(map(repr, FAULTS))}, or {UNKNOWN!r}."
            )
        )

    return Case({}, use=lambda function: function()[letter], judge=judge)


def diagnosis_case(letter, fault):
    return Case({}, fault, use=lambda function: function()[letter], title=f"patient {letter}")


def repair(function: Callable[..., Any]) -> None:
    """function(name, patient) changes one thing about the patient, so that it learns."""
    check("repair", function, [repair_case(LETTERS), repair_case(LETTERS, seed=7)])


def repair_case(names, seed=0):
    """Treats and trains these patients, with first weights of this seed."""

    def use(function):
        return [treated(function, name, seed) for name in names]

    def judge(sentences):
        problems = [sentence for sentence in sentences if sentence]
        return "\n  - ".join(["Not all is well yet.", *problems]) if problems else None

    return Case(
        {},
        use=use,
        judge=judge,
        title=f"patient {', '.join(names)}, seed {seed}",
        given=f"patients.admit(name, seed={seed}) for {', '.join(names)}",
        hint="Which of your measurements shows what keeps it from learning, and what "
        "would change exactly that?",
    )


# What becomes of a patient


def treated(function, name, seed):
    """Admit the patient, let function(name, patient) change it, train it. Returns what is wrong
    then, a sentence; or None where one thing was changed, and it learned."""
    patient, before = admit(name, seed), admit(name, seed)
    parts, loss = list(patient.network.layers), patient.loss
    patient.train = functools.partial(refuse_training, name)
    function(name, patient)
    if len(patient.network.layers) != len(parts):
        return (
            f"patient {name}: it had {len(parts)} layers, and now it has "
            f"{len(patient.network.layers)}. Put one in the place of another instead."
        )
    check_kinds(name, patient)
    changed = changes(before, patient, parts, loss)
    if len(changed) > 1:
        return f"patient {name}: you changed {listed(changed)}. Change only one of them."
    if patient.epochs != before.epochs:
        raise CheckFailed(
            f"patient {name}: the number of epochs stays {before.epochs}, and you "
            f"set {patient.epochs}."
        )
    patient.epochs, patient.seed, patient.test_labels = before.epochs, seed, before.test_labels
    history = Patient.train(patient)
    accuracy = Patient.accuracy(patient)
    if accuracy >= LEARNED:
        return None
    what = f"with {listed(changed)} changed" if changed else "nothing was changed"
    if changed == ["the images"] and np.array_equal(before.test_images, patient.test_images):
        what += ", but test_images not in the same way"
    return (
        f"patient {name}: it still does not learn ({what}). After {patient.epochs} epochs its "
        f"loss is {history.loss[-1]:.3g}, and it gets {accuracy:.0%} of the test digits right; "
        f"{LEARNED:.0%} are wanted."
    )


def refuse_training(name, *arguments, **options):
    raise CheckFailed(
        f"patient {name}: your function trains it. It should not: the check trains "
        "the patient afterwards."
    )


def check_kinds(name, patient):
    """Raises CheckFailed where a class stands in the place of an object, or a text of a number."""
    things = {f"layer {n}": layer for n, layer in enumerate(patient.network.layers)}
    things |= {"the loss": patient.loss, "the optimizer": patient.optimizer}
    for what, value in things.items():
        if isinstance(value, type):
            raise CheckFailed(
                f"patient {name}: {what} is the class {value.__name__} itself. Write "
                f"{value.__name__}, followed by its brackets."
            )
    rate = getattr(patient.optimizer, "learning_rate", None)
    if isinstance(rate, str):
        raise CheckFailed(
            f"patient {name}: the learning rate is the text {rate!r}. Write a "
            "number, without quotation marks."
        )


def changes(before, patient, parts, loss):
    """The names of the things that differ. parts: the layers that it had; loss: its loss."""
    replaced = [n for n, layer in enumerate(patient.network.layers) if layer is not parts[n]]
    changed = [f"layer {n}" for n in replaced]
    differing = {
        name
        for n, (old, new) in enumerate(zip(before.network.layers, parts, strict=True))
        for name, array in getattr(old, "params", {}).items()
        if n not in replaced and not np.array_equal(array, new.params.get(name))
    }
    things = {
        "the weights": "weight" not in differing,
        "the biases": "bias" not in differing,
        "the images": np.array_equal(before.images, patient.images)
        and np.array_equal(before.test_images, patient.test_images),
        "the labels": np.array_equal(before.labels, patient.labels),
        "the loss": patient.loss is loss,
        "the optimizer": settings(before.optimizer) == settings(patient.optimizer),
        "the batch size": before.batch_size == patient.batch_size,
    }
    return changed + [thing for thing, same in things.items() if not same]


def settings(optimizer):
    names = ("learning_rate", "momentum", "weight_decay")
    return type(optimizer), *(getattr(optimizer, name, None) for name in names)


def listed(names):
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
