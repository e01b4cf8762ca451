"""What happens to a notebook whose cells are not run once each, from top to bottom.

    python -m tests.cell_order twice [NOTEBOOK ...]    every cell twice in a row
    python -m tests.cell_order alone [NOTEBOOK ...]    every cell by itself after the imports

Twice: both times a cell must show what is stored, within the tolerance of notebook_checker.py
(where a cell's output is compared at all). Alone: a cell must work, or say which name is missing.
Without names: all lessons, and for "alone" also the assignments with their solutions.
"""

import sys
from pathlib import Path

import nbformat

from tests.notebook_checker import relative_tolerance, texts_agree
from tests.notebooks.live_kernel import NOTEBOOKS, LiveKernel

KEEP_NAMES = "_kept = {name: value for name, value in globals().items() if name[0] != '_'}"
ONLY_KEPT_NAMES = """
for _name in [name for name in globals() if name[0] != "_" and name not in _kept]:
    del globals()[_name]
globals().update(_kept)
"""


def code_cells(path):
    """Return (number in the notebook, cell) for every code cell."""
    cells = enumerate(nbformat.read(path, as_version=4).cells)
    return [(n, cell) for n, cell in cells if cell.cell_type == "code" and cell.source.strip()]


def stored_texts(cell):
    """What a cell has printed, and the text of each of its outputs."""
    printed = [
        output.text
        for output in cell.outputs
        if output.output_type == "stream" and output.name == "stdout"
    ]
    shown = [output.data.get("text/plain", "") for output in cell.outputs if "data" in output]
    return ["".join(printed), *shown]


def is_as_stored(result, cell):
    """Whether a LiveKernel's Result is what the notebook holds for the cell."""
    now, stored = [result.printed, *result.outputs], stored_texts(cell)
    rtol = relative_tolerance(cell.metadata.get("tags", []))
    return len(now) == len(stored) and all(
        texts_agree(a, b, rtol) for a, b in zip(now, stored, strict=True)
    )


def twice(path):
    """Run every cell twice; yield (number, what is wrong) where something is."""
    with LiveKernel(path.parent) as kernel:
        for number, cell in code_cells(path):
            for attempt in ("the first time", "the second time"):
                result = kernel.run(cell.source)
                compared = "nbval-ignore-output" not in cell.metadata.get("tags", [])
                if result.error or result.warnings:
                    yield number, f"{attempt}: {result.error} {result.traceback[-300:]}"
                elif compared and not is_as_stored(result, cell):
                    yield number, f"{attempt}: shows {result.printed or result.outputs}"
                else:
                    continue
                break


def alone(path):
    """Run every cell after the first one only; yield (number, what is wrong)."""
    cells = code_cells(path)
    if not cells:
        return
    (_, imports), *others = cells
    with LiveKernel(path.parent) as kernel:
        assert not kernel.run(imports.source + "\n" + KEEP_NAMES).error
        for number, cell in others:
            result = kernel.run(cell.source)
            explained = "makes `" in result.traceback.rsplit("NameError", 1)[-1]
            if result.error and not (result.error == "NameError" and explained):
                yield number, f"{result.error}: {result.traceback[-300:]}"
            kernel.run(ONLY_KEPT_NAMES)


def main(arguments):
    if not arguments or arguments[0] not in ("twice", "alone"):
        sys.exit(__doc__)
    way = {"twice": twice, "alone": alone}[arguments[0]]
    paths = [Path(name).resolve() for name in arguments[1:]] or sorted(NOTEBOOKS.glob("*.ipynb"))
    if way is alone and not arguments[1:]:
        paths += sorted(NOTEBOOKS.glob("assignments/source/*/*.ipynb"))
    problems = 0
    for path in paths:
        print(path.name, flush=True)
        for number, problem in way(path):
            problems += 1
            print(f"  cell {number}: {problem}", flush=True)
    return int(problems > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
