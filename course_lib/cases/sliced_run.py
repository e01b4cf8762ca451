"""A training of case A that goes on only as far as it is told to, a few steps at a time."""

from collections.abc import Iterator
from itertools import islice

import numpy as np

from course_lib.datasets import Dataset
from course_lib.nn.shapes import check_size, generator

from .case_a import CaseA
from .fault_switches import check_dataset
from .training_record import Record

TESTED_AT_ONCE = 50  # images


class SlicedRun:
    """What `CaseA.run` does, in slices: train, then test, and stop after any step.

    record: as `CaseA.run` returns it, as far as the run has come. Its accuracy is there at the end.
    seen: of each step, how many images there were up to and with it. right: of each step, how many
    of its images had the right answer. finished: whether the test is done, too.
    """

    def __init__(self, case: CaseA, dataset: Dataset, images: int = 5000, seed: int = 0) -> None:
        check_size(images, "images")
        rng = generator(seed, "seed")
        self.network = case.build(rng, check_dataset(dataset))
        self.record = Record(network=self.network, planned=-(-images // case.batch_size))
        self.seen: list[int] = []
        self.right: list[int] = []
        self.finished = False
        self._work = self._train_and_test(case, dataset, rng)

    def advance(self, steps: int | None = None) -> None:
        """Go on by so many steps, of the training or of the test; by default to the end."""
        with np.errstate(over="ignore", invalid="ignore"):
            for _ in islice(self._work, steps):
                pass

    def _train_and_test(
        self, case: CaseA, dataset: Dataset, rng: np.random.Generator
    ) -> Iterator[None]:
        record = self.record
        for step in islice(case.steps(dataset, self.network, rng), record.planned):
            record.add(step)
            self.seen.append(record.seen)
            self.right.append(int(np.sum(step.probabilities.argmax(axis=1) == step.labels)))
            yield
            if record.overflowed:
                break
        tests, labels = case.orient(dataset.test_images), dataset.test_labels
        right = 0
        for start in range(0, len(tests), TESTED_AT_ONCE):
            part = slice(start, start + TESTED_AT_ONCE)
            right += np.sum(self.network(tests[part]).argmax(axis=1) == labels[part])
            yield
        record.accuracy = float(right / len(tests))
        self.finished = True
