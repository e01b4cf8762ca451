"""A kernel as JupyterLab has one: cells are run in it, and it is interrupted by the stop button."""

import re
import time
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty

from jupyter_client.manager import start_new_kernel

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
COLOURS = re.compile(r"\x1b\[[\d;]*m")
SECONDS = 900  # for one cell; some train for minutes on a busy machine


@dataclass
class Result:
    """What the page shows of a cell that was run: each text as one string, without colours.

    error: the exception's name, or "". seconds_to_stop: from the last press to the cell's end.
    """

    printed: str = ""
    warnings: str = ""
    error: str = ""
    traceback: str = ""
    outputs: list = field(default_factory=list)
    seconds_to_stop: float = 0.0


class LiveKernel:
    """A kernel for a `with` block, started in `folder`. environment: all of its variables."""

    def __init__(self, folder=NOTEBOOKS, environment=None):
        self.options = {"cwd": str(folder)} | ({"env": environment} if environment else {})

    def __enter__(self):
        self.manager, self.client = start_new_kernel(kernel_name="python3", **self.options)
        return self

    def __exit__(self, *exception):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def run(self, code, stop_after=None, presses=1):
        """Run a cell and return its Result.

        stop_after: seconds after which the stop button is pressed, counted from the moment at which
        the cell prints "ready". presses: how many times, a twentieth of a second apart.
        """
        result, request = Result(), self.client.execute(code)
        pressed = end = time.monotonic() + SECONDS
        while True:
            assert time.monotonic() < end, f"the cell ran for more than {SECONDS} s: {code}"
            try:
                message = self.client.get_iopub_msg(timeout=1)
            except Empty:
                continue
            if message["parent_header"].get("msg_id") != request:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "stream":
                text = content["text"]
                if content["name"] == "stdout":
                    result.printed += text
                else:
                    result.warnings += text
                if stop_after is not None and "ready" in text:
                    time.sleep(stop_after)
                    pressed = self.press(presses)
            elif kind == "error":
                result.error = content["ename"]
                result.traceback = COLOURS.sub("", "\n".join(content["traceback"]))
            elif kind in ("execute_result", "display_data"):
                result.outputs.append(content["data"].get("text/plain", ""))
            elif kind == "status" and content["execution_state"] == "idle":
                result.seconds_to_stop = time.monotonic() - pressed
                self.client.get_shell_msg(timeout=10)
                return result

    def press(self, times=1):
        """Press the stop button; return the time at which that was done."""
        for number in range(times):
            time.sleep(0.05 * (number > 0))
            self.manager.interrupt_kernel()
        return time.monotonic()
