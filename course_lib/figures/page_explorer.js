// What all explorers in the page share: the controls, the way to Python and back, and the words.
//
// An explorer's own file follows this one in the same module. It has
//   create(area, explorer) -> draw(settings, numbers)   makes the picture in the element `area`
//   compute(settings, numbers) -> numbers               where the page can do without Python
// and uses explorer.set({name: value}), element, grabbed, holdPage and number from here.

const SVG = "http://www.w3.org/2000/svg";
const SHAPES = new Set(["svg", "g", "rect", "circle", "line", "path", "polyline", "polygon", "text", "tspan", "title", "image"]);

// Make an element of a page or of an SVG picture inside `parent`, with attributes and a text.
function element(parent, name, attributes = {}, text) {
  const made = SHAPES.has(name) ? document.createElementNS(SVG, name) : document.createElement(name);
  change(made, attributes);
  if (text !== undefined) made.textContent = text;
  parent?.append(made);
  return made;
}

function change(part, attributes) {
  for (const [name, value] of Object.entries(attributes)) part.setAttribute(name, value);
}

// A number as a reader wants it: 3, 0.25, −1.2, 4e−12.
function number(value, digits = 3) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "∞" : "−∞";
  const small = value !== 0 && Math.abs(value) < 1e-3, large = Math.abs(value) >= 1e6;
  const text = small || large ? value.toExponential(1).replace("e+", "e") : String(Number(value.toPrecision(digits)));
  return text.replaceAll("-", "−");
}

// Colours for signed numbers: vermilion below 0, white at 0, blue above; light enough for black
// text. most: the largest size.
function signed(value, most) {
  const strength = most ? Math.min(1, Math.abs(value) / most) : 0;
  const end = value < 0 ? [184, 72, 0] : [0, 114, 178];
  return `rgb(${end.map((part) => Math.round(255 + (part - 255) * strength * 0.62)).join(",")})`;
}

// The steps of the keys, to the right and down: Home and End go as far as it goes.
const STEPS = {
  ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
  PageUp: [0, -5], PageDown: [0, 5], Home: [-Infinity, 0], End: [Infinity, 0],
};
const KEYS = "Arrow keys: one step. Page up and page down: five. Home and end: the first and the last place.";

// Where the pointer is, in the picture's own units.
function pointIn(picture, event) {
  return new DOMPoint(event.clientX, event.clientY).matrixTransform(picture.getScreenCTM().inverse());
}

// Let a part of the picture be moved: by the pointer, along with it, and by keys.
// at(x, y): the pointer's place in the picture's own units. by(dx, dy): steps, for `by` to keep in range.
function grabbed(part, picture, { at, by, label }) {
  change(part, { class: "grab", tabindex: 0, role: "application", "aria-label": label, "aria-description": KEYS });
  part.setAttribute("data-lm-suppress-shortcuts", "true");
  part.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    by(...step);
  });
  const place = (event) => {
    const point = pointIn(picture, event);
    at(point.x, point.y);
  };
  part.addEventListener("pointerdown", (event) => {
    part.setPointerCapture(event.pointerId);
    part.focus({ preventScroll: true });
    place(event);
    event.preventDefault();
  });
  part.addEventListener("pointermove", (event) => { if (part.hasPointerCapture(event.pointerId)) place(event); });
  holdPage(part);
}

// Keep the page from scrolling while a finger moves here: CSS's touch-action does not reach the
// parts of an SVG picture, and the browser would take the finger away after its first move.
function holdPage(part) {
  part.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
}

// One control, as Python describes it. Returns a function that shows the settings in it.
function control(parent, spec, explorer) {
  const own = (node) => { node.setAttribute("data-lm-suppress-shortcuts", "true"); return node; };
  if (spec.kind === "start") {
    const button = own(element(parent, "button", { type: "button" }, spec.label));
    button.addEventListener("click", () => explorer.set(spec.settings));
    return (settings) => button.setAttribute("aria-pressed", Object.entries(spec.settings).every(
      ([name, value]) => JSON.stringify(settings[name]) === JSON.stringify(value)));
  }
  if (spec.kind === "group") return group(parent, spec, explorer);
  if (spec.kind === "play") return player(parent, spec, explorer, own);
  const label = element(parent, "label", spec.about ? { title: spec.about } : {});
  if (spec.kind === "toggle") {
    const box = own(element(label, "input", { type: "checkbox", "aria-description": spec.about ?? "" }));
    label.append(spec.label);
    box.addEventListener("change", () => explorer.set({ [spec.name]: box.checked }));
    return (settings) => { box.checked = settings[spec.name]; };
  }
  label.append(spec.label);
  if (spec.kind === "choice") {
    const menu = own(element(label, "select", { "aria-description": spec.about ?? "" }));
    for (const value of spec.values) element(menu, "option", { value }, value);
    menu.addEventListener("change", () => explorer.set({ [spec.name]: menu.value }));
    return (settings) => { menu.value = settings[spec.name]; };
  }
  const places = spec.values;
  const range = places ? { min: 0, max: places.length - 1, step: 1 } : { min: spec.low, max: spec.high, step: spec.step };
  const bar = own(element(label, "input", { type: "range", ...range }));
  const readout = element(label, "output");
  bar.addEventListener("input", () => explorer.set({ [spec.name]: places ? places[bar.value] : Number(bar.value) }));
  return (settings) => {
    const value = settings[spec.name];
    bar.value = places ? places.indexOf(value) : value;
    readout.textContent = number(value);
    bar.setAttribute("aria-valuetext", readout.textContent);
  };
}

