// What ipywidgets leaves out: names for sliders, alternative texts for pictures, and keys that stay.

function write(part, name, value) {
  if (part.getAttribute(name) !== value) part.setAttribute(name, value);
}

// Name every slider after its label, and its value as the page writes it.
function nameSliders(output) {
  for (const slider of output.querySelectorAll(".widget-slider")) {
    const handle = slider.querySelector(".noUi-handle"), readout = slider.querySelector(".widget-readout");
    const label = slider.querySelector(".widget-label")?.textContent;
    if (!handle || !readout || !label) continue;
    write(handle, "aria-label", label);
    write(handle, "aria-valuetext", readout.textContent);
    write(readout, "role", "textbox");
    write(readout, "aria-label", `${label}, typed`);
  }
}

// Give every picture the text of class "alternative" beside it.
function namePictures(output) {
  for (const picture of output.querySelectorAll("img.widget-image")) {
    const text = picture.closest(".widget-vbox")?.querySelector(".alternative")?.textContent;
    if (text) write(picture, "alt", text);
  }
}

// Keep the keys of menus and sliders from JupyterLab: it would go to another cell with them.
function keepKeys(output) {
  for (const part of output.querySelectorAll("select, .noUi-handle")) write(part, "data-lm-suppress-shortcuts", "true");
}

function aid(output) {
  nameSliders(output);
  namePictures(output);
  keepKeys(output);
}

// Aid the output that `el` stands in, and again whenever something changes there. What is there
// already is not written again, so that it comes to rest.
function render({ el }) {
  let frame = null, observer = null;
  const begin = () => {
    if (!el.isConnected) {  // not on the page yet
      frame = requestAnimationFrame(begin);
      return;
    }
    const output = el.closest(".jp-OutputArea-output") ?? document.body;
    aid(output);
    observer = new MutationObserver(() => aid(output));
    observer.observe(output, { subtree: true, childList: true, characterData: true, attributeFilter: ["aria-valuetext"] });
  };
  begin();
  return () => {
    cancelAnimationFrame(frame);
    observer?.disconnect();
  };
}

export default { render };
