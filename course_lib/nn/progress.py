"""The progress bar of a training run: where it stands, and how well it goes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Bar:
    """A bar that shows nothing."""

    def advance(self, epoch: Any) -> None:  # a training.Epoch
        """One mini-batch is done; epoch.loss and epoch.accuracy are the means so far."""


class ShownBar(Bar):
    """A bar of tqdm's, which knows terminals and notebooks."""

    def __init__(self, bar: Any) -> None:
        self.bar = bar

    def advance(self, epoch: Any) -> None:  # a training.Epoch
        self.bar.set_postfix(
            loss=f"{epoch.loss:.3f}", accuracy=f"{epoch.accuracy:.1%}", refresh=False
        )
        self.bar.update()


@contextmanager
def progress_bar(history: Any, shown: bool = True) -> Iterator[Bar]:  # a training.History
    """Give a Bar for the mini-batches that the history plans, and take it away at the end."""
    if not shown:
        yield Bar()
        return
    from tqdm.auto import tqdm

    with tqdm(total=history.planned, desc="training", unit="batch", leave=False) as bar:
        yield ShownBar(bar)
