// A live trial: loss, accuracy and active ReLUs, drawn while Python trains.
//
// numbers: {runs: [{name, label, fate, outcome, peak, test, images, loss, accuracy, active}], doing};
// the present run is the last. Buttons tell Python what to do through the trait `pressed`.

const PANELS = [
  { key: "loss", title: "loss", most: 5, ticks: [0, 1, 2, 3, 4, 5], guessing: Math.log(10) },
  { key: "accuracy", title: "accuracy of the last images", under: "up to 500; ◇ at the end: of test images", most: 60, ticks: [0, 20, 40, 60], unit: " %", guessing: 10 },
  { key: "active", title: "active ReLUs", most: 100, ticks: [0, 25, 50, 75, 100], unit: " %" },
];
const WIDTH = 204, HEIGHT = 172, TOP = 44, LEFT = 30, APART = 292, MOST_IMAGES = 5000;
const RUNS = 4;  // the present run and three earlier ones
const COLOURS = { "": "#1a1a1a", "lives": "#0072B2", "does not live": "#C58600", "dead": "#B84800" };
const GREY = "#6b6b6b";

export function create(area, explorer) {
  const showButtons = buttons(area, explorer);
  const picture = element(area, "svg", { viewBox: `0 0 880 ${TOP + HEIGHT + 38}`, role: "img", "aria-label": "loss, accuracy and active ReLUs of the runs" });
  const showPanels = PANELS.map((panel, i) => makePanel(picture, panel, LEFT + i * APART));
  const lines = Array.from({ length: RUNS }, () => {
    const line = element(area, "div");
    line.style.minHeight = "20px";
    return { line, name: element(line, "b"), text: element(line, "span") };
  });

  return (settings, numbers) => {
    showButtons(numbers.doing, settings.images);
    const last = numbers.runs.length - 1, present = numbers.doing !== "nothing";
    const runs = numbers.runs.map((run, i) => {
      const now = present && i === last;
      return { ...run, colour: now ? COLOURS[run.fate] : GREY, now };
    });
    showPanels.forEach((show) => show(runs));
    lines.forEach(({ line, name, text }, i) => {
      const run = runs[i];
      name.textContent = run ? run.name : "";
      text.textContent = run ? `: ${run.label}; ${run.outcome}` : "";
      if (run) Object.assign(line.style, { color: run.colour, fontSize: "13px" });
    });
  };
}

// Train, pause, stop and clear. Python is told by a trait that takes a new value with each press.
function buttons(area, explorer) {
  const bar = element(area, "div", { class: "controls" });
  const press = (button) => explorer.set({ pressed: { button, time: Date.now() } });
  const make = (name, text) => {
    const button = element(bar, "button", { type: "button", "data-lm-suppress-shortcuts": "true" }, text);
    button.addEventListener("click", () => press(button.textContent === "go on" ? "go on" : name));
    return button;
  };
  const train = make("train", "train"), pause = make("pause", "pause");
  const stop = make("stop", "stop"), clear = make("clear", "clear the curves");
  train.style.fontWeight = "600";
  pause.style.minWidth = "5em";
  return (doing, images) => {
    train.textContent = `train: ${images.toLocaleString("en")} images`;
    const under = doing === "training" || doing === "paused";
    pause.textContent = doing === "paused" ? "go on" : "pause";
    pause.disabled = !under;
    stop.disabled = !under;
    clear.disabled = doing === "nothing";
    for (const button of [pause, stop, clear]) button.style.opacity = button.disabled ? 0.45 : 1;
  };
}

