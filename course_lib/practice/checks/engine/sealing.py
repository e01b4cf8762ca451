"""Answers under seal: written so that nobody reads them by chance, or while their code is running.

What is sealed with a key that stands beside it is out of sight, no more. Hidden tests are sealed
with a key that only the cells of the teacher's notebook hold, and stay closed without it. In both
cases nothing is opened while a learner's function runs, so that it finds no answer on the stack or
among the objects in memory. Code that runs in the same process and means harm could still take the
key: for that, grading has a process of its own.
"""

import hashlib
import io
import pickle
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

DIGEST = 16  # bytes, at the beginning of what is sealed
_running = 0


class WrongKey(Exception):
    """What was sealed cannot be opened with this key."""


@contextmanager
def closed() -> Iterator[None]:
    """Nothing can be opened inside: the learner's code is running."""
    global _running
    _running += 1
    try:
        yield
    finally:
        _running -= 1


def seal(value: Any, key: str) -> bytes:
    """The value as bytes that look like noise."""
    text = io.BytesIO()
    Pickler(text, protocol=5).dump(value)
    plain = zlib.compress(text.getvalue(), 9)
    digest = hashlib.sha256(key.encode() + plain).digest()[:DIGEST]
    return digest + mixed(plain, key, digest)


def unseal(sealed: bytes, key: str) -> Any:
    """The value again. Raises WrongKey, and RuntimeError while a learner's function runs."""
    if _running:
        raise RuntimeError("The answers are closed while a function is being checked.")
    digest, rest = sealed[:DIGEST], sealed[DIGEST:]
    plain = mixed(rest, key, digest)
    if hashlib.sha256(key.encode() + plain).digest()[:DIGEST] != digest:
        raise WrongKey
    return Unpickler(io.BytesIO(zlib.decompress(plain))).load()


def mixed(text: bytes, key: str, salt: bytes) -> bytes:
    """Text and noise, bit by bit; done twice, it is the text again."""
    noise = hashlib.shake_256(key.encode() + salt).digest(len(text))
    return bytes(np.frombuffer(text, np.uint8) ^ np.frombuffer(noise, np.uint8))


class Pickler(pickle.Pickler):
    """Writes arrays as dtype, shape and bytes, and generators as seed and state.

    What NumPy itself would write, an older version of it could not read.
    """

    def persistent_id(self, value: Any) -> Any:
        if isinstance(value, (np.ndarray, np.generic)) and value.dtype != object:
            is_array = isinstance(value, np.ndarray)
            return is_array, value.dtype.str, value.shape, np.asarray(value).tobytes()
        return None

    def reducer_override(self, value: Any) -> Any:
        if not isinstance(value, np.random.Generator):
            return NotImplemented
        seed: Any = value.bit_generator.seed_seq
        return generator, (
            value.bit_generator.state,
            seed.entropy,
            seed.spawn_key,
            seed.n_children_spawned,
        )


def generator(
    state: dict[str, Any], entropy: int | Sequence[int], spawn_key: tuple[int, ...], children: int
) -> np.random.Generator:
    """A generator in this state, which spawns the same children as the one that was written."""
    seed = np.random.SeedSequence(entropy, spawn_key=spawn_key, n_children_spawned=children)
    bits = getattr(np.random, state["bit_generator"])(seed)
    bits.state = state
    return np.random.Generator(bits)


class Unpickler(pickle.Unpickler):
    def persistent_load(self, parts: Any) -> Any:
        is_array, dtype, shape, text = parts
        array = np.frombuffer(text, dtype).reshape(shape).copy()
        return array if is_array else array[()]
