"""What the fault switches of both cases have in common."""

import math
import numbers
from collections.abc import Collection
from dataclasses import replace
from typing import Any, ClassVar, Self

from course_lib.datasets import Dataset


class Switches:
    """For a frozen dataclass whose fields are switches, and whose defaults are as posted."""

    REPAIRED: ClassVar[dict[str, Any]] = {}  # the repair of every fault, by the name of its switch

    @classmethod
    def repaired(cls, **switches: Any) -> Self:
        """The network with every fault repaired, but for the given switches."""
        return cls(**{**cls.REPAIRED, **switches})

    def but(self, **switches: Any) -> Self:
        """The same network with some switches set otherwise."""
        return replace(self, **switches)  # type: ignore[type-var]


def check_choice(value: object, name: str, choices: Collection[object]) -> None:
    """Raises ValueError where a switch has a setting that does not exist."""
    if value not in list(choices):
        known = ", ".join(repr(choice) for choice in choices)
        raise ValueError(f"{name} is {value!r}; choose one of {known}")


def check_dataset(dataset: Dataset | None) -> Dataset:
    """Return the data set to take mean and standard deviation from; raise if there is none."""
    if dataset is not None and not isinstance(dataset, Dataset):
        raise TypeError(f"dataset is {dataset!r}; give a Dataset, such as datasets.load()")
    if dataset is None:
        raise ValueError(
            "normalised pixels need the mean and standard deviation of the training images; "
            "give the data set as well: build(rng, dataset)"
        )
    return dataset


def check_positive(value: float, name: str) -> None:
    """Raises ValueError for anything but a finite number above 0."""
    real = isinstance(value, numbers.Real) and not isinstance(value, bool)
    if not real or not 0 < value < math.inf:
        raise ValueError(f"{name} is {value!r}; give a finite number above 0")
