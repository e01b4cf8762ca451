"""`python -m course_lib verdict`: put every diagnosis of case A to the test, and print tables."""

import time

from course_lib import datasets
from course_lib.cases import verdict

ROUNDS = {
    "Each diagnosis alone": verdict.alone,
    "Two repairs at a time": verdict.pairs,
    "All repairs, and all but one": verdict.all_but_one,
}


def main(options):
    """Run all experiments as the options say. Returns the exit status."""
    dataset, start = datasets.load(options.dataset), time.perf_counter()
    print(f"{dataset}\n{options.images:,} images a run, {options.seeds} seeds")
    for number, (title, cases) in enumerate(ROUNDS.items()):
        records = verdict.compare(cases(), dataset, options.seeds, images=options.images)
        print(f"\n{title}\n" + "\n".join(verdict.table(records)), flush=True)
        if options.figure and number == 0:
            save_figure(records, dataset, options)
    print(f"\nDone after {time.perf_counter() - start:.0f} s.")
    return 0


def save_figure(records, dataset, options):
    from course_lib.plots import to_png
    from course_lib.plots.verdict import fates

    title = f"Case A on {dataset.name}, after {options.images:,} images"
    with open(options.figure, "wb") as file:
        file.write(to_png(fates(records, title)))
