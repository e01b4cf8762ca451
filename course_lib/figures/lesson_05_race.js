// Same race, three clocks: another clock shifts the curves sideways, and the ranking changes.
//
// numbers from Python: sizes; images [[stops]], after how many images each batch size was tested;
// curves [[worst], [median], [best]] for each, in percent; seconds for one image; the page
// computes where each stands by the chosen clock at the line: by its last test.

const PLACES = 240, ROUNDING = 1e-9, NEAR = 0.08;

export function compute(settings, sent) {
  const { sizes, images, curves, seconds, top } = sent, clock = settings.clock;
  const unit = sizes.map((size, i) => ({ "images seen": 1, steps: 1 / size, time: seconds[i] })[clock]);
  const times = images.map((each, i) => each.map((count) => count * unit[i]));
  const first = Math.min(...times.map((time) => time[0])), last = Math.max(...times.map((time) => time.at(-1)));
  const positions = times.map((time) => time.map((t) => Math.log(t / first) / Math.log(last / first)));
  const line = snapped(settings.place / PLACES, positions.flat());
  const reached = positions.map((x) => lastTest(line, x));
  const now = reached.map((test, i) => (test === null ? null : curves[i].map((values) => values[test])));
  const finished = positions.map((x, i) => reached[i] === x.length - 1);
  const groups = ranking(now);
  const moment = tell(clock, first * (last / first) ** line);
  const labels = labelHeights(positions.map((x) => x.at(-1)), curves.map((curve) => curve[1].at(-1)), top / 15);
  const words = inWords(moment, sizes, now, finished, groups, images[0].at(-1));
  return { ...sent, range: [first, last], line, moment, positions, reached, now, finished, groups, labels, words };
}

// The place of the test next to the line, if no other place is nearer; or the line.
function snapped(line, tests) {
  const nearest = tests.reduce((best, test) => (Math.abs(test - line) < Math.abs(best - line) ? test : best));
  return Math.abs(nearest - line) < 0.5 / PLACES ? nearest : line;
}

// Which of a curve's tests was the last up to the line; null before the first.
function lastTest(line, positions) {
  const done = positions.filter((position) => position <= line + ROUNDING).length;
  return done ? done - 1 : null;
}

// Groups of places, the best median first; in each its first, and those whose range meets its first's.
function ranking(now) {
  const key = (i) => Math.round(1e6 * now[i][1]);
  const begun = now.map((_, i) => i).filter((i) => now[i] !== null).sort((i, j) => key(j) - key(i));
  const groups = [];
  for (const i of begun) {
    const group = groups.find(([first]) => now[i][2] > now[first][0] - ROUNDING);
    if (group) group.push(i);
    else groups.push([i]);
  }
  return groups;
}

function rank(groups, place) {
  const found = groups.findIndex((group) => group.includes(place));
  if (found < 0) return "–";
  const better = groups.slice(0, found).flat().length;
  return `${groups[found].length > 1 ? "=" : ""}${better + 1}`;
}

function labelHeights(ends, heights, gap) {
  const placed = [...heights], order = heights.map((_, i) => i).sort((i, j) => heights[i] - heights[j]);
  order.forEach((i, count) => {
    for (const j of order.slice(0, count)) {
      if (Math.abs(ends[i] - ends[j]) < NEAR) placed[i] = Math.max(placed[i], placed[j] + gap);
    }
  });
  return placed;
}

// Words, as Python writes them: halves are rounded up.

const tenths = (value) => (Math.floor(10 * value + 0.5) / 10).toFixed(1);
const thousands = (count) => String(count).replace(/\B(?=(\d{3})+$)/g, ",");

function tell(clock, value) {
  if (clock === "time") {
    const milliseconds = 1000 * value;
    if (milliseconds >= 1000) return `after ${tenths(value)} s`;
    return `after ${milliseconds >= 10 ? Math.floor(milliseconds + 0.5) : tenths(milliseconds)} ms`;
  }
  const count = Math.floor(value + 0.5), thing = clock === "steps" ? "step" : "image";
  return `after ${thousands(count)} ${thing}${count === 1 ? "" : "s"}`;
}

