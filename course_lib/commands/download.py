"""`python -m course_lib download cifar10`: fetch, verify and extract CIFAR-10."""

import argparse

from course_lib.datasets.archives import batches_folder, find_cifar10
from course_lib.datasets.download import download_cifar10


def add_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("dataset", choices=["cifar10"])


def main(options: argparse.Namespace) -> int:
    """Fetch what is not there yet. Returns the exit status."""
    if not find_cifar10():
        download_cifar10()
    print(f"CIFAR-10 is ready in {batches_folder('cifar10')}.")
    print("Set COURSE_DATASET=cifar10 to run the notebooks on it.")
    return 0
