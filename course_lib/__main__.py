"""`python -m course_lib doctor`, `download cifar10`, `train`, `verdict` and `autograde`.

Each command is a module of course_lib.commands with a function main(options), which returns an exit
status. It is imported when it is asked for, so that the doctor runs even where NumPy is missing.
"""

import argparse
import importlib
import sys
from pathlib import Path

from course_lib.archives import NAMES, DatasetError


def parser():
    parser = argparse.ArgumentParser(prog="python -m course_lib", description="Tools of the course")
    commands = parser.add_subparsers(
        title="commands", required=True, metavar="COMMAND", dest="command"
    )
    commands.add_parser("doctor", help="check that the course will run here")
    download = commands.add_parser("download", help="fetch a data set that is not included")
    download.add_argument("dataset", choices=["cifar10"])
    add_train_options(commands.add_parser("train", help="train a network and print a table"))
    add_verdict_options(
        commands.add_parser("verdict", help="put every diagnosis of case A to the test")
    )
    add_autograde_options(
        commands.add_parser("autograde", help="grade what students handed in, in parallel")
    )
    return parser


def add_train_options(command):
    add = command.add_argument
    add("--dataset", choices=NAMES, help="without it, $COURSE_DATASET or the pictograms")
    add("--network", choices=["course_cnn", "three_layer_cnn", "linear", "mlp"],
        help="without it, course_cnn, and mlp for the digits")
    add("--epochs", type=at_least_1, default=5)
    add("--batch-size", type=at_least_1, default=64)
    add("--learning-rate", type=at_least_0, default=0.02)
    add("--momentum", type=at_least_0, default=0.9)
    add("--weight-decay", type=at_least_0, default=0.0)
    add("--cosine", action="store_true", help="let the learning rate fall to 0 along a cosine")
    add("--warmup", type=share, default=0.0,
        help="with --cosine: the share of the training in which the rate rises first")
    add("--mirror", action="store_true", help="mirror images at random")
    add("--seed", type=int, default=0)


def add_verdict_options(command):
    add = command.add_argument
    add("--dataset", choices=["pictograms", "cifar10"],
        help="without it, $COURSE_DATASET or the pictograms")
    add("--images", type=at_least_1, default=5000, help="how many each run trains on")
    add("--seeds", type=at_least_1, default=5)
    add("--figure", type=in_a_folder, metavar="FILE.png", help="draw the first table, too")


def add_autograde_options(command):
    add = command.add_argument
    add("assignment", help="its folder's name in source/, as 02_strided_convolution")
    add("--jobs", type=at_least_1, default=2, help="how many copies at a time")
    add("--minutes", type=at_least_0, default=3.0, help="for each copy")
    add("--memory", type=at_least_0, default=2.0, help="for each copy, in GiB")
    add("--student", action="append", help="only this one; may be given several times")
    add("--force", action="store_true", help="grade again what is graded")


# The values of options. argparse reports what does not fit.


def at_least_1(text):
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is given; give a whole number from 1 on")
    return int(text)


def at_least_0(text):
    return number(text, "a number that is not negative", lambda value: 0 <= value < float("inf"))


def share(text):
    return number(text, "a number from 0 to below 1", lambda value: 0 <= value < 1)


def number(text, wanted, fits):
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not fits(value):
        raise argparse.ArgumentTypeError(f"{text!r} is given; give {wanted}")
    return value


def in_a_folder(text):
    folder = Path(text).absolute().parent
    if not folder.is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {folder}; make it first")
    return text


def main(arguments=None):
    """Run one command; return its exit status, 1 after an error, told in one sentence."""
    options = parser().parse_args(arguments)
    try:
        return importlib.import_module(f"course_lib.commands.{options.command}").main(options)
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