const listed = (sizes, places) => joined([...places].sort((i, j) => i - j).map((i) => String(sizes[i])));

function joined(names) {
  const others = names.slice(0, -1), final = names.at(-1);
  return others.length ? `${others.join(", ")} and ${final}` : final;
}

function inWords(moment, sizes, now, finished, groups, images) {
  const parts = groups.map((group, number) => {
    const [first, ...others] = group.map((i) => `${sizes[i]} (${tenths(now[i][1])} %)`);
    const text = number ? `then ${first}` : `batch size ${first} is first`;
    return others.length ? `${text}, tied with ${joined(others)}` : text;
  });
  let sentence = `${moment[0].toUpperCase()}${moment.slice(1)}, ${parts.join("; ")}.`;
  const places = sizes.map((_, i) => i), waiting = places.filter((i) => now[i] === null), done = places.filter((i) => finished[i]);
  if (waiting.length) sentence += ` No step yet: ${listed(sizes, waiting)}.`;
  if (done.length === sizes.length) sentence += ` All have seen their ${thousands(images)} images.`;
  else if (done.length) sentence += ` All ${thousands(images)} images seen: ${listed(sizes, done)}.`;
  return sentence;
}

// The picture: curves on the left, who is ahead at the line on the right

const FIELD = { x: 40, y: 80, width: 500, height: 308 };
const LIST = { x: 614, y: 60, row: 55, chip: 36, bar: 122, width: 84 };
const MORPH = 600;  // milliseconds
const HINT = 16;  // how far around a curve one may point at it, in all
const across = (position) => FIELD.x + FIELD.width * position;
const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

export function create(area, explorer) {
  const { sizes, images, curves, colours, top, computer } = explorer.numbers();
  const up = (accuracy) => FIELD.y + FIELD.height * (1 - accuracy / top);
  const picture = element(area, "svg", { viewBox: "0 0 880 440", role: "group", "aria-label": "the race and its ranking" });
  const write = (parent, x, y, text, look = {}) => element(parent, "text", { x, y, "font-size": 13, ...look }, text);
  write(picture, 6, 14, `test accuracy of ${sizes.length} batch sizes, %`, { "font-weight": 600 });
  soft(write(picture, 6, 31, `dot: a test; dotted: the last test still counts; all end at ${thousands(images[0].at(-1))} images; point at a curve: its range`, { "font-size": 12 }));
  const axis = axes(picture, write, up, top, computer);
  const field = element(picture, "rect", { ...FIELD, fill: "transparent" });
  const layers = ["bands", "lines", "dots", "hints"].map((name) => element(picture, "g", name === "hints" ? {} : { "pointer-events": "none" }));
  const racers = sizes.map((size, i) => racer(layers, write, size, i, colours[i], curves[i], up));
  const list = ladderOf(picture, write, explorer.numbers(), racers);
  const line = cursor(picture, write);

  const move = (place) => explorer.set({ place: Math.max(0, Math.min(PLACES, Math.round(place))) });
  const at = (x) => move((x - FIELD.x) / FIELD.width * PLACES);
  grabbed(line.part, picture, { label: "the moment", at, by: (dx, dy) => move(explorer.settings().place + 4 * (dx - dy)) });
  for (const part of [field, layers.at(-1)]) {
    part.addEventListener("click", (event) => {
      at(pointIn(picture, event).x);
    });
  }

  let shown = null, clock = null, here = null, from = null, began = 0;
  const paint = (share) => {  // share of the way from the clock before to this one
    const old = from ?? shown, between = (one, other) => (share === 1 ? other : one + (other - one) * share);
    here = {
      positions: shown.positions.map((x, i) => x.map((position, j) => between(old.positions[i][j], position))),
      labels: shown.labels.map((height, i) => between(old.labels[i], height)),
    };
    axis.ticks.setAttribute("opacity", share);
    racers.forEach(({ show }, i) => show(here.positions[i], shown.reached[i], shown.line, here.labels[i]));
  };
  const step = (time) => {
    const share = Math.min(1, Math.max(0, (time - began) / MORPH));
    paint(share * share * (3 - 2 * share));
    if (share < 1 && picture.isConnected) requestAnimationFrame(step);
    else from = null;
  };
  return (settings, numbers) => {
    shown = numbers;
    line.show(numbers.line, numbers.moment);
    list(numbers, settings.clock);
    if (settings.clock !== clock) {
      const moves = clock !== null && !calm(), running = from !== null;
      clock = settings.clock;
      axis.show(clock, numbers.range);
      from = moves ? here : null;
      began = performance.now();
      if (moves && !running) requestAnimationFrame(step);
    }
    if (from === null) paint(1);
  };
}

