"""`python -m course_lib doctor`, `download cifar10`, `train`, `verdict` and `autograde`.

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


def train(arguments):
    from course_lib import train_command

    return train_command.main(arguments)


def verdict(arguments):
    from course_lib import verdict_command

    return verdict_command.main(arguments)


def autograde(arguments):
    from course_lib import autograde_command

    return autograde_command.main(arguments)


def parser():
    parser = argparse.ArgumentParser(prog="python -m course_lib", description="Tools of the course")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    command = commands.add_parser("doctor", help="check that the course will run here")
    command.set_defaults(run=doctor)

    command = commands.add_parser("download", help="fetch a data set that is not included")
    command.add_argument("dataset", choices=["cifar10"])
    command.set_defaults(run=download)

    command = commands.add_parser("train", help="train a network and print a table")
    add_train_options(command)
    command.set_defaults(run=train)

    command = commands.add_parser("verdict", help="put every diagnosis of case A to the test")
    command.add_argument("--dataset", choices=["pictograms", "cifar10"],
                         help="without it, $COURSE_DATASET or the pictograms")
    command.add_argument("--images", type=at_least_1, default=5000,
                         help="how many each run trains on")
    command.add_argument("--seeds", type=at_least_1, default=5)
    command.add_argument("--figure", metavar="FILE.png", help="draw the first table, too")
    command.set_defaults(run=verdict)

    command = commands.add_parser("autograde", help="grade what students handed in, in parallel")
    add_autograde_options(command)
    command.set_defaults(run=autograde)

    return parser


def add_train_options(command):
    add = command.add_argument
    add("--dataset", choices=["pictograms", "cifar10", "digits"],
        help="without it, $COURSE_DATASET or the pictograms")
    add("--network", choices=["course_cnn", "three_layer_cnn", "linear", "mlp"],
        help="without it, course_cnn, and mlp for the digits")
    add("--epochs", type=at_least_1, default=5)
    add("--batch-size", type=at_least_1, default=64)
    add("--learning-rate", type=float, default=0.02)
    add("--momentum", type=float, default=0.9)
    add("--weight-decay", type=float, default=0.0)
    add("--cosine", action="store_true", help="let the learning rate fall to 0 along a cosine")
    add("--warmup", type=float, default=0.0,
        help="with --cosine: the share of the training in which the rate rises first")
    add("--mirror", action="store_true", help="mirror images at random")
    add("--seed", type=int, default=0)


def add_autograde_options(command):
    add = command.add_argument
    add("assignment", help="its folder's name in source/, as 02_strided_convolution")
    add("--jobs", type=at_least_1, default=2, help="how many copies at a time")
    add("--minutes", type=float, default=3.0, help="for each copy")
    add("--memory", type=float, default=2.0, help="for each copy, in GiB")
    add("--student", action="append", help="only this one; may be given several times")
    add("--force", action="store_true", help="grade again what is graded")


def at_least_1(text):
    """The whole number that an option was given. argparse reports what does not fit."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is given; give a whole number from 1 on")
    return int(text)


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
