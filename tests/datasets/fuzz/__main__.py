"""Bounded fuzzing from the command line: see the package."""

import argparse
import faulthandler
import sys

from tests.datasets import fuzz
from tests.datasets.fuzz.campaign import resource, run

ADDRESS_SPACE = 4 * 2**30  # bytes, so that a blow-up cannot fill the machine


def main():
    parser = argparse.ArgumentParser(description=fuzz.__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    faulthandler.enable()
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    report = run(options.seconds, options.seed)
    print(report)
    return 1 if report.findings else 0


if __name__ == "__main__":
    sys.exit(main())
