"""Many files, one after the other, and the report on them."""

import collections
import sys
import tempfile
import time
import tracemalloc
import warnings
from dataclasses import dataclass, field
from pathlib import Path

from tests.datasets.fuzz.coverage import covered, steps
from tests.datasets.fuzz.programs import Author, valid_files
from tests.datasets.fuzz.trial import BATCHES, load_codecs, reader_for, try_out

try:
    import resource
except ImportError:  # Windows
    resource = None

SHORTENING = 5  # seconds, for a file that something was found with


@dataclass
class Report:
    """All that is printed at the end."""

    seed: int
    tried: int = 0
    seconds: float = 0
    processor_seconds: float = 0
    outcomes: collections.Counter = field(default_factory=collections.Counter)
    steps: set = field(default_factory=set)
    findings: dict = field(default_factory=dict)  # problem: the shortest file known to cause it
    slowest: float = 0
    hungriest: int = 0
    starters: int = 0

    def __str__(self):
        rows = [
            f"tried     {self.tried:,} files, seed {self.seed}; {self.starters} led to new steps",
            f"time      {self.seconds:.0f} s, of which {self.processor_seconds:.0f} s computing; "
            f"at most {self.slowest:.3f} s for one file",
            f"memory    at most {self.hungriest / 1e6:.1f} MB for one file; "
            f"peak of the whole process {peak_memory() / 1e6:.0f} MB",
            *covered(self.steps),
            f"outcomes  {len(self.outcomes)}",
            *(f"{count:>9,}  {outcome}" for outcome, count in self.outcomes.most_common()),
            f"findings  {len(self.findings) or 'none'}",
            *(f"  {problem}: {data!r}" for problem, data in self.findings.items()),
        ]
        return "\n".join(rows)


def peak_memory():
    """The most bytes that this process has had in memory; NaN where the system does not say."""
    if resource is None:
        return float("nan")
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def run(seconds, seed, batches=BATCHES, stop_at=None):
    """Try files for so many seconds, or until `stop_at` problems are found; return a Report."""
    report, corpus = Report(seed), valid_files()
    author, waiting = Author(seed, corpus), list(corpus)
    start, used = time.monotonic(), time.process_time()
    load_codecs()
    tracemalloc.start()
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pickletools deprecates escapes like '\\z' in a text
        path = Path(folder) / "batch"
        while time.monotonic() - start < seconds and len(report.findings) != stop_at:
            content = waiting.pop() if waiting else author.file()
            reader = reader_for(content, batches)
            trial = try_out(reader, path, content)
            report.tried += 1
            report.outcomes[trial.outcome] += 1
            report.slowest = max(report.slowest, trial.seconds)
            report.hungriest = max(report.hungriest, trial.bytes)
            if trial.problem:
                if trial.problem not in report.findings:
                    report.findings[trial.problem] = shortened(reader, path, content, trial.problem)
            elif report.outcomes[trial.outcome] % 4 == 1 and len(content) < 20_000:
                new = steps(reader[0], path) - report.steps
                if new:
                    report.steps |= new
                    report.starters += 1
                    corpus.append(content or b".")
    tracemalloc.stop()
    report.seconds = time.monotonic() - start
    report.processor_seconds = time.process_time() - used
    return report


def shortened(reader, path, content, problem):
    """Leave out of `content` what is not needed for `problem`: halves first, single bytes last."""
    end, size = time.monotonic() + SHORTENING, len(content) // 2
    while size:
        at = 0
        while at < len(content) and time.monotonic() < end:
            shorter = content[:at] + content[at + size :]
            if try_out(reader, path, shorter).problem == problem:
                content = shorter
            else:
                at += size
        size //= 2
    return content
