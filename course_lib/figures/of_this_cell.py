"""When a cell runs again, the explorer that it showed before is let go.

Nobody can see it any longer, but its widgets would stay in the kernel and in the page.
"""

from typing import Any

shown: dict[str, tuple[object, list[Any]]] = {}  # of each cell: its run, and what that run made


def keep(explorer: Any) -> None:
    """Note an explorer as made by the cell that is running, and close those of its earlier run.

    explorer: anything with close(). Outside a notebook nothing is noted.
    """
    parent = running()
    cell = (parent.get("metadata") or {}).get("cellId")
    if cell is None:
        return
    run = parent.get("header", {}).get("msg_id")
    earlier, made = shown.get(cell, (run, []))
    if earlier != run:
        for old in made:
            old.close()
        made = []
    shown[cell] = run, [*made, explorer]


def running() -> dict[str, Any]:
    """Return the message that asked for the cell that is running; {} outside a notebook."""
    try:
        from IPython import get_ipython

        return get_ipython().get_parent()
    except (ImportError, AttributeError):
        return {}
