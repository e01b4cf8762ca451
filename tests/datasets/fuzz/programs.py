"""Random pickle files to try the reader of batches on: damaged, odd and malicious ones.

A pickle is a program, so it can be written at random in three ways: instruction by instruction
(`program`), value by value, with odd values where a batch has good ones (`batch`), and as a few
instructions repeated over and over, the way a tiny file grows into an enormous one (`bomb`).
`changed` damages a file that is already there. All of it hangs on one random.Random, so the same
seed writes the same files.
"""

import contextlib
import itertools
import math
import pickle
import pickletools
import random

import numpy as np

from tests.datasets import batch_files

NUMBERS = [
    0,
    1,
    2,
    3,
    9,
    10,
    32,
    64,
    255,
    256,
    3072,
    2**15,
    2**31 - 1,
    2**31,
    2**32 - 1,
    2**32,
    2**62,
    2**63 - 1,
    2**63,
    2**64 - 1,
    2**2039,
    -1,
    -2,
    -(2**31),
    -(2**63),
    -(2**2039),
]
LENGTHS = [0, 1, 2, 5, 255, 256, 1000, 3072, 20_000]
NAMES = [
    "os system",
    "posix system",
    "nt system",
    "subprocess Popen",
    "builtins eval",
    "builtins exec",
    "__builtin__ eval",
    "builtins getattr",
    "builtins open",
    "builtins __import__",
    "importlib import_module",
    "shutil rmtree",
    "pickle loads",
    "numpy load",
    "numpy fromfile",
    "numpy.f2py os.system",
    "course_lib.datasets.archives os.system",
    "collections OrderedDict",
    "numpy.core.multiarray scalar",
    "numpy.ma.core _mareconstruct",
    "nowhere nothing",
]
NEEDED_NAMES = [
    "numpy.core.multiarray _reconstruct",
    "numpy ndarray",
    "numpy dtype",
    "_codecs encode",
]
KINDS = ["i1", "b1", "f1", "f8", "c8", "O8", "V3072", "U9", "M8", "u3", "|u1", "<u1", "", "u1,u1"]
SHAPES = [
    (),
    (1,),
    (3072,),
    (0, 3072),
    (3072, 0),
    (2, 3072),
    (0,) * 40,
    (1,) * 70,
    (2**31 - 1,) * 9,
    (10_000, 3072),
    (500_000, 3072),
    (2**31 - 1, 3072),
    (2**31 - 1,),
]
KEYS = ["data", "labels", "label_names", "filenames", "batch_label", "num_vis"]


def valid_files():
    """Batches, and batches.meta, as Python 2 and every protocol of Python 3 write them."""
    pixels, labels = batch_files.random_batch(count=2)
    content = {b"data": pixels, b"labels": labels.tolist(), "by": ("me", None, True, 2.5)}
    names = {b"label_names": [name.encode() for name in batch_files.CLASSES]}
    files = [batch_files.batch(pixels, labels), batch_files.meta()]
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        files += [pickle.dumps(content, protocol), pickle.dumps(names, protocol)]
    files.append(pickle.dumps({"data": np.asfortranarray(pixels), "labels": [1, 2]}, 4))
    return files


def instructions(data):
    """Take a pickle apart into its instructions; what cannot be read is the last of them."""
    starts = []
    with contextlib.suppress(ValueError):
        for _, _, start in pickletools.genops(data):
            starts.append(start)
    return [data[a:b] for a, b in itertools.pairwise([*(starts or [0]), len(data)])]


