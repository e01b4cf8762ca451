"""Keep the memory of large arrays that are let go, for the arrays that come next.

A training step makes some thirty large arrays and lets go of them again. By itself, the C library
of Linux (glibc) asks the operating system for the memory of each one and gives it back at once. The
memory comes page by page, each page wiped clean, which can take longer than the computation; and
threads wait for each other there. Told to keep what was let go, the library hands the same memory
out again.

How much this gains depends on what the process did before: once a large array has been let go of,
glibc keeps smaller ones by itself. `python -m tests.benchmarks.training ladder` measures it.

The numbers are the same with and without. Other systems have their own ways, and are left alone.
"""

import functools

# The names and numbers of glibc's malloc.h.
M_MMAP_THRESHOLD, LARGEST = -3, 32 << 20  # from how many bytes on an array gets pages of its own
M_TRIM_THRESHOLD, A_LOT = -1, 1 << 30  # how many unused bytes are kept before any are given back


@functools.cache
def keep_freed_memory() -> bool:
    """Have freed memory kept, from now on and in the whole process; say whether that was possible.

    https://www.gnu.org/software/libc/manual/html_node/Malloc-Tunable-Parameters.html
    """
    try:
        import ctypes

        mallopt = ctypes.CDLL(None).mallopt
    except (ImportError, AttributeError, OSError, TypeError):  # no glibc
        return False
    return bool(mallopt(M_MMAP_THRESHOLD, LARGEST) and mallopt(M_TRIM_THRESHOLD, A_LOT))
