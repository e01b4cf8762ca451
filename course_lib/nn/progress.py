"""The progress bar of a training run: where it stands, and how well it goes."""

from contextlib import contextmanager


class Bar:
    """A bar that shows nothing."""

    def advance(self, epoch):
        """One mini-batch is done; epoch.loss and epoch.accuracy are the means so far."""


class ShownBar(Bar):
    """A bar of tqdm's, which knows terminals and notebooks."""

    def __init__(self, bar):
        self.bar = bar

    def advance(self, epoch):
        self.bar.set_postfix(
            loss=f"{epoch.loss:.3f}", accuracy=f"{epoch.accuracy:.1%}", refresh=False
        )
        self.bar.update()


@contextmanager
def progress_bar(history, shown=True):
    """Give a Bar for the mini-batches that the history plans, and take it away at the end."""
    if not shown:
        yield Bar()
        return
    from tqdm.auto import tqdm

    with tqdm(total=history.planned, desc="training", unit="batch", leave=False) as bar:
        yield ShownBar(bar)
