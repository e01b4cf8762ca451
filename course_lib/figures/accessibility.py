"""What screen readers and keyboard users need, and ipywidgets leaves out.

ipywidgets draws sliders without a name for a screen reader to say, pictures without alternative
text, and menus that look hardly any different when they have the keyboard focus. Python can reach
none of this, so each view in the course holds an invisible widget that puts it right in the page.
"""

import html

import anywidget
import ipywidgets

from .page_explorer import read

# Seen by nobody, and read by a screen reader.
UNSEEN = (
    "position: absolute; width: 1px; height: 1px; overflow: hidden; "
    "clip-path: inset(50%); white-space: nowrap"
)


class Aids(anywidget.AnyWidget):
    """An invisible widget, which names what stands beside it in the page. See accessibility.js."""

    _esm = read("accessibility.js")
    _css = read("accessibility.css")


def aids() -> Aids:
    """Return an invisible widget, to stand in a view beside its controls."""
    return Aids(layout=ipywidgets.Layout(display="none"))


def alternative(text: str) -> str:
    """Return invisible HTML with a picture's alternative text, said as soon as it changes, too."""
    said = f'<span role="status" class="alternative" style="{UNSEEN}">'
    return f"{said}{html.escape(text)}</span>"