const soft = (node) => { node.style.fill = "#5f5f5f"; return node; };

// The axes: accuracy upwards, and ticks of the clock that change with it.
function axes(picture, write, up, top, computer) {
  for (let accuracy = 0; accuracy <= top; accuracy += 10) {
    element(picture, "line", { x1: FIELD.x, x2: across(1), y1: up(accuracy), y2: up(accuracy), stroke: accuracy ? "#e4e4e4" : "#8a8a8a" });
    write(picture, FIELD.x - 8, up(accuracy) + 4, String(accuracy), { "text-anchor": "end", "font-size": 12 });
  }
  const ticks = element(picture, "g");
  const title = write(picture, across(0.5), 430, "", { "text-anchor": "middle", "font-size": 12 });
  const show = (clock, [first, last]) => {
    title.textContent = clock === "time" ? `time, ms (logarithmic): images × the time for one, measured on ${computer}` : `${clock} (logarithmic axis)`;
    ticks.replaceChildren();
    const unit = clock === "time" ? 1000 : 1;  // milliseconds
    for (let power = Math.floor(Math.log10(first)); power <= Math.log10(last); power += 1) {
      for (const factor of [1, 2, 5]) {
        const value = factor * 10 ** power, x = across(Math.log(value / first) / Math.log(last / first));
        if (x < FIELD.x - 1 || x > across(1) + 1) continue;
        element(ticks, "line", { x1: x, x2: x, y1: FIELD.y, y2: up(0) + 5, stroke: "#e4e4e4" });
        write(ticks, x, up(0) + 19, thousands(Number((unit * value).toPrecision(1))), { "text-anchor": "middle", "font-size": 12 });
      }
    }
  };
  return { ticks, show };
}

// One curve: its tests, strong as far as the line, pale after it, and its batch size at the end.
// From the last test a dotted line holds its accuracy up to the line. The band of its runs is shown
// while one points at the curve.
function racer([bands, lines, dots, hints], write, size, order, colour, [worst, median, best], up) {
  const halo = { stroke: "#fff", "stroke-width": 3, "paint-order": "stroke" };
  const look = { fill: "none", stroke: colour, "stroke-width": 1.5 + 0.75 * order, "stroke-linejoin": "round" };
  const band = element(bands, "polygon", { fill: colour, opacity: 0.25, visibility: "hidden" });
  const whole = element(lines, "polyline", { ...look, opacity: 0.3 });
  const run = element(lines, "polyline", look);
  const tests = median.map((accuracy) => element(lines, "circle", { cy: up(accuracy), r: 2.5 + 0.35 * order, fill: colour }));
  const held = element(dots, "line", { stroke: colour, "stroke-dasharray": "2 4", "stroke-width": 2 });
  const dot = element(dots, "circle", { r: 6, fill: colour, stroke: "#fff", "stroke-width": 2 });
  const name = write(dots, 0, 0, String(size), { ...halo, "font-weight": 700 });
  const hint = element(hints, "polyline", { fill: "none", stroke: "transparent", "stroke-width": HINT, "pointer-events": "stroke" });
  const point = (on) => change(band, { visibility: on ? "visible" : "hidden" });
  hint.addEventListener("pointerenter", () => point(true));
  hint.addEventListener("pointerleave", () => point(false));
  const points = (x, y) => x.map((position, i) => `${across(position).toFixed(1)},${up(y[i]).toFixed(1)}`);
  const show = (positions, reached, line, label) => {
    const all = points(positions, median);
    change(whole, { points: all.join(" ") });
    change(hint, { points: all.join(" ") });
    change(band, { points: [...points(positions, worst), ...points(positions, best).reverse()].join(" ") });
    change(run, { points: reached === null ? "" : all.slice(0, reached + 1).join(" ") });
    tests.forEach((test, i) => change(test, { cx: across(positions[i]), opacity: reached !== null && i <= reached ? 1 : 0.35 }));
    const visibility = reached === null ? "hidden" : "visible", test = reached ?? 0, y = up(median[test]);
    change(held, { visibility, x1: across(positions[test]), x2: across(line), y1: y, y2: y });
    change(dot, { visibility, cx: across(line), cy: y });
    const end = across(positions.at(-1)), beyond = across(line) - end;
    change(name, { x: beyond > 0 && beyond < 44 ? across(line) + 11 : end + 10, y: up(label) + 5 });  // not on the dot
  };
  return { show, point };
}

