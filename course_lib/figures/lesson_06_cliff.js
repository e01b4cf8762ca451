// The cliff: the size of each layer's gradient on axes that never move, and what each layer puts out.
//
// numbers, from Python: gradients (of the weights), arriving (the gradients of the outputs) and spread
// (of the outputs): one for each layer, null where it is not finite. labels: the exponents at which
// their names stand, null for none; band: that of the band's. outputs (shares in bins, for each layer
// but the last), saturated and dead (shares), sigma and marks (the σ of the hidden layers, and of He
// and Xavier), loss (before and after), accuracy, words.

const CHART = { left: 58, right: 556, top: 22, bottom: 284, low: -24, high: 4, layers: 50 };
const CURVES = {  // each with a darker colour for its name
  gradients: { name: "gradient of the weights", stroke: "#0072B2", "stroke-width": 2, ink: "#005b8f" },
  arriving: { name: "gradient that arrives", stroke: "#3C9AD0", "stroke-width": 1.6, ink: "#226f9e" },
  spread: { name: "spread of the outputs", stroke: "#C58600", "stroke-width": 1.6, "stroke-dasharray": "6 4", ink: "#8a5e00" },
};
const BESIDE = 12;  // so far from the last layer stand the names
const SHALLOW = 7;  // with fewer layers there is no room for the first one's size
const NARROW = 560;  // in a narrower page, what stands beside the chart goes below it
const BAND = { low: -3, high: 0 };
const STRIP = { top: 314, bottom: 366, shares: 16 };
const SIGMA = { x: 772, top: 46, bottom: 274, low: -2, high: 1 };
const BLUES = ["#e3eef6", "#b9d6e9", "#7fb2d8", "#3e8ec4", "#0072b2"];  // the more, the darker
const GHOSTS = 8, FAR = 2.5, LONGER = 4;  // a ghost is kept if it is so many powers of ten or layers away
const VISIBLE = 0.02;  // a share that can be seen
const NEAR = 0.03;  // powers of ten: so close to the σ of He or Xavier, the dot goes there

const across = (layer) => CHART.left + (layer - 1) * (CHART.right - CHART.left) / (CHART.layers - 1);
const up = (exponent) => CHART.bottom - (exponent - CHART.low) / (CHART.high - CHART.low) * (CHART.bottom - CHART.top);
const sigmaUp = (exponent) => SIGMA.bottom - (exponent - SIGMA.low) / (SIGMA.high - SIGMA.low) * (SIGMA.bottom - SIGMA.top);

// A size as Python's words have it, such as 0.025, 1,250 or 3.3·10⁻¹⁰; a power of ten, such as 10⁻⁶.
function size(value) {
  if (value === null) return "not a number";
  if (value === 0) return "exactly 0";
  if (value >= 10 && value < 1e6) return Math.round(value).toLocaleString("en-US");
  if (value >= 1e-3 && value < 10) return String(Number(value.toPrecision(2)));
  const [digits, exponent] = value.toExponential(1).split("e");
  return `${digits}·${power(Number(exponent))}`;
}

function power(exponent) {
  const raised = (letter) => (letter === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[letter]);
  return `10${[...String(exponent)].map(raised).join("")}`;
}

const logarithms = (values) => values.map((value) => (value > 0 ? Math.log10(value) : null));

// Where the curve of these exponents runs within the axes; null breaks it.
function curve(exponents) {
  const inside = (e) => Math.max(CHART.low, Math.min(CHART.high, e));
  const pieces = [];
  for (let i = 1; i < exponents.length; i += 1) {
    const a = exponents[i - 1], b = exponents[i];
    if (a === null || b === null || (inside(a) === inside(b) && inside(a) !== a)) continue;
    const share = (e, end) => (a === b ? end : (inside(e) - a) / (b - a));  // of the way from a to b
    pieces.push(`M${across(i + share(a, 0)).toFixed(1)},${up(inside(a)).toFixed(1)}L${across(i + share(b, 1)).toFixed(1)},${up(inside(b)).toFixed(1)}`);
  }
  return pieces.join("");
}

const dot = (x, y) => `M${(x - 3.4).toFixed(1)},${y.toFixed(1)}a3.4,3.4 0 1,0 6.8,0a3.4,3.4 0 1,0 -6.8,0`;
const down = (x, y) => `M${x - 5},${y - 4}h10l-5,8z`;
const upward = (x, y) => `M${x - 5},${y + 4}h10l-5,-8z`;
const cross = (x, y) => `M${x - 4},${y - 4}l8,8m-8,0l8,-8`;

// Whether two curves are so different that both are worth seeing.
function far(one, other) {
  if (Math.abs(one.length - other.length) >= LONGER) return true;
  return one.some((e, i) => e !== null && i < other.length && other[i] !== null && Math.abs(e - other[i]) >= FAR);
}

