"""`python -m course_lib COMMAND`: each command is a module of course_lib.commands.

In each of them, add_options(parser) defines the options, and main(options) does the work and
returns an exit status. A command's module is imported only when it is called for, so that the
doctor runs even if NumPy is missing.
"""

import argparse
import importlib
import sys

COMMANDS = {
    "doctor": "check that the course will run here",
    "download": "fetch a data set that is not included",
    "train": "train a network and print a table",
    "verdict": "put every diagnosis of case A to the test",
    "progress": "show what you have written and predicted so far",
    "reset": "bring a lesson back to its first state, and keep your copy",
    "assignment": "get an assignment without a teacher, and check it",
    "autograde": "grade what students handed in, in parallel",
}


def main(arguments=None):
    """Run one command; return its exit status, 1 after an error, told in one sentence."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        run, options = command(arguments)
        return run(options)
    except ImportError as error:
        print(
            f"{error}; run `python -m pip install -r requirements.txt` in the course's folder.",
            file=sys.stderr,
        )
    except KeyboardInterrupt:
        print("Stopped; what was half done is gone again.", file=sys.stderr)
    except Exception as error:
        from course_lib.datasets import DatasetError  # not further up: it needs NumPy

        if not isinstance(error, DatasetError):
            raise
        print(error, file=sys.stderr)
    return 1


def command(arguments):
    """Return the function of the command that the arguments ask for, and its options."""
    parser = argparse.ArgumentParser(prog="python -m course_lib", description="Tools of the course")
    parsers = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name, what_it_does in COMMANDS.items():
        one = parsers.add_parser(name, help=what_it_does)
        if name in arguments[:1]:
            module = importlib.import_module(f"course_lib.commands.{name}")
            module.add_options(one)
    options = parser.parse_args(arguments)  # ends the program where there is no such command
    return module.main, options


if __name__ == "__main__":
    sys.exit(main())
