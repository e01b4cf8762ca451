// Same race, three clocks: another clock shifts the curves sideways, and the ranking changes.
//
// numbers from Python: sizes; images [[stops]], after how many images each batch size was tested;
// curves [[worst], [median], [best]] for each, in percent; seconds for one image; the page
// computes where each stands by the chosen clock at the line.

const PLACES = 240, ROUNDING = 1e-9, NEAR = 0.08;

export function compute(settings, sent) {
  const { sizes, images, curves, seconds, top } = sent, clock = settings.clock;
  const unit = sizes.map((size, i) => ({ "images seen": 1, steps: 1 / size, seconds: seconds[i] })[clock]);
  const times = images.map((each, i) => each.map((count) => count * unit[i]));
  const first = Math.min(...times.map((time) => time[0])), last = Math.max(...times.map((time) => time.at(-1)));
  const positions = times.map((time) => time.map((t) => Math.log(t / first) / Math.log(last / first)));
  const line = settings.place / PLACES;
  const now = positions.map((x, i) => atLine(line, x, curves[i]));
  const finished = positions.map((x) => line > x.at(-1) - ROUNDING);
  const groups = ranking(now);
  const moment = tell(clock, first * (last / first) ** line);
  const labels = labelHeights(positions.map((x) => x.at(-1)), curves.map((curve) => curve[1].at(-1)), top / 15);
  const words = inWords(moment, sizes, now, finished, groups);
  return { ...sent, range: [first, last], moment, positions, now, finished, groups, labels, words };
}

// The worst, median and best accuracy at the line: straight between two stops, null before the first.
function atLine(line, x, curve) {
  if (line < x[0] - ROUNDING) return null;
  if (line <= x[0]) return curve.map((values) => values[0]);
  const next = x.findIndex((position) => position >= line);
  if (next < 0) return curve.map((values) => values.at(-1));
  const share = (line - x[next - 1]) / (x[next] - x[next - 1]);
  return curve.map((values) => values[next - 1] + share * (values[next] - values[next - 1]));
}

// Groups of places, the best median first; whose runs overlap with those of its first are in one.
function ranking(now) {
  const key = (i) => Math.round(1e6 * now[i][1]);
  const begun = now.map((_, i) => i).filter((i) => now[i] !== null).sort((i, j) => key(j) - key(i));
  const groups = [];
  for (const i of begun) {
    const group = groups.at(-1);
    if (group && now[i][2] > now[group[0]][0] - ROUNDING) group.push(i);
    else groups.push([i]);
  }
  return groups;
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
  if (clock === "seconds") {
    const milliseconds = 1000 * value;
    if (milliseconds >= 1000) return `after ${tenths(value)} s`;
    return `after ${milliseconds >= 10 ? Math.floor(milliseconds + 0.5) : tenths(milliseconds)} ms`;
  }
  const count = Math.floor(value + 0.5), thing = clock === "steps" ? "step" : "image";
  return `after ${thousands(count)} ${thing}${count === 1 ? "" : "s"}`;
}

function listed(sizes, places) {
  const names = [...places].sort((i, j) => i - j).map((i) => String(sizes[i])), final = names.pop();
  return names.length ? `${names.join(", ")} and ${final}` : final;
}

function inWords(moment, sizes, now, finished, groups) {
  const parts = groups.map((group, number) => {
    const medians = group.map((i) => now[i][1]), low = tenths(Math.min(...medians)), high = tenths(Math.max(...medians));
    const values = low === high ? `${low} %` : `${low} to ${high} %`, names = listed(sizes, group);
    if (number) return `then ${names} with ${values}`;
    if (group.length > 1) return `batch sizes ${names} are too close to call, with ${values}`;
    return `batch size ${names} is ahead with ${values}`;
  });
  let sentence = `${moment[0].toUpperCase()}${moment.slice(1)}, ${parts.join(", ")}.`;
  const places = sizes.map((_, i) => i), waiting = places.filter((i) => now[i] === null), done = places.filter((i) => finished[i]);
  if (waiting.length) sentence += ` Not yet a step: ${listed(sizes, waiting)}.`;
  if (done.length === sizes.length) sentence += " All have finished.";
  else if (done.length) sentence += ` Finished: ${listed(sizes, done)}.`;
  return sentence;
}

// The picture: curves on the left, who is ahead at the line on the right

const FIELD = { x: 40, y: 58, width: 506, height: 330 };
const LIST = { x: 626, y: 62, row: 62, bar: 72, width: 114 };
const MORPH = 600;  // milliseconds
const across = (position) => FIELD.x + FIELD.width * position;
const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

