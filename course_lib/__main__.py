"""`python -m course_lib doctor` and `python -m course_lib download cifar10`.

A subcommand is a function that takes the parsed arguments and returns an exit status. It imports
what it needs itself, so that the doctor runs even where NumPy is missing.
"""

import argparse
import sys

from course_lib.archives import DatasetError


def doctor(arguments):
    from course_lib import doctor

    return doctor.main()


def download(arguments):
    from course_lib import archives
    from course_lib.download import download_cifar10

    if not (archives.cifar10_home() / archives.FOLDER_IN_ARCHIVE).is_dir():
        download_cifar10()
    folder = archives.batches_folder("cifar10")
    print(f"CIFAR-10 is ready in {folder}.")
    print("Set COURSE_DATASET=cifar10 to run the notebooks on it.")
    return 0


def parser():
    parser = argparse.ArgumentParser(prog="python -m course_lib", description="Tools of the course")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    command = commands.add_parser("doctor", help="check that the course will run here")
    command.set_defaults(run=doctor)

    command = commands.add_parser("download", help="fetch a data set that is not included")
    command.add_argument("dataset", choices=["cifar10"])
    command.set_defaults(run=download)

    return parser


def main(arguments=None):
    """Run one command; return its exit status, 1 after an error, told in one sentence."""
    arguments = parser().parse_args(arguments)
    try:
        return arguments.run(arguments)
    except DatasetError as error:
        print(error, file=sys.stderr)
    except ImportError as error:
        print(
            f"{error}; run `python -m pip install -r requirements.txt` in the course's folder.",
            file=sys.stderr,
        )
    except KeyboardInterrupt:
        print("Stopped; what was half done is gone again.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
