"""Try the reader of batch files on random files, and see that it keeps its word.

    python -m tests.datasets.fuzz --seconds 600 --seed 0

`programs` writes the files, `trial` has one of them read and judges what came of it, `coverage`
tells which lines of the reader that took, and `campaign` goes on and on and reports. A file that
makes the reader take a new step, from one line of its code to another, joins those from which
further files are made. The exit status is 1 if anything was found.
"""
