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

    error: the exception's name, or "".
    """

    printed: str = ""
    warnings: str = ""
    error: str = ""
    traceback: str = ""
    outputs: list = field(default_factory=list)


class LiveKernel:
    """A kernel for a `with` block, started in `folder`."""

    def __init__(self, folder=NOTEBOOKS):
        self.folder = folder

    def __enter__(self):
        self.manager, self.client = start_new_kernel(kernel_name="python3", cwd=str(self.folder))
        return self

    def __exit__(self, *exception):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def run(self, code, stop_after=None):
        """Run a cell and return its Result.

        stop_after: seconds after which the stop button is pressed, counted from the moment at which
        the cell prints "ready".
        """
        result, request = Result(), self.client.execute(code)
        end = time.monotonic() + SECONDS
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
                    self.press()
            elif kind == "error":
                result.error = content["ename"]
                result.traceback = COLOURS.sub("", "\n".join(content["traceback"]))
            elif kind in ("execute_result", "display_data"):
                result.outputs.append(content["data"].get("text/plain", ""))
            elif kind == "status" and content["execution_state"] == "idle":
                self.client.get_shell_msg(timeout=10)
                return result

    def press(self):
        """Press the stop button."""
        self.manager.interrupt_kernel()
