"""The learner's side: exercises, predictions, the ballot and the board; checks; help with errors.

The names below are imported when they are asked for: what only casts a vote loads no checks.
"""

import importlib
from typing import Any

PLACES = {
    "exercise": "exercises",
    "predict": "predictions",
    "predicted": "predictions",
    "board": "suspects",  # a module named board would take the name
}


def __getattr__(name: str) -> Any:
    if name not in PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{PLACES[name]}"), name)