// The ranking at the line: a row for each batch size, that moves when its rank changes. A grey strip
// is the range of the first with a rank: who shares the rank has a bar that meets it.
function ladderOf(picture, write, { sizes, images, seconds, colours, top, runs }, racers) {
  const right = (accuracy) => LIST.x + LIST.bar + LIST.width * accuracy / top, bottom = LIST.y + LIST.row * sizes.length;
  const small = { "font-size": 12 };
  write(picture, LIST.x, 14, "ranking at the line", { "font-weight": 600 });
  soft(write(picture, LIST.x, 31, `dot: median of ${runs} runs; bar: worst to best`, small));
  [["rank", 0], ["batch size", LIST.chip], ["test accuracy", LIST.bar]].forEach(([text, x]) => soft(write(picture, LIST.x + x, 53, text, small)));
  for (const accuracy of [0, top]) {
    element(picture, "line", { x1: right(accuracy), x2: right(accuracy), y1: LIST.y, y2: bottom + 4, stroke: "#d0d0d0" });
    soft(write(picture, right(accuracy), bottom + 17, `${accuracy} %`, { ...small, "text-anchor": "middle" }));
  }
  ["= same rank: its bar meets the grey strip,", "the bar of the first with that rank"].forEach((text, i) => (
    soft(write(picture, LIST.x, bottom + 54 + 16 * i, text, small))));
  const strips = sizes.map(() => element(picture, "rect", { fill: "#1a1a1a", opacity: 0.13 }));
  const rows = sizes.map((size, i) => makeRow(picture, write, size, colours[i], top, racers[i]));
  const unit = (clock, i) => ({ "images seen": 1, steps: 1 / sizes[i], time: seconds[i] })[clock];
  return ({ now, groups, reached, finished }, clock) => {
    const waiting = sizes.map((_, i) => i).filter((i) => now[i] === null);
    const order = [...groups.flat(), ...waiting];
    strips.forEach((strip, number) => {
      const group = groups[number] ?? [], [worst, , best] = now[group[0]] ?? [0, 0, 0];
      change(strip, {
        visibility: group.length > 1 ? "visible" : "hidden", x: right(worst), width: right(best) - right(worst),
        y: LIST.y + LIST.row * order.indexOf(group[0]) + 3, height: Math.max(0, LIST.row * group.length - 20),
      });
    });
    rows.forEach((show, i) => {
      const when = now[i] ? tell(clock, images[i][reached[i]] * unit(clock, i)).replace("after ", "") : "";
      const state = !now[i] ? "no step yet" : !finished[i] ? `last test: ${when}` : clock === "images seen" ? `all ${when}` : `all images: ${when}`;
      show(order.indexOf(i), rank(groups, i), now[i], state);
    });
  };
}