export function create(area, explorer) {
  area.parentElement.classList.add("cliff");
  const picture = element(area, "svg", { viewBox: "0 0 880 404", role: "group", "aria-label": "gradients and outputs of each layer" });
  const band = frame(picture);
  const ghosts = element(picture, "g", { fill: "none", stroke: "#8a8a8a", "stroke-width": 1.5 });
  const curves = Object.entries(CURVES).map(([name, { name: words, ink, ...look }]) => ({
    name, words, ink, path: element(picture, "path", { fill: "none", ...look }) }));
  const dots = element(picture, "path", { fill: "#0072B2" });
  const edges = element(picture, "path", { fill: "#B84800" });
  const crosses = element(picture, "path", { fill: "none", stroke: "#B84800", "stroke-width": 2.5 });
  picture.append(band);  // over the curves
  const halo = "paint-order:stroke;stroke:#fff;stroke-width:4px;font-weight:600;";
  const note = (colour) => element(picture, "text", { "font-size": 13, style: `${halo}fill:${colour}` });
  const first = note("#005b8f"), below = note("#B84800"), above = note("#B84800");
  curves.forEach((each) => { each.label = element(picture, "text", { "font-size": 12, style: `${halo}fill:${each.ink};font-weight:${each.name === "gradients" ? 600 : 400}` }, each.words); });
  const strip = outputs(picture);
  const dial = sigma(picture, explorer);
  const score = scores(picture);
  new ResizeObserver(() => {
    const narrow = area.clientWidth < NARROW;
    change(picture, { viewBox: narrow ? "0 0 730 700" : "0 0 880 404" });
    change(dial.part, { transform: narrow ? "translate(-680,412)" : "" });
    change(score.part, { transform: narrow ? "translate(-400,160)" : "" });
  }).observe(area);
  let shown = null, kept = [];

  // Keep the curve that was there before, if it is another one; an experiment begins without.
  const remember = ({ turn, begins }, exponents) => {
    if (shown !== null && (kept.length === 0 || far(kept.at(-1), shown.exponents))) kept = [...kept, shown.exponents].slice(-GHOSTS);
    if (begins) kept = [];
    shown = { turn, exponents };
    ghosts.replaceChildren();
    kept.forEach((ghost, i) => {
      if (far(ghost, exponents)) element(ghosts, "path", { d: curve(ghost) || single(ghost), opacity: (0.25 + 0.5 * (i + 1) / kept.length).toFixed(2) });
    });
  };

  return (settings, numbers) => {
    dial.show(settings, numbers);  // the dot is where the hand is; the rest waits for Python
    if (shown !== null && shown.turn === numbers.turn) return;
    const sizes = numbers.gradients, exponents = logarithms(sizes);
    remember(numbers, exponents);
    const inside = exponents.map((e) => e !== null && e >= CHART.low && e <= CHART.high);
    const where = { low: [], high: [], nowhere: [] };
    sizes.forEach((value, i) => {
      if (value === null) where.nowhere.push(i + 1);
      else if (!inside[i]) where[value < 1 ? "low" : "high"].push(i + 1);
    });
    curves.forEach(({ name, path, label }, i) => {
      const at = numbers.labels[i];
      change(path, { d: curve(logarithms(numbers[name])) });
      change(label, { x: across(sizes.length) + BESIDE, y: up(at ?? 0) + 4, visibility: at === null ? "hidden" : "visible" });
    });
    change(band, { y: up(numbers.band) + 4 });
    change(dots, { d: exponents.map((e, i) => (inside[i] ? dot(across(i + 1), up(e)) : "")).join("") });
    change(edges, {
      d: where.low.map((layer) => down(across(layer), CHART.bottom)).join("") + where.high.map((layer) => upward(across(layer), CHART.top)).join(""),
    });
    change(crosses, { d: where.nowhere.map((layer) => cross(across(layer), CHART.top)).join("") });
    const nameless = numbers.labels[0] === null ? "gradient of the weights: " : "";
    const smallest = Math.min(...where.low.map((layer) => sizes[layer - 1]));
    const largest = Math.max(...where.high.map((layer) => sizes[layer - 1]));
    place(below, where.low, CHART.bottom - 8, `${nameless}${where.low.length > 1 && smallest > 0 ? "down to " : ""}${size(smallest)}`);
    place(above, [...where.high, ...where.nowhere], CHART.top + 16, nameless + (where.nowhere.length ? "not finite" : `${where.high.length > 1 ? "up to " : ""}${size(largest)}`));
    const told = inside[0] && sizes.length >= SHALLOW, atStart = told ? up(exponents[0]) : 0;
    first.textContent = told ? size(sizes[0]) : "";
    change(first, { x: CHART.left + 6, y: atStart + 19 > CHART.bottom ? atStart - 8 : atStart + 19 });
    strip(numbers);
    score.show(numbers);
  };
}