class Author:
    """Writes files with the random numbers of `rng`; `corpus` are files to start from."""

    def __init__(self, seed, corpus):
        self.rng = random.Random(seed)
        self.corpus = corpus
        used = {op.name for data in corpus for op, _, _ in pickletools.genops(data)} - {"STOP"}
        self.common = [opcode for opcode in pickletools.opcodes if opcode.name in used]

    def file(self):
        """One more file, of any sort."""
        choice = self.rng.random()
        if choice < 0.5:
            return self.changed(self.rng.choice(self.corpus))
        data = self.rng.choice([self.program, self.batch, self.bomb])()
        return self.changed(data) if choice < 0.65 else data

    # Damage

    def changed(self, data):
        """`data` with one to four changes, most of them at the level of instructions."""
        for _ in range(self.rng.choice([1, 1, 2, 4])):
            parts = instructions(data)
            where = self.rng.randrange(len(parts) + 1)
            length = self.rng.choice([1, 1, 2, 3, 8])
            change = self.rng.choice([
                self._dropped,
                self._repeated,
                self._inserted,
                self._spliced,
                self._cut_off,
                self._other_opcode,
                self._other_number,
                self._other_byte,
            ])
            data = change(parts, where, length)
        return data

    def _dropped(self, parts, where, length):
        return b"".join(parts[:where] + parts[where + length :])

    def _repeated(self, parts, where, length):
        some = parts[where : where + length]
        most = 10_000 // (sum(map(len, some)) + 1)
        times = min(self.rng.choice([2, 2, 2, 3, 40, 1000]), most)
        return b"".join(parts[:where] + some * times + parts[where + length :])

    def _inserted(self, parts, where, length):
        new = self.rng.choice([self.instruction, self.value])()
        return b"".join(parts[:where] + [new] + parts[where:])

    def _spliced(self, parts, where, length):
        other = instructions(self.rng.choice(self.corpus))
        start = self.rng.randrange(len(other) + 1)
        end = self.rng.choice([start + length, len(other)])
        rest = parts[where + self.rng.choice([0, length]) :]
        return b"".join(parts[:where] + other[start:end] + rest)

    def _cut_off(self, parts, where, length):
        data = b"".join(parts[: where + 1])
        return data[: len(data) - self.rng.choice([0, 0, 1, length])]

    def _other_opcode(self, parts, where, length):
        if where < len(parts):
            opcode = self.rng.choice(pickletools.opcodes).code.encode("latin-1")
            parts[where] = opcode + parts[where][1:]
        return b"".join(parts)

    def _other_number(self, parts, where, length):
        """Overwrite what may be a length or a number, right behind an instruction's first byte."""
        if where < len(parts):
            number = self.fixed(self.rng.choice([1, 2, 4, 8]))
            parts[where] = parts[where][:1] + number + parts[where][1 + len(number) :]
        return b"".join(parts)

    def _other_byte(self, parts, where, length):
        data = bytearray(b"".join(parts))
        start = sum(map(len, parts[:where]))
        for _ in range(length):
            near = start + self.rng.randrange(12)
            if near < len(data):
                data[near] ^= 1 << self.rng.randrange(8)
        return bytes(data)

    # Instruction by instruction

    def program(self):
        """Instructions of any kind, in an order in which each finds enough on the stack."""
        known = self.rng.choice([self.common, pickletools.opcodes])
        parts, stack = [], []
        for _ in range(self.rng.choice([5, 20, 100])):
            opcode = self.rng.choice(known)
            needed = opcode.stack_before
            if pickletools.markobject in needed:
                if pickletools.markobject not in stack:
                    continue
                while stack.pop() is not pickletools.markobject:
                    pass
                needed = needed[: needed.index(pickletools.markobject)]
            if len(stack) < len(needed):
                continue
            del stack[len(stack) - len(needed) :]
            stack += opcode.stack_after
            parts.append(self.instruction(opcode))
        return b"".join(parts) + b"."

    def instruction(self, opcode=None):
        opcode = opcode or self.rng.choice(pickletools.opcodes)
        return opcode.code.encode("latin-1") + self.argument(opcode)

    def argument(self, opcode):
        """What follows an opcode, in the format that pickletools gives it."""
        kind = opcode.arg.name if opcode.arg else "nothing"
        last = kind[-1]
        if kind == "nothing":
            return b""
        if kind == "stringnl_noescape_pair":
            return self.name().replace(" ", "\n", 1).encode() + b"\n"
        if kind.endswith(("nl", "nl_short", "nl_long", "nl_noescape")):
            odd = self.rng.choice(["1e999", "'\\x41'", "'\\z'", "\\u0041", "é", self.name()])
            return self.rng.choice([str(self.number()), odd]).encode() + b"\n"
        if kind.startswith(("uint", "int", "float")):
            return self.fixed(int(last))
        data = self.data()  # a string or a long, led by its length
        if last == "1":
            data = data[:255]
        length = len(data) if self.rng.random() < 0.9 else self.number()
        return (length % 256 ** int(last)).to_bytes(int(last), "little") + data

    def number(self):
        return self.rng.choice([self.rng.choice(NUMBERS), self.rng.randrange(12)])

    def fixed(self, size):
        return (self.number() % 256**size).to_bytes(size, "little")

    def data(self):
        length = self.rng.choice([*LENGTHS, *[self.rng.randrange(12)] * 5])
        return self.rng.choice([b"\0", b"a", b"\n", b"\xc3\xa9", self.rng.randbytes(1)]) * length

    def name(self):
        return self.rng.choice(self.rng.choice([NAMES, NEEDED_NAMES]))

    # Value by value

    def batch(self):
        """A dictionary with a batch's keys; any of its values may be odd."""
        good = {"data": self.array, "labels": self.labels, "label_names": self.labels}
        parts = [b"\x80\x02}("]
        for key in self.rng.sample(KEYS, self.rng.choice([2, 3, 6])):
            make = good.get(key, self.value) if self.rng.random() < 0.8 else self.value
            parts += [self.text(key.encode()), make()]
        return b"".join(parts) + b"u."

    def value(self, depth=0):
        """Instructions that put one value on the stack."""
        simple = [self.integer, self.text, self.constant, self.remembered, self.array]
        if depth > 3:
            return self.rng.choice(simple)()
        value = self.rng.choice([*simple, self.container, self.container, self.call])
        pushed = value(depth + 1) if value in (self.container, self.call) else value()
        return pushed + (self.kept() if self.rng.random() < 0.5 else b"")

    def kept(self):
        """Put the value just made into the memo; 0 and 1 are left to `bomb`."""
        return b"q" + bytes([self.rng.randrange(2, 5)])

    def remembered(self):
        return b"h" + bytes([self.rng.randrange(5)])

    def constant(self):
        return self.rng.choice([b"N", b"\x88", b"\x89", b")", b"]", b"}", b"G" + self.fixed(8)])

    def integer(self, value=None):
        value = self.number() if value is None else value
        if 0 <= value < 256:
            return b"K" + bytes([value])
        data = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)[:255]
        return b"\x8a" + bytes([len(data)]) + data

    def text(self, data=None, opcode=None):
        data = self.data() if data is None else data
        opcode = opcode or self.rng.choice([b"T", b"B", b"X"])  # bytes of Python 2, bytes, text
        return opcode + len(data).to_bytes(4, "little") + data

    def container(self, depth=0):
        items = [self.value(depth) for _ in range(self.rng.choice([0, 1, 2, 3, 10]))]
        start, end = self.rng.choice([(b"(", b"t"), (b"](", b"e"), (b"}(", b"u")])
        return start + b"".join(items) + end

    def labels(self):
        make = self.rng.choice([self.label, self.integer, self.text])
        return b"](" + b"".join(make() for _ in range(self.rng.choice([1, 1, 0, 2, 10]))) + b"e"

    def label(self):
        return self.integer(self.rng.randrange(10))

    def function(self, name=None):
        module, attribute = (name or self.name()).split(" ")
        texts = self.text(module.encode(), b"X") + self.text(attribute.encode(), b"X")
        return self.rng.choice([f"c{module}\n{attribute}\n".encode(), texts + b"\x93"])

    def arguments(self):
        """Of some call: a tuple of text and more."""
        text = self.text(b"a" * self.rng.choice(LENGTHS), b"X")
        first = text if self.rng.random() < 0.7 else self.value(3)
        return b"(" + first + self.rng.choice([self.text, self.value])() + b"t"

    def call(self, depth=0):
        end = self.rng.choice([b"R", b"R", b"b", b"\x81", b"}\x92"])
        return self.function() + self.arguments() + end

    # What NumPy writes of an array, where shape, kind and numbers need not fit each other

    def dtype(self, kind=None):
        kind = self.kind() if kind is None else kind
        return self.function("numpy dtype") + self.text(kind.encode()) + b"K\x00K\x01\x87R"

    def kind(self):
        return "u1" if self.rng.random() < 0.7 else self.rng.choice(KINDS)

    def dtype_state(self):
        order = self.rng.choice([b"|", b"<", b">", b"=", None, None])
        text = self.text(order) if self.rng.random() < 0.8 else self.remembered()
        return b"(K\x03" + text + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00t"

    def unfinished_array(self):
        arguments = b"cnumpy\nndarray\nK\x00\x85U\x01b\x87"
        return self.function("numpy.core.multiarray _reconstruct") + arguments + b"R"

    def array_state(self):
        kind = self.kind()
        odd = self.rng.choice([*SHAPES, [self.number() for _ in range(self.rng.randrange(4))]])
        shape = self.rng.choice([(1, 3072), odd])
        size = math.prod(shape) * (8 if kind.endswith("8") else 1)
        data = bytes(size) if 0 <= size < 30_000 and self.rng.random() < 0.9 else None
        dtype = self.dtype(kind) + self.rng.choice([b"", self.dtype_state() + b"b"])
        dimensions = b"(" + b"".join(map(self.integer, shape)) + b"t"
        order = self.rng.choice([b"\x88", b"\x89"])
        return b"(K\x01" + dimensions + dtype + order + self.text(data, b"B") + b"t"

    def array(self):
        return self.unfinished_array() + self.array_state() + b"b"

    # A few instructions, over and over

    def bomb(self):
        """Two values, and a few instructions that make more of them, over and over."""
        first, second, join = self.rng.choice([
            (lambda: self.function(self.rng.choice(NEEDED_NAMES)), self.arguments, b"R"),
            (self.dtype, self.dtype_state, b"b"),
            (self.unfinished_array, self.array_state, b"b"),
            (self.value, self.value, self.rng.choice([b"\x86", b"a", b"R", b"b", b"\x93"])),
            (lambda: b"}", lambda: self.text() + b"N", b"s"),
        ])
        start = b"\x80\x02(" + first() + b"q\x00"
        again = b"h\x00" + second()
        if self.rng.random() < 0.5:  # the second value is made only once
            start += second() + b"q\x01"
            again = b"h\x00h\x01"
        again += join + self.rng.choice([b"", b"", b"q\x00", b"q\x00", b"q\x01"])
        times = min(self.rng.choice([10, 40, 500, 5000]), 1 + 50_000 // len(again))
        return start + again * times + b"t."
