"""Freed memory is kept where the C library can be told so, and asked for in any case."""

import platform

import numpy as np
import pytest

from course_lib.nn import networks, training
from course_lib.nn.kept_memory import keep_freed_memory
from course_lib.nn.layers import Normalize

GLIBC = platform.libc_ver()[0] == "glibc"


def page_faults(function):
    resource = pytest.importorskip("resource")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    function()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


@pytest.mark.skipif(not GLIBC, reason="only glibc is told to keep memory")
def test_a_large_array_gets_the_memory_of_the_one_before():
    assert keep_freed_memory()
    np.ones(2_000_000)  # 16 MB, or about 4,000 pages
    kept = page_faults(lambda: [np.ones(2_000_000).sum() for _ in range(10)])
    assert kept < 1000


@pytest.mark.skipif(not GLIBC, reason="only glibc is told to keep memory")
def test_training_and_predicting_ask_for_it():
    keep_freed_memory.cache_clear()
    images = np.zeros((2, 32, 32, 3), np.uint8)
    training.predict(networks.course_cnn(Normalize(128, 64), rng=0), images)
    assert keep_freed_memory.cache_info().misses == 1


def test_other_systems_are_left_alone(monkeypatch):
    import ctypes

    class NoLibrary:
        def __init__(self, name):
            raise OSError

    keep_freed_memory.cache_clear()
    monkeypatch.setattr(ctypes, "CDLL", NoLibrary)
    assert keep_freed_memory() is False
    keep_freed_memory.cache_clear()
