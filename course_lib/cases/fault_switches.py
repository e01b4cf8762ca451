"""What the fault switches of both cases have in common."""

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
    if value not in choices:
        known = ", ".join(repr(choice) for choice in choices)
        raise ValueError(f"{name} is {value!r}; choose one of {known}")


def check_dataset(dataset: Dataset | None) -> Dataset:
    """Return the data set to take mean and standard deviation from; raise ValueError for None."""
    if dataset is None:
        raise ValueError(
            "normalised pixels need the mean and standard deviation of the training images; "
            "give the data set as well: build(rng, dataset)"
        )
    return dataset


def check_positive(value: float, name: str) -> None:
    """Raises ValueError where a number is not above 0."""
    if not value > 0:
        raise ValueError(f"{name} is {value!r}; give a number above 0")
