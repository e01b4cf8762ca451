"""Checks for assignment 06: chains, gains, clipping, a layer's factors, and six broken networks.

Here is what the cases are made of: how a function is called where a plain call does not do, what is
asked of its result, and the curves for `gain`. The cases themselves are stored in checks/cases. The
broken networks are in course_lib.cases.patients.
"""

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from course_lib.cases.patients import FAULTS, Patient, admit
from course_lib.nn.networks import Sequential

from .engine import CheckFailed, check

# Task 1: a chain


def chain_gradients(function: Callable[..., Any]) -> None:
    """function(weights, slopes) -> gradients (d + 1,) of the last output, along the chain.

    Tested: factors that are 0 or negative, no neuron at all, long chains, rates that nearly vanish.
    """
    check("chain_gradients", function)


def front_rate(function: Callable[..., Any], weights: np.ndarray, slopes: np.ndarray) -> Any:
    """A `use`: the first rate alone. Beside the last one, which is 1, a tiny one seems to be 0."""
    return function(weights, slopes)[0]


# Task 2: a gain


def gain(function: Callable[..., Any]) -> None:
    """function(activation) -> the factor g such that weights of N(0, g² / n) keep the spread.

    Tested: smooth curves and curves with kinks, curves that grow, huge and tiny ones, one that is 0
    nearly everywhere, and one that is 0 everywhere.
    """
    check("gain", function)


def use_gain(function: Callable[..., Any], activation: Callable[..., Any]) -> Any:
    """A `use`: the activation as a function that says nothing about itself, like any lambda."""

    def curve(z: np.ndarray) -> np.ndarray:
        return activation(z)

    return function(curve)


def itself(z: np.ndarray) -> np.ndarray:
    """No activation at all: what comes out is the array that went in."""
    return z


def leaky(slope: float, z: np.ndarray) -> np.ndarray:
    """z where it is positive, slope * z elsewhere."""
    return np.where(z > 0, z, slope * z)


def leaky_by_places(slope: float, z: np.ndarray) -> np.ndarray:
    """The same, written with an index, which a single number does not have."""
    y = z.copy()
    y[z < 0] *= slope
    return y


def relu_from(kink: float, z: np.ndarray) -> np.ndarray:
    return np.maximum(z - kink, 0)


def softplus(z: np.ndarray) -> np.ndarray:
    return np.logaddexp(0, z)


def logistic(steepness: float, z: np.ndarray) -> np.ndarray:
    """The sigmoid, in terms of tanh: it overflows nowhere."""
    return np.tanh(steepness * z / 2) / 2 + 0.5


def wave(frequency: float, phase: float, z: np.ndarray) -> np.ndarray:
    return np.sin(frequency * z + phase)


def zigzag(kinks: Sequence[float], z: np.ndarray) -> np.ndarray:
    """0 at the first kink and before, 1 at the second, 0 at the third, ...; straight in between."""
    return np.interp(z, kinks, np.arange(len(kinks)) % 2)


def times(factor: float, curve: Callable[..., Any], z: np.ndarray) -> np.ndarray:
    return factor * curve(z)


def plus(constant: float, curve: Callable[..., Any], z: np.ndarray) -> np.ndarray:
    return constant + curve(z)


def between(low: float, high: float, result: Any) -> bool:
    """Whether a result is a number in this range: a question about a suspect."""
    is_number = isinstance(result, (float, np.ndarray)) and np.ndim(result) == 0
    return is_number and low <= float(result) <= high


def off_by(right: float, low: float, high: float, result: Any) -> bool:
    """Whether a result is a number whose relative error lies in this range."""
    errors = (1 - high, 1 - low), (1 + low, 1 + high)
    return any(between(right * down, right * up, result) for down, up in errors)


# Task 3: clipping


def clip_gradients(function: Callable[..., Any]) -> None:
    """function(grads, max_norm) -> (clipped, norm).

    grads: a dict of arrays. Tested: several arrays, one, none, empty ones, one array under two
    names; float32 and float64; the largest and the smallest numbers; numbers that are not finite.
    """
    check("clip_gradients", function)


