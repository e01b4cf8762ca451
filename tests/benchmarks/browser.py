"""How long does a slider take, from the key to the new picture on the screen?

    python -m tests.benchmarks.browser [--moves 100] [--explorer gradients noise ...]

In a real JupyterLab in a headless Chromium, at the default settings of each explorer. A slider has
the focus, and the arrow keys move it, one move after the other: each waits until the picture of the
one before is there. The clock is the page's own, from the key's event to the frame after the new
picture has been decoded. Then the key is held down, as in dragging, to see whether pictures queue.
Close other programs first: the load of the machine is printed.
"""

import argparse
import os
import tempfile
from pathlib import Path

import nbformat
import numpy as np
from playwright.sync_api import sync_playwright

from tests.notebooks import browser

GOALS = "goals: median below 80 ms, 95 % below 150 ms"
IMPORTS = """
import numpy as np
from course_lib import datasets
from course_lib.figures import (
    gradient_explorer, lesson_01_data_loading, lesson_02_conv_forward,
    lesson_04_softmax, lesson_05_minibatch,
)
dataset, rng = datasets.load(), np.random.default_rng(0)
"""
EXPLORERS = {
    "gradients": "gradient_explorer.GradientExplorer()",
    "images": "lesson_01_data_loading.image_browser(dataset.train_images, dataset.train_labels,"
    " dataset.class_names)",
    "windows": "lesson_02_conv_forward.window_explorer(rng.random((10, 10)))",
    "losses": "lesson_04_softmax.loss_explorer()",
    "noise": "lesson_05_minibatch.noise_explorer({'start': rng.normal(0.1, 1, (500, 100))})",
}
# From a key's event to the frame after the picture with the new address has been decoded.
WATCH = """() => {
    window.times = [];
    window.pictures = 0;
    const picture = document.querySelector('img.widget-image');
    let pressed = null;
    document.addEventListener('keydown', () => { pressed = performance.now(); }, true);
    new MutationObserver(async () => {
        window.pictures += 1;
        await picture.decode().catch(() => {});
        requestAnimationFrame(() => {
            if (pressed === null) return;
            window.times.push(performance.now() - pressed);
            pressed = null;
        });
    }).observe(picture, {attributes: true, attributeFilter: ['src']});
}"""
HELD, EVERY = 100, 25  # keys, and milliseconds from one to the next


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--moves", type=int, default=100)
    parser.add_argument("--explorer", nargs="+", choices=EXPLORERS, default=list(EXPLORERS))
    options = parser.parse_args()
    print(
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before the start; {GOALS}\n"
        f"{'milliseconds':32} {'n':>4} {'median':>8} {'95 %':>6}   [min .. max]",
        flush=True,
    )
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        folder = Path(scratch, "notebooks")
        folder.mkdir()
        for name in options.explorer:
            write_notebook(folder / f"{name}.ipynb", EXPLORERS[name])
        chromium = playwright.chromium.launch(
            executable_path=browser.CHROMIUM, args=browser.CHROMIUM_OPTIONS
        )
        with browser.jupyterlab(folder, scratch) as address:
            for name in options.explorer:
                notebook = browser.NotebookPage(chromium, address, f"{name}.ipynb")
                notebook.run_all()
                measure(name, notebook.page, options.moves)
                assert notebook.problems == [] and notebook.tracebacks() == []
                notebook.close()
        chromium.close()


def write_notebook(file, explorer):
    cell = nbformat.v4.new_code_cell(IMPORTS + explorer)
    notebook = nbformat.v4.new_notebook(cells=[cell])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, file)


def measure(name, page, moves):
    """Move each slider of the explorer there and back; then hold the key of the first one down."""
    page.wait_for_selector("img.widget-image")
    page.evaluate(WATCH)
    handles = [
        handle
        for handle in page.locator(".widget-slider .noUi-handle").all()
        if handle.get_attribute("disabled") is None
    ]
    times = []
    for handle in handles:
        handle.focus()
        each = -(-moves // len(handles))
        for key in ["ArrowRight", "ArrowLeft"] * -(-each // 2):
            page.evaluate("window.times.length = 0")
            page.keyboard.press(key)
            try:
                page.wait_for_function("window.times.length > 0", timeout=3000, polling=5)
            except Exception:  # at its end: this key changes nothing
                continue
            times.append(page.evaluate("window.times[0]"))
            page.wait_for_timeout(30)
    low, middle, high, top = np.percentile(times, [0, 50, 95, 100])
    print(
        f"{name + ', a move':32} {len(times):4} {middle:8.0f} {high:6.0f}   "
        f"[{low:.0f} .. {top:.0f}]",
        flush=True,
    )
    hold(name, page, handles[0])


def hold(name, page, handle):
    """Press the key again and again without waiting; say how many pictures came of it."""
    handle.focus()
    page.evaluate("window.pictures = 0")
    for _ in range(HELD):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(EVERY)
    seen = page.evaluate("window.pictures")
    page.wait_for_timeout(300)
    late = page.evaluate("window.pictures") - seen
    page.wait_for_timeout(1000)
    later = page.evaluate("window.pictures") - seen - late
    print(
        f"  {HELD} moves, one every {EVERY} ms: {seen} pictures meanwhile, {late} within 0.3 s "
        f"after the last, {later} later",
        flush=True,
    )


if __name__ == "__main__":
    main()
