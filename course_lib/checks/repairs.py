"""Checks of assignment 06, tasks 5 and 6: what a patient lacks, and whether a repair cures it."""

import functools

import numpy as np

from .machinery import Case, CheckFailed, check
from .patients import FAULTS, Patient, admit

LETTERS = ("K", "L", "M")
UNKNOWN = "unknown"
LEARNED = 0.75  # accuracy on the test digits; untreated patients stay below 0.3


def diagnosis(function):
    """function() -> {"K": fault, "L": fault, "M": fault}. Only the form is looked at."""
    check("diagnosis", function, [Case({}, judge=wrong_keys), *map(form_case, LETTERS)])
    print("The form is right. Whether the diagnoses are, your evidence has to show.")


def wrong_keys(answer):
    """What is wrong with the keys of a diagnosis, or None."""
    if not isinstance(answer, dict):
        return "Your function should return a dict with one word for each patient."
    if set(answer) != set(LETTERS):
        return (f"The dict should have the keys {', '.join(map(repr, LETTERS))}, and it has "
                f"{', '.join(map(repr, answer)) or 'none'}.")
    return None


def form_case(letter):
    """Whether the word for a patient is in the list."""
    def judge(word):
        return None if word in (*FAULTS, UNKNOWN) else (
            f"Patient {letter}: {word!r} is not in the list. Choose one of "
            f"{', '.join(map(repr, FAULTS))}, or {UNKNOWN!r}.")

    return Case({}, use=lambda function: function()[letter], judge=judge)


def diagnosis_case(letter, fault):
    return Case({}, fault, use=lambda function: function()[letter], title=f"patient {letter}")


def repair(function):
    """function(name, patient) changes one thing about the patient, so that it learns."""
    check("repair", function, [repair_case(LETTERS), repair_case(LETTERS, seed=7)])


def repair_case(names, seed=0):
    """Treats and trains these patients, with first weights of this seed."""
    def use(function):
        return [treated(function, name, seed) for name in names]

    def judge(sentences):
        problems = [sentence for sentence in sentences if sentence]
        return "\n  - ".join(["Not all is well yet.", *problems]) if problems else None

    return Case({}, use=use, judge=judge, title=f"patient {', '.join(names)}, seed {seed}",
                given=f"patients.admit(name, seed={seed}) for {', '.join(names)}",
                hint="Which of your measurements shows what keeps it from learning, and what "
                "would change exactly that?")


# What becomes of a patient


def treated(function, name, seed):
    """Admit the patient, let function(name, patient) change it, train it. Returns what is wrong
    then, a sentence; or None where one thing was changed, and it learned."""
    patient, before = admit(name, seed), admit(name, seed)
    parts, loss = list(patient.network.layers), patient.loss
    patient.train = functools.partial(refuse_training, name)
    function(name, patient)
    if len(patient.network.layers) != len(parts):
        return (f"patient {name}: it had {len(parts)} layers, and now it has "
                f"{len(patient.network.layers)}. Put one in the place of another instead.")
    check_kinds(name, patient)
    changed = changes(before, patient, parts, loss)
    if len(changed) > 1:
        return f"patient {name}: you changed {listed(changed)}. Change only one of them."
    if patient.passes != before.passes:
        raise CheckFailed(f"patient {name}: the number of passes stays {before.passes}, and you "
                          f"set {patient.passes}.")
    patient.passes, patient.seed, patient.test_labels = before.passes, seed, before.test_labels
    history = Patient.train(patient)
    accuracy = Patient.accuracy(patient)
    if accuracy >= LEARNED:
        return None
    what = f"with {listed(changed)} changed" if changed else "nothing was changed"
    if changed == ["the images"] and np.array_equal(before.test_images, patient.test_images):
        what += ", but test_images not in the same way"
    return (f"patient {name}: it still does not learn ({what}). After {patient.passes} passes its "
            f"loss is {history.loss[-1]:.3g}, and it gets {accuracy:.0%} of the test digits right; "
            f"{LEARNED:.0%} are wanted.")


def refuse_training(name, *arguments, **options):
    raise CheckFailed(f"patient {name}: your function trains it. It should not: the check trains "
                      "the patient afterwards.")


def check_kinds(name, patient):
    """Raises CheckFailed where a class stands in the place of an object, or a text of a number."""
    things = {f"layer {n}": layer for n, layer in enumerate(patient.network.layers)}
    things |= {"the loss": patient.loss, "the optimizer": patient.optimizer}
    for what, value in things.items():
        if isinstance(value, type):
            raise CheckFailed(f"patient {name}: {what} is the class {value.__name__} itself. Write "
                              f"{value.__name__}, followed by its brackets.")
    rate = getattr(patient.optimizer, "learning_rate", None)
    if isinstance(rate, str):
        raise CheckFailed(f"patient {name}: the learning rate is the text {rate!r}. Write a "
                          "number, without quotation marks.")


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
