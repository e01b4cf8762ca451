"""The library of the course "The network that would not learn".

Its rooms, from the ground up: datasets, nn, diagnostics, cases, figures, practice, classroom,
commands. Importing it has no side effects.
"""
