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


def changes(function, mistakes):
    """Many mutants of one function: [(mistake, replacement, ...), ...]."""
    return [changed(function, *mistake) for mistake in mistakes]


def endless(mutant):
    """Mark a mutant that never ends: it gets a short time limit. A decorator."""
    mutant.endless = True
    return mutant
