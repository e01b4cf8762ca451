"""Types for command-line options, with which argparse reports values that do not fit."""

import argparse
from collections.abc import Callable
from pathlib import Path


def at_least_1(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} does not fit; give a whole number from 1 on")
    return int(text)


def seed(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} does not fit; give a whole number from 0 on")
    return int(text)


def at_least_0(text: str) -> float:
    return number(text, "a number that is not negative", lambda value: 0 <= value < float("inf"))


def share(text: str) -> float:
    return number(text, "a number from 0 to below 1", lambda value: 0 <= value < 1)


def number(text: str, wanted: str, fits: Callable[[float], bool]) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not fits(value):
        raise argparse.ArgumentTypeError(f"{text!r} does not fit; give {wanted}")
    return value


def in_a_folder(text: str) -> str:
    folder = Path(text).absolute().parent
    if not folder.is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {folder}; create it first")
    if Path(text).is_dir():
        raise argparse.ArgumentTypeError(f"{text} is a folder; name a file in it")
    return text