// A curve of one point, as a short line.
function single(exponents) {
  return exponents.length === 1 && exponents[0] !== null ? `M${CHART.left - 4},${up(exponents[0])}h8` : "";
}

// Put a note beside the first of the layers that are marked at an edge; no note without a layer.
function place(note, layers, y, text) {
  note.textContent = layers.length ? text : "";
  const layer = Math.min(CHART.layers, ...layers), late = layer > 36;
  change(note, { x: across(layer) + (late ? 5 : -5), y, "text-anchor": late ? "end" : "start" });
}

// What never changes: the axes, and the band, whose label is returned.
function frame(picture) {
  const text = (x, y, words, anchor = "start", extra = "") => element(picture, "text", { x, y, "font-size": 12, "text-anchor": anchor, style: extra }, words);
  text(4, 12, "each layer's gradients (root mean square) and outputs (standard deviation)", "start", "font-weight:600");
  const band = { x: CHART.left - 8, width: CHART.right - CHART.left + 16, y: up(BAND.high), height: up(BAND.low) - up(BAND.high) };
  element(picture, "rect", { ...band, fill: "#009E73", "fill-opacity": 0.16 });
  for (let e = CHART.low; e <= CHART.high; e += 4) {
    element(picture, "line", { x1: CHART.left - 8, x2: CHART.right + 8, y1: up(e), y2: up(e), stroke: "#dcdcdc" });
    text(CHART.left - 14, up(e) + 4, power(e), "end");
  }
  for (const layer of [1, 10, 20, 30, 40, 50]) {
    element(picture, "line", { x1: across(layer), x2: across(layer), y1: CHART.top, y2: CHART.bottom, stroke: "#ececec" });
    text(across(layer), STRIP.bottom + STRIP.shares + 18, String(layer), "middle");
  }
  text(CHART.right + 16, STRIP.bottom + STRIP.shares + 18, "layer, 1 next to the image");
  return text(CHART.right, 0, "weight gradients of networks that learn (measured)", "end", "fill:#006b4f;paint-order:stroke;stroke:#fff;stroke-width:3px");
}

// The outputs of each layer as a column of shades, and below them the shares saturated and dead.
function outputs(picture) {
  const wide = (CHART.right - CHART.left) / (CHART.layers - 1), top = STRIP.bottom + 3;
  const title = element(picture, "text", { x: 4, y: STRIP.top - 8, "font-size": 12, style: "font-weight:600" });
  element(picture, "rect", { x: CHART.left - wide / 2, y: STRIP.top, width: wide * (CHART.layers - 1), height: STRIP.bottom - STRIP.top, fill: "none", stroke: "#dcdcdc" });
  const shades = BLUES.map((fill) => element(picture, "path", { fill }));
  const saturated = element(picture, "path", { fill: "#CC79A7" }), dead = element(picture, "path", { fill: "#B84800" });
  const share = element(picture, "text", { x: CHART.right + 16, y: top + 12, "font-size": 12 });
  const ticks = element(picture, "g", { "font-size": 11, "text-anchor": "end" });
  const column = (shares) => shares.map((part, i) => (part > 0
    ? `M${(across(i + 1) - wide / 2 + 1).toFixed(1)},${top + STRIP.shares}v${(-part * STRIP.shares).toFixed(1)}h${(wide - 2).toFixed(1)}v${(part * STRIP.shares).toFixed(1)}z` : "")).join("");
  return (numbers) => {
    const names = { Sigmoid: "sigmoid", Tanh: "tanh", ReLU: "ReLU" };
    const kinds = numbers.kinds.map((kind) => names[kind]).join(", then ");
    title.textContent = kinds ? `what each layer puts out (${kinds}): the darker, the more of its outputs` : "what each layer puts out: there is no hidden layer";
    const paths = BLUES.map(() => []);
    numbers.outputs.forEach((bins, layer) => bins.forEach((part, bin) => {
      if (!(part > 0)) return;
      const shade = Math.min(BLUES.length - 1, Math.floor(Math.sqrt(part) * BLUES.length));
      const high = (STRIP.bottom - STRIP.top) / bins.length;
      paths[shade].push(`M${(across(layer + 1) - wide / 2).toFixed(1)},${(STRIP.bottom - (bin + 1) * high).toFixed(1)}h${wide}v${high}h${-wide}z`);
    }));
    shades.forEach((path, i) => change(path, { d: paths[i].join("") }));
    ticks.replaceChildren();
    for (const [at, text] of numbers.ticks) {
      element(ticks, "text", { x: CHART.left - 14, y: STRIP.bottom - at * (STRIP.bottom - STRIP.top) + 4 }, text);
    }
    change(saturated, { d: column(numbers.saturated) });
    change(dead, { d: column(numbers.dead) });
    share.replaceChildren();
    for (const [name, fill] of [["saturated", "#99507c"], ["dead", "#B84800"]]) {
      if (numbers[name].some((part) => part >= VISIBLE)) element(share, "tspan", { style: `fill:${fill}` }, `${share.textContent ? ", " : "share "}${name}`);
    }
  };
}

