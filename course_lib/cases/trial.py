"""The trial of case A: each diagnosis alone, repairs in pairs, and all repairs but one."""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np

from course_lib.datasets import Dataset
from course_lib.nn import parallel

from .case_a import CaseA
from .diagnoses import DIAGNOSES
from .training_record import Record

ADVICE = {diagnosis.number: diagnosis.switches for diagnosis in DIAGNOSES}
REPAIRS = {
    "first weights": ADVICE[1],
    "normalised": ADVICE[2],
    "batch 32": ADVICE[3],
    "rate 0.00001": ADVICE[5],
    "log-softmax": ADVICE[6],
}
FEW = 16  # images in a step
FAULTS = {  # the switches that are put back to what was posted
    "raw pixels": ["pixels"],
    "first weights": ["filters", "weights"],
    "one image a step": ["batch_size", "learning_rate", "momentum"],
    "softmax": ["loss"],
    "no linear bias": ["bias"],
    "mirrored images": ["orientation"],
    "ties by columns": ["ties"],
    "no shuffling": ["shuffle"],
}
ACCURATE = 0.15  # a network that lives is right more often: half again as often as a guess
ACTIVE = 0.05  # and a larger share of its ReLUs is active


def alone(dtype: str = "float32") -> dict[str, CaseA]:
    """Case A as posted, and with each of the seven diagnoses followed by itself: cases by name."""
    posted = CaseA(dtype=dtype)
    return {"as posted": posted} | {
        f"{diagnosis.number}. {diagnosis.in_short}": posted.but(**diagnosis.switches)
        for diagnosis in DIAGNOSES
    }


def pairs(dtype: str = "float32") -> dict[str, CaseA]:
    """Case A with two repairs at a time: cases by name."""
    return {
        f"{first} + {second}": CaseA(dtype=dtype, **REPAIRS[first], **REPAIRS[second])
        for first, second in combinations(REPAIRS, 2)
    }


def all_but_one(dtype: str = "float32") -> dict[str, CaseA]:
    """The repaired network, and with each fault put back by itself: cases by name.

    With one image a step come the learning rate and the momentum of the post: those of the repaired
    network are made for 64. And its rate is made for normalised pixels, so raw pixels get a second
    chance with the fifth reader's.
    """
    posted, repaired = CaseA(), CaseA.repaired(dtype=dtype)
    cases = {"all repaired": repaired} | {
        f"but {name}": repaired.but(**{switch: getattr(posted, switch) for switch in switches})
        for name, switches in FAULTS.items()
    }
    cases["but raw pixels, rate 0.00001"] = cases["but raw pixels"].but(**ADVICE[5])
    return cases


def compare(
    cases: dict[str, CaseA], dataset: Dataset, seeds: int = 5, **conditions: Any
) -> dict[str, list[Record]]:
    """Run every case with the seeds 0, 1, ... and return {name: [Record, ...]}, a list per case.

    cases: by name. conditions: the same for all runs, such as images=5000.
    """
    runs = [(name, seed) for name in cases for seed in range(seeds)]

    def run(job: tuple[str, int]) -> Record:
        name, seed = job
        return cases[name].run(dataset, seed=seed, **conditions)

    # Steps of a few images are too short for threads: these would wait for each other.
    short = [job for job in runs if cases[job[0]].batch_size < FEW]
    long = [job for job in runs if job not in short]
    with parallel.threads() as thread_map:
        records = dict(zip(short, map(run, short), strict=True))
        records |= dict(zip(long, thread_map(run, long), strict=True))
    return {name: [records[name, seed] for seed in range(seeds)] for name in cases}


def accuracy(records: list[Record]) -> float:
    """The test accuracy of one case: the median over its seeds."""
    return float(np.median([record.accuracy for record in records]))


def active(records: list[Record]) -> float:
    """The share of active ReLUs in the second half of the training: the median over the seeds."""
    return float(np.median([record.active_at_the_end for record in records]))


def state(records: list[Record]) -> str:
    """What became of one case: "dead" (with every seed), "lives" or, between, "does not live".

    A case lives if more than 15 % of the test images are right and more than one ReLU in twenty is
    active, in the median over its seeds.
    """
    if all(record.died_at is not None for record in records):
        return "dead"
    both = accuracy(records) > ACCURATE and active(records) > ACTIVE
    return "lives" if both else "does not live"


def lives(records: list[Record]) -> bool:
    """Whether a case lives, as `state` defines it."""
    return state(records) == "lives"


def fate(records: list[Record]) -> str:
    """The state of one case, and how many of its seeds died, and when."""
    died = [record.died_at for record in records if record.died_at is not None]
    if not died:
        return state(records)
    steps = f"{min(died)}" if min(died) == max(died) else f"{min(died)} to {max(died)}"
    how = "overflow" if any(record.overflowed for record in records) else "dead"
    some = len(died) < len(records)
    who = f"{state(records)}, {len(died)} of {len(records)} " if some else ""
    return f"{who}{how} at step {steps}"


def table(records: dict[str, list[Record]]) -> Iterator[str]:
    """The lines of a table: each case's accuracy (median, lowest, highest), the share of ReLUs
    active in the second half of the training (median), and its fate."""
    corner = "medians of the seeds"
    width = max(map(len, [corner, *records]))
    yield f"{corner:{width}}  accuracy  [lowest, highest]  active  fate"
    for name, runs in records.items():
        shares = [record.accuracy for record in runs]
        yield (
            f"{name:{width}}    {accuracy(runs):6.1%}  [{min(shares):6.1%}, {max(shares):6.1%}] "
            f"  {active(runs):6.1%}  {fate(runs)}"
        )