// Controls that belong together: buttons joined to one control, or a frame with a heading, which may
// count the settings that have certain values.
function group(parent, spec, explorer) {
  const box = element(parent, "div", { role: "group", "aria-label": spec.label, class: `group ${spec.look}` });
  const heading = element(box, "span", {}, spec.label);
  const shown = spec.controls.map((each) => control(box, each, explorer));
  const counted = Object.entries(spec.settings ?? {});
  return (settings) => {
    shown.forEach((show) => show(settings));
    if (!counted.length) return;
    const count = counted.filter(([name, value]) => settings[name] === value).length;
    heading.textContent = `${spec.label}: ${count} of ${counted.length} ${spec.counted}`;
  };
}

// Take away the controls that mean nothing with these settings (`when` says with which they do),
// and put them back in their places. What stays is not touched: it may have the focus.
function keepUseful(bar, parts, specs, settings) {
  let next = bar.lastElementChild;  // reset
  for (let i = parts.length - 1; i >= 0; i -= 1) {
    const useful = Object.entries(specs[i].when ?? {}).every(([name, value]) => settings[name] === value);
    if (!useful) parts[i].remove();
    else if (!parts[i].isConnected) bar.insertBefore(parts[i], next);
    if (useful) next = parts[i];
  }
}

// A button that plays, and pauses. It ends at the end, and then begins again from the start.
function player(parent, spec, explorer, own) {
  const button = own(element(parent, "button", { type: "button", "aria-pressed": "false", title: "Escape stops it" }, spec.label));
  let timer = null;
  const stop = () => {
    clearInterval(timer);
    timer = null;
    button.textContent = spec.label;
    button.setAttribute("aria-pressed", "false");
  };
  const step = () => {
    if (!button.isConnected) return stop();
    const next = explorer.settings()[spec.name] + spec.step;
    if (next > spec.high) return stop();
    explorer.set({ [spec.name]: next }, true);
  };
  button.addEventListener("click", () => {
    if (timer !== null) return stop();
    if (explorer.settings()[spec.name] >= spec.high) explorer.set({ [spec.name]: spec.low }, true);
    button.textContent = "pause";
    button.setAttribute("aria-pressed", "true");
    timer = setInterval(step, 1000 / spec.per_second);
  });
  explorer.stopped.push(stop);
  return () => {};
}

function render({ model, el }) {
  const names = model.get("setting_names");
  const settings = () => Object.fromEntries(names.map((name) => [name, model.get(name)]));
  const first = settings();
  const inPage = typeof compute === "function";
  const card = element(el, "div", { class: "course-explorer" });
  const bar = element(card, "div", { class: "controls" });
  const area = element(card, "div", { class: "picture" });
  const words = element(card, "p", { class: "words", "aria-hidden": "true" });
  const said = element(card, "div", { class: "unseen", role: "status" });

  const sent = () => ({ ...model.get("sent_once"), ...model.get("sent_each_time") });
  let waiting = false, moved = false, frame = null, saying = null, saving = null, nudging = null;
  const send = () => {  // one question at a time: Python answers the last position only
    if (waiting) { moved = true; return; }
    waiting = true;
    moved = false;
    model.save_changes();
    nudge(3);
  };
  // Jupyter's server holds a small packet back until the page has acknowledged the one before, which
  // takes a page that has nothing to say 40 ms. So it says something.
  const nudge = (times) => {
    clearTimeout(nudging);
    if (!waiting || times === 0) return;
    nudging = setTimeout(() => { model.send({ nudge: true }); nudge(times - 1); }, 12);
  };
  const paint = () => {
    frame = null;
    const now = settings();
    const numbers = inPage ? compute(now, sent()) : sent();
    shown.forEach((show) => show(now));
    keepUseful(bar, parts, specs, now);
    draw(now, numbers);
    if (!inPage) card.dataset.turn = numbers.turn;  // so that one can see which answer is shown
    words.textContent = numbers.words;
    clearTimeout(saying);
    saying = setTimeout(() => { said.textContent = numbers.words; }, 400);
  };
  const soon = () => { frame ??= requestAnimationFrame(paint); };
  const explorer = {
    settings,
    stopped: [],
    stop: () => explorer.stopped.forEach((stop) => stop()),
    numbers: sent,
    set(values, playing = false) {
      if (!playing) explorer.stop();
      const same = ([name, value]) => JSON.stringify(model.get(name)) === JSON.stringify(value);
      if (Object.entries(values).every(same)) return;  // nothing to send: no answer would come
      for (const [name, value] of Object.entries(values)) model.set(name, value);
      soon();
      if (!inPage) return send();
      clearTimeout(saving);
      saving = setTimeout(() => model.save_changes(), 200);  // for Python, when the hand rests
    },
  };
  const specs = model.get("controls"), shown = specs.map((spec) => control(bar, spec, explorer));
  const parts = [...bar.children];
  const reset = element(bar, "button", { type: "button", "data-lm-suppress-shortcuts": "true" }, "reset");
  reset.addEventListener("click", () => explorer.set(first));
  card.addEventListener("keydown", (event) => { if (event.key === "Escape") explorer.stop(); });
  const draw = create(area, explorer);
  const answered = () => {
    waiting = false;
    soon();
    if (moved) send();
  };
  model.on("change:sent_each_time", answered);
  names.forEach((name) => model.on(`change:${name}`, soon));
  paint();
  return () => {
    explorer.stop();
    [saying, saving, nudging].forEach(clearTimeout);
    if (frame !== null) cancelAnimationFrame(frame);
  };
}

export default { render };

