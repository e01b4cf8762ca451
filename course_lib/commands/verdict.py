"""`python -m course_lib verdict`: put every diagnosis of case A to the test and print tables."""

import argparse
import time

from course_lib import datasets
from course_lib.cases import trial

from .option_values import at_least_1, in_a_folder

ROUNDS = {
    "Each diagnosis alone": trial.alone,
    "Two repairs at a time": trial.pairs,
    "All repairs, and all but one": trial.all_but_one,
}


def add_options(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add(
        "--dataset",
        choices=["pictograms", "cifar10"],
        help="without it, $COURSE_DATASET or the pictograms",
    )
    add("--images", type=at_least_1, default=5000, help="how many each run trains on")
    add("--seeds", type=at_least_1, default=5)
    add("--figure", type=in_a_folder, metavar="FILE.png", help="draw the first table, too")


def main(options: argparse.Namespace) -> int:
    """Run all experiments as the options say. Returns the exit status."""
    dataset, start = datasets.load(options.dataset), time.perf_counter()
    print(f"{dataset}\n{options.images:,} images a run, {options.seeds} seeds")
    for number, (title, cases) in enumerate(ROUNDS.items()):
        records = trial.compare(cases(), dataset, options.seeds, images=options.images)
        print(f"\n{title}\n" + "\n".join(trial.table(records)), flush=True)
        if options.figure and number == 0:
            save_figure(records, dataset, options)
    print(f"\nDone after {time.perf_counter() - start:.0f} s.")
    return 0


def save_figure(
    records: dict[str, list[trial.Record]], dataset: datasets.Dataset, options: argparse.Namespace
) -> None:
    from course_lib.figures.lesson_07_the_verdict import fates
    from course_lib.figures.style import to_png

    title = f"Case A on {dataset.name}, after {options.images:,} images"
    with open(options.figure, "wb") as file:
        file.write(to_png(fates(records, title)))
