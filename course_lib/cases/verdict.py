"""The experiments on case A: each diagnosis alone, in pairs, and all repairs but one."""

from itertools import combinations

import numpy as np

from course_lib import parallel
from course_lib.ballot import DIAGNOSES

from .case_a import CaseA

ADVICE = {diagnosis.number: diagnosis.switches for diagnosis in DIAGNOSES}
REPAIRS = {
    "first weights": ADVICE[1],
    "normalised": ADVICE[2],
    "batch 32": ADVICE[3],
    "rate 1e-5": ADVICE[5],
    "log-softmax": ADVICE[6],
}
FEW = 16  # images in a step
FAULTS = {
    "raw pixels": {"pixels": "raw"},
    "first weights": {"filters": "normal 0.01", "weights": "uniform 0 to 0.1"},
    "one image a step": {"batch_size": 1, "learning_rate": 0.001, "momentum": 0.0},
    "softmax": {"loss": "softmax"},
    "no linear bias": {"bias": False},
    "mirrored images": {"orientation": "mirrored"},
    "ties by columns": {"ties": "by columns"},
    "no shuffling": {"shuffle": False},
}


def alone(dtype="float32"):
    """Case A as posted, and with each of the seven diagnoses followed by itself: cases by name."""
    posted = CaseA(dtype=dtype)
    return {"as posted": posted} | {
        f"{diagnosis.number}. {describe(diagnosis.switches)}": posted.but(**diagnosis.switches)
        for diagnosis in DIAGNOSES
    }


def pairs(dtype="float32"):
    """Case A with two repairs at a time: cases by name."""
    return {
        f"{first} + {second}": CaseA(dtype=dtype, **REPAIRS[first], **REPAIRS[second])
        for first, second in combinations(REPAIRS, 2)
    }


def all_but_one(dtype="float32"):
    """The repaired network, and with each fault put back by itself: cases by name.

    With one image a step come the learning rate and the momentum of the post: those of the repaired
    network are made for 64.
    """
    repaired = CaseA.repaired(dtype=dtype)
    return {"all repaired": repaired} | {
        f"but {name}": repaired.but(**switches) for name, switches in FAULTS.items()
    }


def compare(cases, dataset, seeds=5, **conditions):
    """Run every case with the seeds 0, 1, ... and return {name: [Record, ...]}, a list per case.

    cases: by name. conditions: the same for all runs, such as images=5000.
    """
    runs = [(name, seed) for name in cases for seed in range(seeds)]

    def run(job):
        name, seed = job
        return cases[name].run(dataset, seed=seed, **conditions)

    # Steps of a few images are too short for threads: these would wait for each other.
    short = [job for job in runs if cases[job[0]].batch_size < FEW]
    long = [job for job in runs if job not in short]
    with parallel.threads() as spread:
        records = dict(zip(short, map(run, short), strict=True))
        records |= dict(zip(long, spread(run, long), strict=True))
    return {name: [records[name, seed] for seed in range(seeds)] for name in cases}


def describe(switches):
    """Switches in a few words, such as "batch 32, rate 0.0001"."""
    words = {
        "filters": "first weights: {}", "weights": "{}", "pixels": "{}", "batch_size": "batch {}",
        "learning_rate": "rate {}", "loss": "{}",
    }  # fmt: skip
    return ", ".join(words[name].format(value) for name, value in switches.items())


def fate(records):
    """What became of one case over all its seeds: "alive", or how many died and by when."""
    died = [record.died_at for record in records if record.died_at is not None]
    if not died:
        return "alive"
    steps = f"{min(died)}" if min(died) == max(died) else f"{min(died)} to {max(died)}"
    how = "overflow" if any(record.overflowed for record in records) else "dead"
    who = "" if len(died) == len(records) else f"{len(died)} of {len(records)} "
    return f"{who}{how} at step {steps}"


def table(records):
    """The lines of a table: each case's accuracies (mean, smallest, largest), the share of ReLUs
    active in the second half of the training, and its fate."""
    width = max(map(len, records))
    yield f"{'':{width}}  accuracy  [smallest, largest]  active  fate"
    for name, runs in records.items():
        shares = [record.accuracy for record in runs]
        active = np.mean([record.active_at_the_end for record in runs])
        yield (f"{name:{width}} {np.mean(shares):8.1%}   [{min(shares):6.1%}, {max(shares):6.1%}]  "
               f" {active:6.1%}  {fate(runs)}")
