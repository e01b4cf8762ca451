"""Hidden tests: what a cell of them runs, and what it leaves behind."""

import sys
from collections.abc import Mapping
from contextlib import redirect_stdout
from io import StringIO
from typing import Any

from . import stored_cases
from .runner import points
from .sealing import WrongKey

PLACEHOLDER = "# hidden tests"


def hidden_points(
    name: str, total: float, names: Mapping[str, Any], key: str, *, silent: bool = False
) -> float:
    """The points that the function of this name in a notebook earns in the hidden tests of a task.

    For the last line of a cell of hidden tests: nbgrader takes the number as partial credit.
    names: the notebook's variables. silent: prints nothing, as for the wrong function that each
    cell tries first: if that one earns something, the checks have been replaced.
    """
    forget_the_cell(key)
    with redirect_stdout(StringIO() if silent else sys.stdout):
        if name not in names:
            print(f"{name} is not defined.")
            return 0.0
        try:
            task = stored_cases.hidden(name, key)
        except WrongKey:
            print(f"The hidden tests of {name} cannot be opened with the key of this cell.")
            return 0.0
        return points(total, names[name], task)


def forget_the_cell(key: str) -> None:
    """Take the text of the running cell, which has the key, out of what IPython remembers."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is None:
        return
    history = shell.history_manager
    for texts in (history.input_hist_parsed, history.input_hist_raw):
        texts[:] = [PLACEHOLDER if key in text else text for text in texts]
    history.db_input_cache[:] = [
        entry for entry in history.db_input_cache if not any(key in str(part) for part in entry)
    ]
    history._i00 = PLACEHOLDER  # becomes _i in the next cell
    for name in [name for name, text in shell.user_ns.items() if type(text) is str and key in text]:
        shell.user_ns[name] = PLACEHOLDER
    cached = sys.modules["linecache"].cache
    for name in [name for name, lines in cached.items() if key in str(lines)]:
        del cached[name]