def numbers_kept(
    function: Callable[..., Any], grads: dict[str, np.ndarray], max_norm: float
) -> Any:
    """A `use`: number by number, whether the result has the same ones as grads, to the last bit."""
    clipped, _ = function(grads, max_norm)
    return {name: clipped[name] == array for name, array in grads.items()}


def shared_with_the_input(
    function: Callable[..., Any], grads: dict[str, np.ndarray], max_norm: float
) -> bool:
    """A `use`: whether an array of the result lies in the same memory as one of grads."""
    clipped, _ = function(grads, max_norm)
    return clipped is grads or any(
        np.shares_memory(clipped[name], array) for name, array in grads.items()
    )


def not_its_own(shared: bool) -> str | None:
    return (
        "The arrays of the result are those of grads, or views of them. Changing one "
        "changes the other."
        if shared
        else None
    )


def under_two_names(function: Callable[..., Any], array: np.ndarray, max_norm: float) -> Any:
    """A `use`: the same array as the gradient of two things. Returns (clipped, norm, shared)."""
    clipped, norm = function({"a": array, "b": array}, max_norm)
    return clipped, norm, np.shares_memory(clipped["a"], clipped["b"])


# Task 4: what each layer does to the signal and to the gradient


def layer_factors(function: Callable[..., Any]) -> None:
    """function(network, x, dy) -> a list of {"forward", "backward", "asleep"}, one a layer.

    network: a Sequential; x (N, ...), dy (N, ...). Tested: single layers and whole networks, with
    images too; what is exactly 0, tiny or huge; units at the border of sleep.
    """
    check("layer_factors", function)


def use_factors(
    function: Callable[..., Any], network: Sequential, x: np.ndarray, dy: np.ndarray
) -> Any:
    """A `use`: raises CheckFailed where the network is another one afterwards."""
    before, weights = list(network.layers), [array.copy() for array in network.parameters()]
    factors = function(network, x, dy)
    if [*map(id, network.layers)] != [*map(id, before)]:
        raise CheckFailed("Your function changed the list network.layers. It shall only look.")
    if not all(map(np.array_equal, weights, network.parameters())):
        raise CheckFailed("Your function changed the weights of the network. It shall only look.")
    return factors


# Tasks 5 and 6: what a patient lacks, and whether a repair cures it

LETTERS = ("K", "L", "M")
UNKNOWN = "unknown"
LEARNED = 0.7  # accuracy on the test digits; untreated patients stay below 0.3


def diagnosis(function: Callable[..., Any]) -> None:
    """function() -> {"K": fault, "L": fault, "M": fault}. Only the form is looked at."""
    check("diagnosis", function)
    print("The form is right. Whether the diagnoses are, your evidence has to show.")


def wrong_keys(answer: Any) -> str | None:
    """What is wrong with the keys of a diagnosis, or None."""
    if not isinstance(answer, dict):
        return "Your function should return a dict with one word for each patient."
    missing = [letter for letter in LETTERS if letter not in answer]
    if missing:
        return (
            f"The dict should have the keys {', '.join(map(repr, LETTERS))}, but it has "
            f"{', '.join(map(repr, answer)) or 'none'}."
        )
    return None


def word_for(letter: str, function: Callable[..., Any]) -> Any:
    """A `use`: the word of the diagnosis for this patient."""
    return function()[letter]


def wrong_word(letter: str, word: Any) -> str | None:
    """What is wrong where the word for a patient is not in the list."""
    if isinstance(word, str) and word in (*FAULTS, UNKNOWN):
        return None
    return (
        f"Patient {letter}: {word!r} is not in the list. Choose one of "
        f"{', '.join(map(repr, FAULTS))}, or {UNKNOWN!r}."
    )


def repair(function: Callable[..., Any]) -> None:
    """function(name, patient) changes one thing about the patient, so that it learns.

    Its training has fixed seeds; nothing is left to chance.
    """
    check("repair", function)