export function create(area, explorer) {
  const { sizes, curves, colours, top, runs, computer } = explorer.numbers();
  const up = (accuracy) => FIELD.y + FIELD.height * (1 - accuracy / top);
  const picture = element(area, "svg", { viewBox: "0 0 880 440", role: "group", "aria-label": "the race and its ranking" });
  area.style.overflowX = "auto";  // on a narrow page, or at 200 % zoom, one scrolls rather than squints
  picture.style.minWidth = "600px";
  const write = (parent, x, y, text, look = {}) => element(parent, "text", { x, y, "font-size": 13, ...look }, text);
  write(picture, 6, 14, "test accuracy, %; at the end of each curve its batch size");
  const axis = axes(picture, write, up, top, computer);
  const field = element(picture, "rect", { ...FIELD, fill: "transparent" });
  const layers = ["bands", "lines", "dots"].map(() => element(picture, "g", { "pointer-events": "none" }));
  const racers = sizes.map((size, i) => racer(layers, write, size, i, colours[i]));
  const list = ladderOf(picture, write, { sizes, colours, top, runs });
  const line = cursor(picture, write);

  const move = (place) => explorer.set({ place: Math.max(0, Math.min(PLACES, Math.round(place))) });
  const at = (x) => move((x - FIELD.x) / FIELD.width * PLACES);
  grabbed(line.part, picture, { label: "the moment", at, by: (dx) => move(explorer.settings().place + 4 * dx) });
  field.addEventListener("click", (event) => {
    at(new DOMPoint(event.clientX, event.clientY).matrixTransform(picture.getScreenCTM().inverse()).x);
  });

  let shown = null, clock = null, here = null, from = null, began = 0, place = 0;
  const paint = (share) => {  // share of the way from the clock before to this one
    const old = from ?? shown, between = (one, other) => (share === 1 ? other : one + (other - one) * share);
    here = {
      positions: shown.positions.map((x, i) => x.map((position, j) => between(old.positions[i][j], position))),
      labels: shown.labels.map((height, i) => between(old.labels[i], height)),
    };
    axis.ticks.setAttribute("opacity", share);
    const now = here.positions.map((x, i) => atLine(place, x, curves[i]));
    racers.forEach((show, i) => show(here.positions[i], curves[i], now[i], place, here.labels[i], up));
    list(now, shown);
  };
  const step = (time) => {
    const share = Math.min(1, Math.max(0, (time - began) / MORPH));
    paint(share * share * (3 - 2 * share));
    if (share < 1 && picture.isConnected) requestAnimationFrame(step);
    else from = null;
  };
  return (settings, numbers) => {
    shown = numbers;
    place = settings.place / PLACES;
    line.show(place, numbers.moment);
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

// The axes: accuracy upwards, and ticks of the clock that change with it.
function axes(picture, write, up, top, computer) {
  for (let accuracy = 0; accuracy <= top; accuracy += 10) {
    element(picture, "line", { x1: FIELD.x, x2: across(1), y1: up(accuracy), y2: up(accuracy), stroke: accuracy ? "#e4e4e4" : "#8a8a8a" });
    write(picture, FIELD.x - 8, up(accuracy) + 4, String(accuracy), { "text-anchor": "end", "font-size": 12 });
  }
  const ticks = element(picture, "g");
  const title = write(picture, across(0.5), 430, "", { "text-anchor": "middle" });
  const show = (clock, [first, last]) => {
    title.textContent = clock === "seconds" ? `time: images × the time for one, measured beforehand on ${computer}` : clock;
    ticks.replaceChildren();
    for (let power = Math.floor(Math.log10(first)); power <= Math.log10(last); power += 1) {
      for (const factor of [1, 2, 5]) {
        const value = factor * 10 ** power, x = across(Math.log(value / first) / Math.log(last / first));
        if (x < FIELD.x - 1 || x > across(1) + 1) continue;
        element(ticks, "line", { x1: x, x2: x, y1: FIELD.y, y2: up(0) + 5, stroke: "#e4e4e4" });
        write(ticks, x, up(0) + 19, clock === "seconds" ? duration(value) : thousands(value), { "text-anchor": "middle", "font-size": 12 });
      }
    }
  };
  return { ticks, show };
}

const duration = (seconds) => (seconds >= 0.999 ? `${number(seconds)} s` : `${number(1000 * seconds)} ms`);

// One curve: pale as a whole, strong as far as the line, with its runs as a band and its name at the end.
function racer([bands, lines, dots], write, size, order, colour) {
  const halo = { stroke: "#fff", "stroke-width": 3, "paint-order": "stroke" };
  const look = { fill: "none", stroke: colour, "stroke-width": 1.6 + 0.6 * order, "stroke-linejoin": "round" };
  const band = element(bands, "polygon", { fill: colour, opacity: 0.09 });
  const whole = element(lines, "polyline", { ...look, opacity: 0.3 });
  const run = element(lines, "polyline", look);
  const rest = element(lines, "line", { stroke: colour, "stroke-dasharray": "2 5", "stroke-width": 1.5 });
  const dot = element(dots, "circle", { r: 6, fill: colour, stroke: "#fff", "stroke-width": 2 });
  const name = write(dots, 0, 0, String(size), { ...halo, "font-weight": 700 });
  name.style.fill = colour;
  const points = (x, y, up) => x.map((position, i) => `${across(position).toFixed(1)},${up(y[i]).toFixed(1)}`);
  return (positions, [worst, median, best], now, place, label, up) => {
    const all = points(positions, median, up);
    change(whole, { points: all.join(" ") });
    change(band, { points: [...points(positions, worst, up), ...points(positions, best, up).reverse()].join(" ") });
    const behind = positions.filter((position) => position < place).length;
    const end = now && positions.at(-1) > place ? points([place], [now[1]], up) : [];
    change(run, { points: now ? [...all.slice(0, behind), ...end].join(" ") : "" });
    const over = now && positions.at(-1) < place;  // it has finished, and stays where it is
    change(rest, { visibility: over ? "visible" : "hidden", x1: across(positions.at(-1)), x2: across(place), y1: up(median.at(-1)), y2: up(median.at(-1)) });
    change(dot, { visibility: now ? "visible" : "hidden", cx: across(place), cy: now ? up(now[1]) : 0 });
    change(name, { x: across(positions.at(-1)) + 10, y: up(label) + 5 });
  };
}

// The ranking at the line: a row for each batch size, that moves when its rank changes.
function ladderOf(picture, write, { sizes, colours, top, runs }) {
  const soft = (node) => { node.style.fill = "#5f5f5f"; return node; };
  write(picture, LIST.x, 14, "ranking of batch sizes at the line", { "font-weight": 600 });
  soft(write(picture, LIST.x, 32, `median of ${runs} runs; bar: worst to best`, { "font-size": 12 }));
  soft(write(picture, LIST.x, 430, "same rank: bars overlap, too close to call", { "font-size": 12 }));
  const rows = sizes.map((size, i) => {
    const row = element(picture, "g");
    const rank = write(row, 0, 22, "", { "font-size": 17, "font-weight": 600 });
    const name = write(row, LIST.bar - 12, 22, String(size), { "font-size": 17, "font-weight": 700, "text-anchor": "end" });
    name.style.fill = colours[i];
    element(row, "line", { x1: LIST.bar, x2: LIST.bar + LIST.width, y1: 16, y2: 16, stroke: "#d8d8d8", "stroke-width": 1 });
    const bar = element(row, "line", { y1: 16, y2: 16, stroke: colours[i], "stroke-width": 16, opacity: 0.3 });
    const dot = element(row, "circle", { cy: 16, r: 4.5, fill: colours[i] });
    const value = write(row, LIST.bar + LIST.width + 10, 22, "", { "font-size": 15 });
    const state = soft(write(row, LIST.bar, 38, "", { "font-size": 12 }));
    return { row, rank, bar, dot, value, state };
  });
  const right = (accuracy) => LIST.bar + LIST.width * accuracy / top;
  return (now, { groups, finished }) => {
    const waiting = sizes.map((_, i) => i).filter((i) => !groups.flat().includes(i));
    const order = [...groups.flat(), ...waiting];
    rows.forEach(({ row, rank, bar, dot, value, state }, i) => {
      row.style.transition = calm() ? "none" : "transform 0.4s";
      row.style.transform = `translate(${LIST.x}px, ${LIST.y + LIST.row * order.indexOf(i)}px)`;
      const group = groups.find((each) => each.includes(i));
      rank.textContent = group ? `${1 + order.indexOf(group[0])}.` : "–";
      state.textContent = !group ? "not yet a step" : finished[i] ? "finished" : "";
      const visibility = now[i] ? "visible" : "hidden";
      change(bar, { visibility, x1: now[i] ? right(now[i][0]) : 0, x2: now[i] ? right(now[i][2]) : 0 });
      change(dot, { visibility, cx: now[i] ? right(now[i][1]) : 0 });
      value.textContent = now[i] ? `${tenths(now[i][1])} %` : "";
    });
  };
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