// The dot that sets σ, beside the σ of He and Xavier for layers of this width.
function sigma(picture, explorer) {
  const whole = element(picture, "g");
  const title = element(whole, "text", { x: 690, y: 12, "font-size": 12, style: "font-weight:600" });
  element(whole, "text", { x: 690, y: 27, "font-size": 12, style: "fill:#5f5f5f" }, "drag the dot");
  element(whole, "line", { x1: SIGMA.x, x2: SIGMA.x, y1: SIGMA.top, y2: SIGMA.bottom, stroke: "#8a8a8a", "stroke-width": 3, "stroke-linecap": "round" });
  for (let e = SIGMA.low; e <= SIGMA.high; e += 1) {
    element(whole, "text", { x: SIGMA.x - 20, y: sigmaUp(e) + 4, "font-size": 12, "text-anchor": "end" }, String(Number((10 ** e).toPrecision(2))));
    element(whole, "line", { x1: SIGMA.x - 14, x2: SIGMA.x, y1: sigmaUp(e), y2: sigmaUp(e), stroke: "#8a8a8a" });
  }
  const marks = Object.fromEntries(["He", "Xavier"].map((name) => [name, {
    line: element(whole, "line", { x1: SIGMA.x, x2: SIGMA.x + 17, stroke: "#B84800", "stroke-width": 2 }),
    text: element(whole, "text", { x: SIGMA.x + 21, "font-size": 12, style: "fill:#9a3c00" }),
  }]));
  const knob = element(whole, "circle", { cx: SIGMA.x, r: 9, fill: "#B84800", stroke: "#fff", "stroke-width": 2 });
  const grip = element(whole, "circle", { cx: SIGMA.x, r: 22, fill: "#fff", "fill-opacity": 0 });
  let now = -1, usual = {};
  const set = (exponent, snap) => {
    const e = Math.max(SIGMA.low, Math.min(SIGMA.high, exponent));
    const near = snap && Object.values(usual).find((value) => Math.abs(Math.log10(value) - e) < NEAR);
    explorer.set({ first_weights: "one σ for all", sigma: near || Number((10 ** e).toPrecision(3)) });
  };
  grabbed(grip, whole, {
    label: "σ of the first weights: arrow up and down change it, left and right by a little",
    at: (x, y) => set(SIGMA.low + (SIGMA.bottom - y) / (SIGMA.bottom - SIGMA.top) * (SIGMA.high - SIGMA.low), true),
    by: (dx, dy) => set(now - 0.05 * dy + 0.01 * dx, dy !== 0),
  });
  const show = (settings, numbers) => {
    whole.style.display = settings.network === "linear layers" ? "" : "none";
    usual = numbers.marks;
    const value = settings.first_weights === "one σ for all" ? settings.sigma : numbers.sigma;
    now = Math.log10(value);
    title.textContent = `σ of the first weights: ${number(value)}`;
    change(knob, { cy: sigmaUp(now) });
    change(grip, { cy: sigmaUp(now) });
    for (const [name, mark] of Object.entries(marks)) {
      const y = sigmaUp(Math.log10(usual[name]));
      change(mark.line, { y1: y, y2: y });
      change(mark.text, { y: y + (name === "He" ? 1 : 8) });
      mark.text.textContent = `${name} ${number(usual[name], 2)}`;
    }
  };
  return { part: whole, show };
}

// The loss and the accuracy, in figures.
function scores(picture) {
  const part = element(picture, "g");
  const text = (y, size) => element(part, "text", { x: 704, y, "font-size": size, style: size > 14 ? "font-weight:600" : "" });
  const loss = text(STRIP.top + 14, 16), accuracy = text(STRIP.top + 36, 16), note = text(STRIP.top + 52, 12);
  const show = (numbers) => {
    const [before, after] = numbers.loss;
    loss.textContent = numbers.steps ? `loss ${size(before)} → ${size(after)}` : `loss ${size(after)}`;
    accuracy.textContent = numbers.accuracy === null ? "accuracy: none" : `accuracy ${Math.round(100 * numbers.accuracy)} %`;
    note.textContent = numbers.steps ? `of 64 images, after ${numbers.steps} step${numbers.steps > 1 ? "s" : ""}` : "of 64 images, untrained";
  };
  return { part, show };
}
