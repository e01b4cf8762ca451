"""What the assignments are tested with: right and wrong solutions of every task.

solutions_NN.py has SOLUTIONS and mutants_NN.py has MUTANTS, each {task: [functions]}, for the
notebook notebooks/assignments/source/NN_name/NN_name.ipynb. The first line of a docstring says
what is special about a solution, or which mistake a mutant makes.
"""

import inspect
import textwrap


def changed(function, mistake, *replacements):
    """A mutant: the source of a right function with texts replaced, ("old", "new") each."""
    source = textwrap.dedent(inspect.getsource(function))
    for old, new in replacements:
        if old not in source:
            raise ValueError(f"{function.__name__} does not contain {old!r}")
        source = source.replace(old, new)
    namespace = dict(function.__globals__)
    exec(compile(source, f"<mutant: {mistake}>", "exec"), namespace)
    mutant = namespace[function.__name__]
    mutant.__doc__ = mistake
    return mutant


def changes(function, table):
    r"""Many mutants of one function, from a table of its mistakes.

    A mistake that is one replacement fits in a line, or has it in the next one; further ones follow.
    A \n in them is a new line of the program:

        the bias forgotten | + bias =>
        stride ignored in both loops
            i * SH => i
            j * SW => j
    """
    mistakes = []
    for line in textwrap.dedent(table).strip().splitlines():
        mistake, _, replacement = line.partition(" | ")
        if line.startswith(" "):
            replacement = line
        else:
            mistakes.append([mistake])
        if replacement:
            old, new = replacement.replace("\\n", "\n").split("=>")
            mistakes[-1].append((old.strip(" "), new.strip(" ")))
    return [changed(function, *mistake) for mistake in mistakes]


def endless(mutant):
    """Mark a mutant that never ends: it gets a short time limit. A decorator."""
    mutant.endless = True
    return mutant