// One panel with a curve for each run. Returns a function that shows the runs in it.
function makePanel(picture, panel, left) {
  const right = left + WIDTH, bottom = TOP + HEIGHT;
  const x = (images) => left + WIDTH * Math.log10(images) / Math.log10(MOST_IMAGES);
  const y = (value) => bottom - HEIGHT * Math.min(value, panel.most) / panel.most;
  const write = (text, attributes) => element(picture, "text", { "font-size": 12, ...attributes }, text);

  write(panel.title, { x: left, y: 14, "font-size": 13, "font-weight": 600 });
  write(panel.under ?? "", { x: left, y: 31, style: "fill:#5f5f5f" });
  for (const tick of panel.ticks) {
    element(picture, "line", { x1: left, x2: right, y1: y(tick), y2: y(tick), stroke: tick ? "#e4e4e4" : "#8a8a8a" });
    write(`${tick}${panel.unit ?? ""}`, { x: left - 6, y: y(tick) + 4, "text-anchor": "end" });
  }
  for (const tick of [1, 10, 100, 1000]) {
    element(picture, "line", { x1: x(tick), x2: x(tick), y1: bottom, y2: bottom + 4, stroke: "#8a8a8a" });
    write(tick.toLocaleString("en"), { x: x(tick), y: bottom + 17, "text-anchor": "middle" });
  }
  write("images seen", { x: right, y: bottom + 32, "text-anchor": "end" });
  if (panel.guessing) {
    const level = y(panel.guessing);
    element(picture, "line", { x1: left, x2: right, y1: level, y2: level, stroke: "#5f5f5f", "stroke-dasharray": "2 4" });
    write("guessing", { x: left + 4, y: level + 14, style: "fill:#5f5f5f" });
  }
  const above = panel.key === "loss" ? write("", {}) : null;
  const lines = element(picture, "g"), names = element(picture, "g");  // names above all lines
  const curves = Array.from({ length: RUNS }, () => ({
    line: element(lines, "path", { fill: "none", "stroke-linejoin": "round" }),
    beyond: element(lines, "path", {}),
    head: element(lines, "circle", { r: 4 }),
    test: element(names, "path", { d: "M0,-6 L6,0 L0,6 L-6,0 Z", fill: "#fff", "stroke-width": 2 }),
    name: element(names, "text", { "font-size": 12 }),
  }));

  return (runs) => {
    const ends = curves.map((curve, i) => drawCurve(curve, runs[i], panel, x, y)).filter((end) => end !== null);
    placeNames(ends, [0, panel.guessing].filter((level) => level !== undefined).map(y));
    if (above === null) return;
    const run = runs.findLast(({ peak }) => peak[1] > panel.most);
    above.textContent = run ? `${run.name}: ${thousands(run.peak[1])} at image ${thousands(run.peak[0])}` : "";
    if (!run) return;
    const late = run.peak[0] > 200;
    change(above, { x: x(run.peak[0]) + (late ? -8 : 8), y: TOP - 12, "text-anchor": late ? "end" : "start", style: `fill:${run.colour}` });
  };
}

const thousands = (value) => (value < 1e6 ? Number(value.toPrecision(4)).toLocaleString("en") : number(value));

// Draw one run's curve; return its end, where its name has to stand, and its points on the screen; or
// null where nothing is drawn.
function drawCurve({ line, beyond, head, test, name }, run, { key, most }, x, y) {
  const points = (run?.images ?? []).map((images, i) => [images, run[key][i]]).filter(([, value]) => value !== null);
  const tested = key === "accuracy" && (run?.test ?? null) !== null, drawn = points.length > 0 || tested;
  line.setAttribute("d", inside(points.map(([images, value]) => [x(images), value]), most, y));
  // what is beyond the upper end has a triangle above it
  beyond.setAttribute("d", points.filter(([, value]) => value > most).map(([images]) => `M${(x(images) - 3.5).toFixed(1)},${TOP - 2}l3.5,-7l3.5,7z`).join(""));
  name.textContent = drawn ? run.name : "";
  head.setAttribute("visibility", points.length && run.now ? "visible" : "hidden");
  test.setAttribute("visibility", tested ? "visible" : "hidden");
  if (!drawn) return null;
  const [images, value] = points.at(-1) ?? [run.images.at(-1), run.test];
  change(line, { stroke: run.colour, "stroke-width": run.now ? 2.2 : 1.4 });
  change(beyond, { fill: run.colour });
  change(head, { cx: x(images), cy: y(value), fill: run.colour });
  if (tested) change(test, { stroke: run.colour, transform: `translate(${x(images)} ${y(run.test)})` });
  name.setAttribute("style", `fill:${run.colour};font-weight:${run.now ? 600 : 400};paint-order:stroke;stroke:#fff;stroke-width:3px`);
  const places = points.map(([count, level]) => [x(count), y(level)]);
  if (tested) places.push([x(images), y(run.test)]);
  return { name, x: x(images) + 9, y: y(value) + 4, places };
}

// A curve of points [x, value] as a path that leaves through the upper end where it goes beyond it.
function inside(points, most, y) {
  let path = "";
  points.forEach(([x, value], i) => {
    const [before, other] = points[i - 1] ?? [x, value];
    if ((other > most) !== (value > most)) {
      const edge = before + (x - before) * (most - other) / (value - other);
      path += `${value > most ? "L" : "M"}${edge.toFixed(1)},${TOP}`;
    }
    if (value <= most) path += `${path ? "L" : "M"}${x.toFixed(1)},${y(value).toFixed(1)}`;
  });
  return path;
}

// Put names beside the ends of their curves, as near as they are on no curve, line or other name.
function placeNames(ends, levels) {
  const taken = [];
  for (const end of [...ends].reverse()) {  // the present run first
    const free = (y) => y < TOP + HEIGHT + 4
      && levels.every((level) => level < y - 11 || level > y + 2)
      && taken.every((other) => Math.abs(other.x - end.x) > 44 || Math.abs(other.y - y) > 12)
      && ends.every(({ places }) => places.every(([px, py]) => px < end.x - 4 || px > end.x + 38 || py < y - 12 || py > y + 3));
    const y = [0, -8, 8, -14, 14, -22, 22, -32, 32].map((by) => end.y + by).find(free) ?? end.y;
    change(end.name, { x: end.x, y });
    taken.push({ x: end.x, y });
  }
}
