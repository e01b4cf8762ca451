"""A real JupyterLab in a headless Chromium, for the tests that look at what a person sees."""

import base64
import hashlib
import importlib.util
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from jupyterlab.commands import get_app_dir

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-sync",
    "--disable-component-update",
    "--no-first-run",
]
TOKEN = "course-tests"
SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "notebook-extension/tracker": {"windowingMode": "none"},
}
# What a strict server would let a page do: no scripts from elsewhere, and no handlers in its markup.
POLICY = "script-src 'self' 'unsafe-eval' blob: {own}; style-src 'self' 'unsafe-inline'"
KERNEL_IS_IDLE = """() => {
    const context = window.jupyterapp?.shell.currentWidget?.sessionContext;
    return context?.isReady && context.session?.kernel?.status === 'idle';
}"""
CELLS_ARE_WAITING = """() => [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')]
    .some(prompt => prompt.innerText.includes('*'))"""


@contextmanager
def jupyterlab(folder, home, course=None):
    """Serve `folder` with JupyterLab on a free local port; yield the address. `home` is scratch.

    course: the checkout whose library and tests the kernels import; by default what is installed.
    Where the package `notebook` is installed, the same server has Notebook 7 under /notebooks.
    """
    port = _free_port()
    for name, values in SETTINGS.items():
        file = Path(home, "settings", "@jupyterlab", f"{name}.jupyterlab-settings")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values))
    environment = {
        **os.environ,
        "JUPYTER_CONFIG_DIR": f"{home}/config",
        "JUPYTERLAB_SETTINGS_DIR": f"{home}/settings",
        "JUPYTERLAB_WORKSPACES_DIR": f"{home}/workspaces",
    }
    for name in ("COURSE_DATASET", "COURSE_LEARNER_FOLDER"):
        environment.pop(name, None)
    if course:
        first = [str(course), environment.get("PYTHONPATH")]
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, first))
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        "--allow-root",
        f"--port={port}",
        f"--IdentityProvider.token={TOKEN}",
        "--LabApp.expose_app_in_browser=True",
        "--JupyterNotebookApp.expose_app_in_browser=True",
        f"--ServerApp.root_dir={folder}",
        f"--ServerApp.tornado_settings={ {'headers': {'Content-Security-Policy': _policy()}} }",
    ]
    log = Path(home, "server.log").open("w")
    server = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_until_served(f"{address}/api?token={TOKEN}", server, Path(home, "server.log"))
        yield address
    finally:
        server.terminate()
        server.wait(30)
        log.close()


def _policy():
    """POLICY, and the scripts in Jupyter's own pages (they take the token out of the address)."""
    pages = [Path(get_app_dir(), "static", "index.html")]
    if notebook := importlib.util.find_spec("notebook"):
        pages.append(Path(notebook.origin).with_name("templates") / "notebooks.html")
    texts = [page.read_text(encoding="utf-8") for page in pages]
    scripts = [
        script for text in texts for script in re.findall("<script>(.*?)</script>", text, re.S)
    ]
    digests = [base64.b64encode(hashlib.sha256(script.encode()).digest()) for script in scripts]
    return POLICY.format(own=" ".join(f"'sha256-{digest.decode()}'" for digest in digests))


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_served(url, server, log, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()}")


class NotebookPage:
    """One notebook, open in a browser tab of its own.

    `problems` collects what the browser's console calls an error, as it does what breaks POLICY, and
    errors of the page itself.
    """

    def __init__(self, browser, address, name, path="lab/tree", **context_options):
        """path: "lab/tree" opens it in JupyterLab, "notebooks" in Notebook 7."""
        options = {"viewport": {"width": 1280, "height": 1000}, **context_options}
        self.context = browser.new_context(**options)
        self.page = self.context.new_page()
        self.problems = []
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.goto(f"{address}/{path}/{name}?token={TOKEN}&reset")
        self.page.wait_for_function(KERNEL_IS_IDLE, timeout=90_000)

    def _note(self, message):
        if message.type == "error":
            self.problems.append(message.text)

    def run_all(self, seconds=300):
        """Run every cell, and wait until the last is done, or one has stopped the run."""
        self.page.evaluate("() => { window.jupyterapp.commands.execute('runmenu:run-all'); }")
        self.page.wait_for_function(CELLS_ARE_WAITING, timeout=30_000)
        self.page.wait_for_function(f"() => !({CELLS_ARE_WAITING})()", timeout=seconds * 1000)
        self.page.wait_for_timeout(500)

    def tracebacks(self):
        """The ends of the errors that cells show, and of what they write to stderr."""
        shown = self.page.locator('[data-mime-type="application/vnd.jupyter.stderr"]')
        return [re.sub(r"\s+", " ", text)[-300:] for text in shown.all_inner_texts()]

    def pictures(self):
        """The addresses of all explorers' pictures: a new picture has a new address."""
        images = self.page.locator("img.widget-image").all()
        return [image.get_attribute("src") for image in images]

    def wait_for_change(self, before, seconds=10):
        """Wait until one of the pictures is another than `before`."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.pictures() != before:
                return
            self.page.wait_for_timeout(20)
        raise AssertionError("the picture did not change")

    def close(self):
        self.context.close()