def treatments(names: Sequence[str], seed: int, function: Callable[..., Any]) -> list[str | None]:
    """A `use`: what is wrong with each of these patients after treatment and training."""
    return [treated(function, name, seed) for name in names]


def not_all_well(sentences: list[str | None]) -> str | None:
    problems = [sentence for sentence in sentences if sentence]
    return "\n  - ".join(["Not all is well yet.", *problems]) if problems else None


# What becomes of a patient


def treated(function: Callable[..., Any], name: str, seed: int) -> str | None:
    """Admit the patient, let function(name, patient) change it, train it. Returns what is wrong
    then, a sentence; or None where one thing was changed, and it learned."""
    patient, before, twin = (admit(name, seed) for _ in range(3))
    parts, loss = list(patient.network.layers), patient.loss
    for admitted in (twin, patient):
        vars(admitted)["train"] = functools.partial(refuse_training, name)
        function(name, admitted)
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
    one, other = settings(twin.optimizer), settings(patient.optimizer)
    if patient.optimizer is twin.optimizer or one[1:] != other[1:]:
        return (
            f"patient {name}: two patients of this name were treated, and the second has the "
            "optimizer of the first, or another learning rate. Each needs an optimizer of its own, "
            "set in the same way: what does your function keep from one call to the next?"
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
        f"patient {name}: with the first weights of seed {seed} it still does not learn ({what}). "
        f"After {patient.epochs} epochs its loss is {history.loss[-1]:.3g}, and it gets "
        f"{accuracy:.0%} of the test digits right; {LEARNED:.0%} are wanted."
    )


def refuse_training(name: str, *arguments: Any, **options: Any) -> None:
    raise CheckFailed(
        f"patient {name}: your function trains it. It should not: the check trains "
        "the patient afterwards."
    )


def check_kinds(name: str, patient: Patient) -> None:
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


def changes(before: Patient, patient: Patient, parts: Sequence[Any], loss: Any) -> list[str]:
    """The names of the things that differ. parts: the layers that it had; loss: its loss."""
    old, new = before.network.layers, patient.network.layers
    replaced = [
        n
        for n, layer in enumerate(new)
        if layer is not parts[n] or settings_of_layer(layer) != settings_of_layer(old[n])
    ]
    changed = [f"layer {n}" for n in replaced]
    differing = {
        name
        for n in range(len(parts))
        for name, array in getattr(old[n], "params", {}).items()
        if n not in replaced and not np.array_equal(array, parts[n].params.get(name))
    }
    things = {
        "the weights": "weight" not in differing,
        "the biases": "bias" not in differing,
        "the network": type(patient.network) is Sequential and not methods(patient.network),
        "the images": np.array_equal(before.images, patient.images)
        and np.array_equal(before.test_images, patient.test_images),
        "the labels": np.array_equal(before.labels, patient.labels),
        "the loss": patient.loss is loss and not methods(loss),
        "the optimizer": settings(before.optimizer) == settings(patient.optimizer),
        "the batch size": before.batch_size == patient.batch_size,
    }
    return changed + [thing for thing, same in things.items() if not same]


def settings_of_layer(layer: Any) -> tuple[Any, ...]:
    """What a layer is, apart from its weights and from what it remembers of a mini-batch.

    Each patient's activations are of a class of their own: what counts is its name and its base.
    """
    plain = {
        name: value
        for name, value in getattr(layer, "__dict__", {}).items()
        if isinstance(value, (int, float, tuple))
    }
    for name in getattr(layer, "remembers", ()):
        plain.pop(name, None)
    return type(layer).__name__, type(layer).__mro__[1:], plain, methods(layer)


def methods(thing: Any) -> list[str]:
    """The names of functions that were put into an object, in place of those of its class."""
    return [name for name, value in getattr(thing, "__dict__", {}).items() if callable(value)]


def settings(optimizer: Any) -> tuple[Any, ...]:
    names = ("learning_rate", "momentum", "weight_decay")
    values = [getattr(optimizer, name, None) for name in names]
    return type(optimizer), *values, methods(optimizer)


def listed(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