// A row of the ranking. Returns a function that shows its place, rank, accuracy and state.
function makeRow(picture, write, size, colour, top, { point }) {
  const row = element(picture, "g", { tabindex: 0, role: "img", "data-lm-suppress-shortcuts": "true" });
  element(row, "rect", { x: -4, y: 0, width: 264, height: LIST.row - 3, fill: "transparent" });
  const place = soft(write(row, 0, 21, "", { "font-size": 15 }));
  const width = 52 + 8 * String(size).length;
  element(row, "rect", { x: LIST.chip, y: 5, width, height: 22, rx: 4, fill: colour });
  const name = write(row, LIST.chip + width / 2, 21, `batch ${size}`, { "font-weight": 600, "font-size": 12, "text-anchor": "middle" });
  name.style.fill = ink(colour);
  element(row, "line", { x1: LIST.bar, x2: LIST.bar + LIST.width, y1: 16, y2: 16, stroke: "#d0d0d0" });
  const bar = element(row, "line", { y1: 16, y2: 16, stroke: colour, "stroke-width": 12, opacity: 0.4 });
  const dot = element(row, "circle", { cy: 16, r: 4.5, fill: colour });
  const value = write(row, LIST.bar + LIST.width + 10, 21, "", { "font-size": 14 });
  const state = soft(write(row, LIST.bar, 41, "", { "font-size": 12, stroke: "#fff", "stroke-width": 3, "paint-order": "stroke" }));
  for (const [event, on] of [["pointerenter", true], ["focus", true], ["pointerleave", false], ["blur", false]]) {
    row.addEventListener(event, () => point(on));
  }
  const right = (accuracy) => LIST.bar + LIST.width * accuracy / top;
  return (order, rank, now, text) => {
    row.style.transition = calm() ? "none" : "transform 0.4s";
    row.style.transform = `translate(${LIST.x}px, ${LIST.y + LIST.row * order}px)`;
    place.textContent = rank;
    state.textContent = text;
    const visibility = now ? "visible" : "hidden", [worst, median, best] = now ?? [0, 0, 0];
    change(bar, { visibility, x1: right(worst), x2: right(best) });
    change(dot, { visibility, cx: right(median) });
    value.textContent = now ? `${tenths(median)} %` : "";
    const range = now ? `rank ${rank}, ${tenths(median)} %, runs from ${tenths(worst)} to ${tenths(best)} %; ` : "";
    change(row, { "aria-label": `batch size ${size}: ${range}${text}` });
  };
}

// Black or white, whichever is read better on a colour: black where its contrast is the larger one.
function ink(colour) {
  const linear = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  const luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  return luminance > 0.179 ? "#000" : "#fff";
}

// The line that one drags, with the moment in its handle.
function cursor(picture, write) {
  const part = element(picture, "g");
  element(part, "rect", { x: -18, y: FIELD.y - 36, width: 36, height: FIELD.height + 36, fill: "transparent" });
  element(part, "line", { x1: 0, x2: 0, y1: FIELD.y - 12, y2: FIELD.y + FIELD.height, stroke: "#1a1a1a", "stroke-width": 1.5 });
  const handle = element(part, "rect", { x: -56, y: FIELD.y - 38, width: 112, height: 28, rx: 14, fill: "#1a1a1a", stroke: "#0072B2", "stroke-width": 0 });
  part.style.outline = "none";  // the handle shows the focus, not a box around the whole line
  part.addEventListener("focus", () => change(handle, { "stroke-width": 5 }));
  part.addEventListener("blur", () => change(handle, { "stroke-width": 0 }));
  const text = write(part, 0, FIELD.y - 19, "", { "text-anchor": "middle" });
  text.style.fill = "#fff";
  return {
    part,
    show(place, moment) {
      part.setAttribute("transform", `translate(${across(place).toFixed(1)} 0)`);
      part.setAttribute("aria-label", `the moment, ${moment}: the arrow keys move it`);
      text.textContent = `◂ ${moment.replace("after ", "")} ▸`;
    },
  };
}
