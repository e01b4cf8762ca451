"""What the learner has done so far, in one small file beside the notebooks: `.learner.json`.

It holds three sections, each a dict: "ballot", "predictions" and "exercises". It is written when
the learner votes, predicts, or writes an exercise, and at no other time. The notebooks themselves
hold nothing of it, so that they can be updated, or handed to somebody else.
"""

import json
import os
from pathlib import Path
from typing import Any

NAME = ".learner.json"
FOLDER = "COURSE_LEARNER_FOLDER"  # an environment variable: keep the file there


def file() -> Path:
    """Where the file is: in the folder in which the notebook's kernel runs, or in $FOLDER."""
    return Path(os.environ.get(FOLDER) or ".", NAME)


def read(path: Path | None = None) -> dict[str, dict[str, Any]]:
    """Return {section: {key: value}}; {} where there is no file. Raises OSError or ValueError."""
    path = path or file()
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise OSError(f"The file {path.absolute()} cannot be read ({error.strerror}).") from None
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict) or not all(isinstance(v, dict) for v in content.values()):
        raise ValueError(f"The file {path.absolute()} holds no record of this course.")
    return content


def section(name: str) -> dict[str, Any]:
    """One section of the record; {} where it cannot be read, or is not there."""
    try:
        return read().get(name, {})
    except (OSError, ValueError):
        return {}


def keep(name: str, values: dict[str, Any], path: Path | None = None) -> str:
    """Put these values into a section, and write the file. Raises OSError where it cannot be.

    A file that is no record gets another name first; returns a sentence that says so, or "".
    """
    path, aside = path or file(), ""
    try:
        content = read(path)
    except ValueError:
        other = path.with_name(path.name + ".other")
        os.replace(path, other)
        content, aside = {}, f"({path} held something else, which is now in {other}.)"
    content[name] = content.get(name, {}) | values
    write(content, path)
    return aside


def write(content: dict[str, dict[str, Any]], path: Path) -> None:
    """Write the file: all of it, or nothing."""
    part = path.with_name(path.name + ".part")
    try:
        part.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
        os.replace(part, path)
    finally:
        if part.is_file():
            part.unlink()
