// A live trial: loss, accuracy and active ReLUs, drawn while Python trains.
//
// numbers: {runs: [{label, fate, outcome, peak, images, loss, accuracy, active}], doing}; the present
// run is the last. Buttons tell Python what to do through the trait `pressed`.

const PANELS = [
  { key: "loss", title: "loss", most: 5, ticks: [0, 1, 2, 3, 4, 5], guessing: Math.log(10) },
  { key: "accuracy", title: "accuracy of the last 500 images", most: 60, ticks: [0, 20, 40, 60], unit: " %", guessing: 10 },
  { key: "active", title: "active ReLUs", most: 100, ticks: [0, 25, 50, 75, 100], unit: " %" },
];
const WIDTH = 210, HEIGHT = 190, TOP = 26, LEFT = 44, APART = 294, MOST_IMAGES = 5000;
const RUNS = 4, LINE = 19;  // the present run and three earlier ones
const COLOURS = { "": "#1a1a1a", "lives": "#0072B2", "does not live": "#C58600", "dead": "#B84800" };
const GREY = "#767676";

export function create(area, explorer) {
  const showButtons = buttons(area, explorer);
  const picture = element(area, "svg", { viewBox: `0 0 880 ${TOP + HEIGHT + 46 + RUNS * LINE}`, role: "img", "aria-label": "loss, accuracy and active ReLUs of the runs" });
  const showPanels = PANELS.map((panel, i) => makePanel(picture, panel, LEFT + i * APART));
  const lines = Array.from({ length: RUNS }, (_, i) => (
    element(picture, "text", { x: 8, y: TOP + HEIGHT + 56 + i * LINE, "font-size": 14 })));

  return (settings, numbers) => {
    showButtons(numbers.doing);
    const last = numbers.runs.length - 1, present = numbers.doing !== "nothing";
    const runs = numbers.runs.map((run, i) => {
      const now = present && i === last;
      return { ...run, name: now ? "now" : String(i + 1), colour: now ? COLOURS[run.fate] : GREY, now };
    });
    showPanels.forEach((show) => show(runs));
    lines.forEach((line, i) => {
      const run = runs[i];
      line.textContent = run ? `${run.name}: ${run.label} — ${run.outcome}` : "";
      if (run) line.setAttribute("style", `fill:${run.colour};font-weight:${run.now ? 600 : 400}`);
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
  return (doing) => {
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

  write(panel.title, { x: left, y: TOP - 12, "font-size": 14 });
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
  const above = panel.key === "loss" ? write("", { x: right, y: TOP - 12, "text-anchor": "end" }) : null;
  const curves = Array.from({ length: RUNS }, () => ({
    line: element(picture, "polyline", { fill: "none", "stroke-linejoin": "round" }),
    head: element(picture, "circle", { r: 4 }),
    name: write("", {}),
  }));

  return (runs) => {
    const ends = curves.map((curve, i) => drawCurve(curve, runs[i], panel.key, x, y));
    spread(ends.filter((end) => end !== null));
    if (above === null) return;
    const present = runs.find((run) => run.now), [image, loss] = present?.peak ?? [];
    above.textContent = loss > panel.most ? `up to ${number(loss, 4)} ↑` : "";
    above.setAttribute("style", `fill:${present?.colour ?? GREY}`);
  };
}

// Draw one run's curve; return its end, where its name has to stand, or null where nothing is drawn.
function drawCurve({ line, head, name }, run, key, x, y) {
  const points = (run?.images ?? []).map((images, i) => [images, run[key][i]]).filter(([, value]) => value !== null);
  const drawn = points.length > 0;
  line.setAttribute("points", points.map(([images, value]) => `${x(images).toFixed(1)},${y(value).toFixed(1)}`).join(" "));
  name.textContent = drawn ? run.name : "";
  head.setAttribute("visibility", drawn && run.now ? "visible" : "hidden");
  if (!drawn) return null;
  const [images, value] = points[points.length - 1];
  change(line, { stroke: run.colour, "stroke-width": run.now ? 2.2 : 1.4 });
  change(head, { cx: x(images), cy: y(value), fill: run.colour });
  name.setAttribute("style", `fill:${run.colour};font-weight:${run.now ? 600 : 400};paint-order:stroke;stroke:#fff;stroke-width:3px`);
  return { name, x: x(images) + 7, y: y(value) + 4 };
}

// Put names beside the ends of their curves, none on top of another.
function spread(ends) {
  ends.sort((one, other) => one.y - other.y);
  const lowest = TOP + HEIGHT + 4;
  ends.forEach((end, i) => {
    const crowded = ends.slice(0, i).filter((other) => Math.abs(other.x - end.x) < 24);
    for (const other of crowded) end.y = Math.max(end.y, other.y + 12);
  });
  const over = Math.max(0, ...ends.map((end) => end.y - lowest));
  for (const end of ends) change(end.name, { x: end.x, y: end.y - over });
}
