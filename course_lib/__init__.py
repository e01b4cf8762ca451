"""The library of the course "The network that would not learn"."""

import sys

if "IPython" in sys.modules:  # in a notebook
    from course_lib import cells

    cells.register()
