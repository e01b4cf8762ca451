"""What screen readers and keyboard users need, and ipywidgets leaves out.

ipywidgets draws sliders without a name for a screen reader to say, pictures without alternative
text, and menus that look hardly any different when they have the keyboard focus. Python can reach
none of this, so each view in the course holds an invisible piece of HTML that puts it right in the
page.
"""

import html

import ipywidgets

FOCUS = """
.jupyter-widgets :is(select, input, button, .noUi-handle, .widget-readout):focus-visible {
    outline: 2px solid var(--jp-content-font-color1, black) !important; outline-offset: 1px;
}
"""
# Names every slider of the output after its label, and its value as the page writes it; every
# picture after the text of class "alternative" beside it. It does so again whenever one of these
# changes, and writes only what is not there yet, so that it comes to rest.
NAMES = """
const page = this.closest('.jp-OutputArea-output') ?? document.body;
const write = (part, name, value) => {
    if (part.getAttribute(name) !== value) part.setAttribute(name, value);
};
const name_sliders = () => page.querySelectorAll('.widget-slider').forEach(slider => {
    const handle = slider.querySelector('.noUi-handle');
    const readout = slider.querySelector('.widget-readout');
    const label = slider.querySelector('.widget-label')?.textContent;
    if (!handle || !readout || !label) return;
    write(handle, 'aria-label', label);
    write(handle, 'aria-valuetext', readout.textContent);
    write(readout, 'role', 'textbox');
    write(readout, 'aria-label', label + ', typed');
});
const name_pictures = () => page.querySelectorAll('img.widget-image').forEach(picture => {
    const text = picture.closest('.widget-vbox')?.querySelector('.alternative')?.textContent;
    if (text) write(picture, 'alt', text);
});
const name_all = () => { name_sliders(); name_pictures(); };
name_all();
new MutationObserver(name_all).observe(page, {
    subtree: true, childList: true, characterData: true, attributeFilter: ['aria-valuetext'],
});
"""
# Seen by nobody, and read by a screen reader.
UNSEEN = (
    "position: absolute; width: 1px; height: 1px; overflow: hidden; "
    "clip-path: inset(50%); white-space: nowrap"
)


def aids() -> ipywidgets.HTML:
    """Return an invisible widget, to stand in a view beside its controls."""
    value = f'<style onload="{html.escape(NAMES)}">{FOCUS}</style>'
    return ipywidgets.HTML(value, layout=ipywidgets.Layout(display="none"))


def status(text: str) -> str:
    """Return HTML, in bold letters, that a screen reader says as soon as it appears."""
    return f'<b role="status">{html.escape(text)}</b>' if text else ""


def alternative(text: str, said: bool = True) -> str:
    """Return invisible HTML with a picture's alternative text. said: as soon as it changes, too."""
    role = 'role="status" ' if said else ""
    return f'<span {role}class="alternative" style="{UNSEEN}">{html.escape(text)}</span>'
