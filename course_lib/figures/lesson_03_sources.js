// Who sent what: each output has a hue, and so has each digit of the sums that the pixels get.
//
// From Python come the pictures, the filter and the ranges of the sliders; the page computes all
// else, and the numbers have the same names as in lesson_03_sources.py.

const POWERS = [[1, 10], [100, 1000]];  // dy: what the outputs send back, over and over
const EVERY = 100;  // outputs: more than there are

export function compute(settings, sent) {
  const x = sent.pictures[settings.operation], convolution = settings.operation === "convolution";
  const size = convolution ? sent.weight.length : settings.kernel_size;
  const stride = convolution ? 1 : settings.stride;
  const dy = gradients(x, size, stride);
  const sends = convolution ? convolutionBackward(dy, x, sent.weight) : maxpoolBackward(dy, x, size, stride);
  const count = Math.min(settings.sent, sends.length);
  const sources = collect(sends.slice(0, count), x.length * x[0].length);
  const dx = x.map((line, i) => line.map((_, j) => total(sources[i * line.length + j], settings.assign)));
  const [table, number] = lookedAt(settings, sends.length, count, sources);
  const { outputs, pixels } = lit(table, number, sends, sources);
  const used = convolution ? usedWeights(outputs, pixels, dy[0].length, x[0].length, size) : [];
  const numbers = { ...sent, x, size, stride, dy, sends, sent: count, sources, dx, table, number, outputs, pixels, used };
  return { ...numbers, words: inWords(numbers, convolution, settings.assign) };
}

// The two backward passes: what each output sends, as a list of [pixel, amount]

function gradients(x, size, stride) {
  const length = (all) => Math.floor((all - size) / stride) + 1;
  return Array.from({ length: length(x.length) }, (_, i) => (
    Array.from({ length: length(x[0].length) }, (__, j) => POWERS[i % 2][j % 2])));
}

function convolutionBackward(dy, x, weight) {
  return dy.flatMap((line, i) => line.map((each, j) => weight.flatMap((row, a) => (
    row.map((factor, b) => [(i + a) * x[0].length + j + b, factor * each])))));
}

function maxpoolBackward(dy, x, size, stride) {
  return dy.flatMap((line, i) => line.map((each, j) => {
    let best = [i * stride, j * stride];
    for (let row = i * stride; row < i * stride + size; row += 1) {
      for (let column = j * stride; column < j * stride + size; column += 1) {
        if (x[row][column] > x[best[0]][best[1]]) best = [row, column];
      }
    }
    return [[best[0] * x[0].length + best[1], each]];
  }));
}

// For each pixel what it got, in order: [output, amount].
function collect(sends, pixels) {
  const sources = Array.from({ length: pixels }, () => []);
  sends.forEach((parcels, output) => parcels.forEach(([pixel, amount]) => sources[pixel].push([output, amount])));
  return sources;
}

function sum(values) {
  return values.reduce((one, other) => one + other, 0);
}

function total(got, assign) {
  return assign ? got.at(-1)?.[1] ?? 0 : sum(got.map(([, amount]) => amount));
}

// The table and the number of the cell that picture and words are about.
function lookedAt(settings, outputs, sent, sources) {
  const [operation, table, number] = settings.pointed;
  if (operation === settings.operation && number < (table === "dy" ? outputs : sources.length)) return [table, number];
  if (sent < outputs) return sent ? ["dy", sent - 1] : ["", 0];
  const counts = sources.map((got) => got.length);
  return ["dx", counts.indexOf(Math.max(...counts))];
}

// The outputs and the pixels that stand out.
function lit(table, number, sends, sources) {
  if (table === "dx") return { outputs: sources[number].map(([output]) => output), pixels: [number] };
  if (table === "dy") return { outputs: [number], pixels: sends[number].map(([pixel]) => pixel) };
  return { outputs: [], pixels: [] };
}

// Through which cell of the filter each output that stands out has to do with each pixel that does:
// [cell, output]. perRow, columns, size: the widths of dy, x and the filter.
function usedWeights(outputs, pixels, perRow, columns, size) {
  return outputs.flatMap((output) => pixels.map((pixel) => {
    const row = Math.floor(pixel / columns) - Math.floor(output / perRow), column = (pixel % columns) - (output % perRow);
    return [row * size + column, output];
  }));
}

// Words, as in Python

function inWords(numbers, convolution, assign) {
  if (numbers.table === "dx") return wordsOfPixel(numbers, assign);
  if (numbers.table === "dy") return wordsOfOutput(numbers, convolution, assign);
  return "No output has sent anything yet, and dx is 0 everywhere.";
}

function wordsOfPixel(numbers, assign) {
  const pixel = numbers.number, amounts = numbers.sources[pixel].map(([, amount]) => amount);
  const where = `The pixel in ${place(pixel, numbers.x)}`;
  const gets = numbers.sent === numbers.sends.length ? "gets" : "has so far got";
  if (!amounts.length) return `${where} ${nothing(numbers, pixel)}.`;
  if (amounts.length === 1) return `${where} ${gets} ${amounts[0]}, from one output.`;
  const from = `${where} ${gets} something from ${amounts.length} outputs`;
  return assign
    ? `${from}, and each overwrites what was there: ${amounts.at(-1)} is left, not ${sum(amounts)}.`
    : `${from}: ${addition(amounts)}.`;
}

// Whether any output sends something to a pixel.
function isReached(pixel, { sends }) {
  return sends.some((parcels) => parcels.some(([to]) => to === pixel));
}

function nothing({ x, dy, size, stride, sends }, pixel) {
  if (isReached(pixel, { sends })) return "has not got anything yet";
  const row = Math.floor(pixel / x[0].length), column = pixel % x[0].length;
  const within = (at, first) => first <= at && at < first + size;
  const seen = dy.some((line, i) => line.some((_, j) => within(row, i * stride) && within(column, j * stride)));
  return seen ? "gets nothing: no window has its maximum there" : "lies in no window";
}

function wordsOfOutput(numbers, convolution, assign) {
  const { x, number: output, sent } = numbers, parcels = numbers.sends[output];
  const dy = numbers.dy.flat()[output];
  let text = `Output ${output + 1} ${output < sent ? "sends" : "has yet to send"} `;
  if (convolution) {
    const amounts = parcels.map(([, amount]) => amount);
    return `${text}weight × ${dy} to the pixels of its window: ${amounts.slice(0, -1).join(", ")} and ${amounts.at(-1)}.`;
  }
  const [[pixel]] = parcels, value = x.flat()[pixel], ties = tied(numbers, output, value);
  text += `${dy} to the maximum of its window, the ${value} in ${place(pixel, x)}`;
  text += ties > 1 ? `, the first of ${ties} that tie.` : ".";
  return text + meeting(numbers.sources[pixel], output, assign);
}

// What becomes of the amount from an output among all that its pixel got.
function meeting(got, output, assign) {
  const until = got.filter(([source]) => source <= output).map(([, amount]) => amount);
  if (!got.some(([source]) => source === output)) return "";  // not sent yet
  if (assign && isOverwritten(got, output)) return " A later output overwrites it.";
  if (until.length === 1) return "";
  return assign ? ` There it overwrites the ${until.at(-2)}.` : ` There it makes ${addition(until)}.`;
}

// Whether a pixel got something from another output after this one.
function isOverwritten(got, output) {
  return got.at(-1)[0] > output;
}

function tied({ x, dy, size, stride }, output, value) {
  const top = Math.floor(output / dy[0].length) * stride, left = (output % dy[0].length) * stride;
  const window = x.slice(top, top + size).flatMap((line) => line.slice(left, left + size));
  return window.filter((each) => each === value).length;
}

function place(pixel, x) {
  return `row ${Math.floor(pixel / x[0].length) + 1}, column ${(pixel % x[0].length) + 1}`;
}

function addition(amounts) {
  return `${amounts.join(" + ")} = ${sum(amounts)}`;
}

// The picture

const HUES = ["#0072B2", "#C58600", "#009E73", "#CC79A7"];  // of 1, 10, 100 and 1000
const INKS = ["#ffffff", "#000000", "#000000", "#000000"];  // read on them
const INK = "#1a1a1a", SOFT = "#5f5f5f", PALE = "#6b6b6b", LINE = "#c8c8c8";
const HEAD = 34, TOP = 46;  // where the headings are written, and where the tables begin
const X = { left: 12, width: 180 }, DY = { left: 218, width: 144 }, DX = { left: 392, width: 310 };
const SUM = { left: 724, right: 874, digit: 20 };
const CAPTION = 12;  // the size of small text
const FAINT = 0.3;

export function create(area, explorer) {
  let shown = null;
  const stepping = {  // a step shows the output that sends, unless one watches a pixel
    ...explorer,
    set(values, playing) {
      const next = { ...values };
      if (next.sent >= shown.sends.length) next.sent = EVERY;
      if (explorer.settings().pointed[1] === "dy") next.pointed = [];
      explorer.set(next, playing);
    },
  };
  const bar = element(area, "div", { class: "controls" });
  const steps = { name: "sent", label: "sent so far", low: 0, high: EVERY, step: 1 };
  const controls = [control(bar, { ...steps, kind: "slider" }, stepping)];
  const slider = bar.querySelector("input");
  const run = { ...steps, kind: "play", label: "play", per_second: 1 };
  controls.push(control(bar, run, stepping));
  const sizes = element(bar, "div", { class: "controls", style: "margin: 0" });
  for (const [name, label] of [["kernel_size", "kernel size"], ["stride", "stride"]]) {
    const [low, high] = explorer.numbers().ranges[name];
    controls.push(control(sizes, { kind: "slider", name, label, low, high, step: 1 }, explorer));
  }
  bar.querySelectorAll("output").forEach((readout) => { readout.style.minWidth = "1.4em"; });

  const picture = element(area, "svg", { viewBox: "0 0 880 360", role: "group", "aria-label": "what each output sends, and what each pixel gets" });
  const scene = element(picture, "g", { "pointer-events": "none" });
  const targets = {
    dy: cellsToPointAt(picture, "dy", "dy, the outputs", explorer),
    dx: cellsToPointAt(picture, "dx", "dx, the pixels", explorer),
  };

  return (settings, numbers) => {
    shown = numbers;
    slider.max = run.high = numbers.sends.length;
    controls.forEach((show) => show({ ...settings, sent: numbers.sent }));
    sizes.style.visibility = settings.operation === "convolution" ? "hidden" : "visible";
    const grids = { x: grid(X, numbers.x), dy: grid(DY, numbers.dy, 60), dx: grid(DX, numbers.dx) };
    scene.replaceChildren();
    const pointed = String(settings.pointed) === String([settings.operation, numbers.table, numbers.number]);
    const faint = pointed || numbers.table === "dy" ? FAINT : 1;  // all that does not stand out
    drawInput(scene, settings, numbers, grids);
    drawCells(scene, numbers, grids);
    drawOutputs(scene, numbers, grids, faint);
    if (settings.operation === "convolution") drawFilter(scene, numbers, grids);
    drawPaths(scene, settings, numbers, grids);
    drawGradient(scene, settings, numbers, grids, faint);
    drawSum(scene, settings, numbers);
    targets.dy(grids.dy, numbers, (i) => `output ${i + 1}: ${numbers.dy.flat()[i]}${i < numbers.sent ? "" : ", not sent yet"}`);
    targets.dx(grids.dx, numbers, (i) => `pixel in ${place(i, numbers.x)}: ${numbers.dx.flat()[i]}`);
  };
}

// Where the cells of a table lie.
function grid({ left, width }, table, largest = Infinity) {
  const rows = table.length, columns = table[0].length;
  const cell = Math.min(largest, width / Math.max(rows, columns));
  const box = (i) => ({ x: left + (i % columns) * cell, y: TOP + Math.floor(i / columns) * cell, width: cell, height: cell });
  return { rows, columns, cell, box };
}

// Transparent cells above a table: one points at them, taps them, or moves among them by the arrow
// keys. Returns a function that puts them in their places. They are made anew only for a new shape.
function cellsToPointAt(picture, table, label, explorer) {
  const group = element(picture, "g", { role: "radiogroup", "aria-label": label });
  let cells = [], columns = 0;
  const point = (i) => {
    const { operation, pointed } = explorer.settings(), next = [operation, table, i];
    if (String(next) !== String(pointed)) explorer.set({ pointed: next }, true);
  };
  const keys = (event, i) => {
    const inRow = i % columns;
    const to = {
      ArrowLeft: inRow > 0 ? i - 1 : i,
      ArrowRight: inRow < columns - 1 ? i + 1 : i,
      ArrowUp: i - columns,
      ArrowDown: i + columns,
    }[event.key];
    if (to === undefined && event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") explorer.set({ pointed: [] }, true);
    else cells[to]?.focus({ preventScroll: true });
  };
  const make = (i) => {
    const cell = element(group, "rect", { role: "radio", fill: "transparent", style: "cursor: pointer" });
    cell.setAttribute("data-lm-suppress-shortcuts", "true");
    for (const event of ["pointerenter", "click", "focus"]) cell.addEventListener(event, () => point(i));
    cell.addEventListener("keydown", (event) => keys(event, i));
    return cell;
  };
  return (places, numbers, name) => {
    if (cells.length !== places.rows * places.columns || columns !== places.columns) {
      group.replaceChildren();
      columns = places.columns;
      cells = Array.from({ length: places.rows * columns }, (_, i) => make(i));
    }
    const chosen = numbers.table === table ? numbers.number : -1;
    cells.forEach((cell, i) => change(cell, {
      ...places.box(i), "aria-label": name(i), "aria-checked": i === chosen, tabindex: i === Math.max(chosen, 0) ? 0 : -1,
    }));
  };
}

function write(parent, x, y, text, attributes = {}) {
  return element(parent, "text", { x, y, "font-size": 14, ...attributes }, text);
}

function writeInside(parent, box, text, attributes = {}) {
  write(parent, box.x + box.width / 2, box.y + box.height / 2, text, { "text-anchor": "middle", "dominant-baseline": "central", ...attributes });
}

// 0, 1, 2 or 3: the place of an output's power of ten, and of its hue.
function placeOf(numbers, output) {
  return String(numbers.dy.flat()[output]).length - 1;
}

// A frame around each lit output's window, in its hue, those of several inside one another.
function frames(parent, numbers, { box, cell }) {
  const { size, stride } = numbers, columns = numbers.x[0].length, perRow = numbers.dy[0].length;
  for (const output of numbers.outputs) {
    const corner = box(Math.floor(output / perRow) * stride * columns + (output % perRow) * stride);
    const at = placeOf(numbers, output), inset = 2 + (numbers.outputs.length > 1 ? 4 * at : 0);
    element(parent, "rect", {
      x: corner.x + inset, y: corner.y + inset, width: size * cell - 2 * inset, height: size * cell - 2 * inset,
      fill: HUES[at], "fill-opacity": 0.07, stroke: HUES[at], "stroke-width": 3, rx: 3,
    });
  }
}

function drawInput(parent, settings, numbers, { x: places }) {
  const convolution = settings.operation === "convolution";
  write(parent, X.left, HEAD, "the picture x");
  numbers.x.flat().forEach((_, i) => element(parent, "rect", { ...places.box(i), fill: "#f4f4f4", stroke: LINE }));
  frames(parent, numbers, places);
  if (!convolution) drawWinners(parent, numbers, places);
  const weights = new Map(numbers.table === "dy" ? numbers.used.map(([cell], i) => [numbers.pixels[i], numbers.weight.flat()[cell]]) : []);
  numbers.x.flat().forEach((value, i) => {
    const box = places.box(i), isLit = numbers.pixels.includes(i), weight = weights.get(i);
    const middle = { ...box, y: box.y - (weight === undefined ? 0 : 9) };
    const dim = { "font-size": 15, style: `fill: #6f6f6f` };  // a convolution's dx does not depend on x
    writeInside(parent, middle, value, convolution ? dim : { "font-size": 17, "font-weight": isLit ? 700 : 400 });
    if (weight !== undefined) writeInside(parent, { ...box, y: box.y + 13 }, `weight ${weight}`, { "font-size": CAPTION });
    else if (isLit) element(parent, "circle", { cx: box.x + box.width / 2, cy: box.y + box.height / 2, r: 14, fill: "none", stroke: INK, "stroke-width": 2 });
  });
  const lines = convolution ? ["its numbers play no part in dx"] : ["coloured corner:", "the maximum of a window"];
  caption(parent, X.left, TOP + places.rows * places.cell, lines);
}

function caption(parent, x, y, lines) {
  lines.forEach((line, i) => write(parent, x, y + 17 + 14 * i, line, { "font-size": CAPTION, style: `fill: ${SOFT}` }));
}

// In each window's maximum a corner in the hue of its output. A hue's corner is also its place
// among 1, 10, 100 and 1000 in dy.
function drawWinners(parent, numbers, { box, cell }) {
  const length = 0.36 * cell;
  numbers.sends.forEach(([[pixel]], output) => {
    const at = placeOf(numbers, output), { x, y } = box(pixel);
    const [right, down] = [at % 2, Math.floor(at / 2)];
    const corner = [x + right * cell, y + down * cell], [dx, dy] = [right ? -length : length, down ? -length : length];
    element(parent, "polygon", {
      points: `${corner} ${corner[0] + dx},${corner[1]} ${corner[0]},${corner[1] + dy}`,
      fill: HUES[at], stroke: "#ffffff", "stroke-width": 1,
    });
  });
}

function drawOutputs(parent, numbers, { dy: places }, faint) {
  write(parent, DY.left, HEAD, "dy: point at an output");
  numbers.dy.flat().forEach((value, i) => {
    const at = placeOf(numbers, i), sent = i < numbers.sent, isLit = numbers.outputs.includes(i);
    const box = places.box(i), inner = { x: box.x + 2, y: box.y + 2, width: box.width - 4, height: box.height - 4 };
    const cell = element(parent, "g", { opacity: isLit ? 1 : faint });
    element(cell, "rect", {
      ...inner, rx: 4, fill: sent ? HUES[at] : "#ffffff", stroke: isLit ? INK : HUES[at],
      "stroke-width": isLit ? 3 : 2, "stroke-dasharray": sent ? "none" : "4 3",
    });
    writeInside(cell, box, value, { "font-size": Math.max(CAPTION, Math.min(16, places.cell * 0.3)), "font-weight": 600, style: `fill: ${sent ? INKS[at] : INK}` });
  });
  caption(parent, DY.left, TOP + places.rows * places.cell, ["chosen so that each digit", "in dx shows its source"]);
}

// The filter; a cell through which an output has to do with a pixel is framed in the output's hue.
function drawFilter(parent, numbers, { dy: places }) {
  const top = TOP + places.rows * places.cell + 62, side = 42, columns = numbers.weight[0].length;
  write(parent, DY.left, top, "the filter, weight");
  const hues = new Map(numbers.used.map(([cell, output]) => [cell, HUES[placeOf(numbers, output)]]));
  numbers.weight.flat().forEach((value, i) => {
    const box = { x: DY.left + 2 + (i % columns) * side, y: top + 10 + Math.floor(i / columns) * side, width: side, height: side };
    const hue = hues.get(i);
    element(parent, "rect", { ...box, fill: "#f4f4f4", stroke: LINE });
    if (hue) element(parent, "rect", { x: box.x + 3, y: box.y + 3, width: side - 6, height: side - 6, rx: 3, fill: hue, "fill-opacity": 0.12, stroke: hue, "stroke-width": 4 });
    writeInside(parent, box, value, { "font-size": 16, "font-weight": hue ? 700 : 400 });
  });
}

// The empty cells of dx.
function drawCells(parent, numbers, { dx }) {
  numbers.sources.forEach((_, i) => element(parent, "rect", { ...dx.box(i), fill: "#ffffff", stroke: LINE }));
  if (numbers.table === "dy") frames(parent, numbers, dx);
}

// Arrows to the lit pixels from the outputs that have sent to them, each from its own cell. None
// crosses another: they leave and arrive in reading order, and run above the numbers. An arrow is
// dashed where what was sent is overwritten.
function drawPaths(parent, settings, numbers, { dy, dx }) {
  const left = DY.left + dy.columns * dy.cell, middle = (left + DX.left) / 2;  // between the tables
  for (const pixel of numbers.pixels) {
    const senders = numbers.outputs.filter((each) => each < numbers.sent), to = dx.box(pixel);
    const before = numbers.pixels.filter((each) => each < pixel && dx.box(each).y === to.y).length;
    const apart = Math.min(8, 0.2 * to.height / Math.max(1, senders.length - 1));
    const lines = senders.map((output, i) => {
      const start = leaving(dy, output), end = { x: to.x + 9, y: to.y + 8 + apart * (i + before) };
      const d = `M${start.x} ${start.y}H${left}C${middle} ${start.y} ${middle} ${end.y} ${DX.left} ${end.y}H${end.x - 6}`;
      element(parent, "path", { d, fill: "none", stroke: "#ffffff", "stroke-width": 5, opacity: 0.85 });
      return { output, start, end, d };
    });
    for (const { output, start, end, d } of lines) {
      const lost = settings.assign && isOverwritten(numbers.sources[pixel], output), hue = HUES[placeOf(numbers, output)];
      const arrow = element(parent, "g", { opacity: lost ? 0.5 : 1 });
      element(arrow, "path", { d, fill: "none", stroke: hue, "stroke-width": Math.min(2.5, apart), "stroke-dasharray": lost ? "5 5" : "none" });
      element(arrow, "path", { d: `M${end.x} ${end.y}l-8 -4v8z`, fill: hue });
      element(arrow, "circle", { cx: start.x, cy: start.y, r: 3.5, fill: hue, stroke: "#ffffff", "stroke-width": 1.5 });
    }
  }
}

// Where an output's arrow leaves its cell: above or below the numbers of its row.
function leaving({ box, columns }, output) {
  const { x, y, width, height } = box(output), column = output % columns;
  const part = column === columns - 1 ? 0.86 : 0.12 + 0.2 * column / columns;
  return { x: x + width - 9, y: y + height * part };
}

function drawGradient(parent, settings, numbers, { dx: places }, faint) {
  write(parent, DX.left, HEAD, `dx: point at a pixel${settings.assign ? "" : " to see its sum"}`);
  numbers.dx.flat().forEach((value, i) => {
    const isLit = numbers.pixels.includes(i), box = places.box(i), cell = element(parent, "g");
    const sent = isLit && numbers.table === "dy" && numbers.number < numbers.sent;
    const gone = sent && settings.assign && isOverwritten(numbers.sources[i], numbers.number);
    const of = numbers.table === "dx" && isLit ? null : sent && !gone ? placeOf(numbers, numbers.number) : -1;
    const width = Math.min(24, box.width / 4.4), height = width * 1.45;
    const digits = { x: box.x + box.width / 2 + width * String(value).length / 2, y: box.y + box.height / 2, width, height };
    if (value) writeDigits(cell, digits, value, of, faint);
    else writeInside(cell, box, 0, { "font-size": 15, style: `fill: ${PALE}` });
    const wanted = sum(numbers.sources[i].map(([, amount]) => amount));
    if (wanted !== value) write(cell, box.x + box.width / 2, box.y + box.height - 6, `not ${wanted}`, { "text-anchor": "middle", "font-size": 12, style: "fill: #B84800" });
    if (isLit) element(cell, "rect", { x: box.x + 1.5, y: box.y + 1.5, width: box.width - 3, height: box.height - 3, fill: "none", stroke: INK, "stroke-width": 3 });
  });
}

// A number that ends at x, each digit on the hue of its power of ten; a 0 came from nobody.
// of: the only place that stands out; null for all, -1 for none.
function writeDigits(parent, { x, y, width, height }, value, of = null, faint = FAINT) {
  const digits = [...String(value)];
  digits.forEach((digit, i) => {
    const at = digits.length - 1 - i;
    const box = { x: x - (at + 1) * width, y: y - height / 2, width, height };
    const group = element(parent, "g", { opacity: of === null || of === at ? 1 : faint });
    if (digit !== "0") element(group, "rect", { ...box, x: box.x + 0.5, width: width - 1, rx: 2, fill: HUES[at] });
    writeInside(group, box, digit, { "font-size": height * 0.72, "font-weight": 600, style: `fill: ${digit === "0" ? SOFT : INKS[at]}` });
  });
}

// At the right: what the pixel got, one below the other, and the total.
function drawSum(parent, settings, numbers) {
  if (!numbers.table) return;
  const convolution = settings.operation === "convolution";
  if (convolution && numbers.table === "dy") return drawProducts(parent, numbers);
  const [pixel] = numbers.pixels, got = numbers.sources[pixel];
  write(parent, SUM.left, HEAD - 17, place(pixel, numbers.x), { "font-weight": 600 });
  if (!got.length) return caption(parent, SUM.left, HEAD - 17, [isReached(pixel, numbers) ? "nothing so far" : "gets nothing"]);
  write(parent, SUM.left, HEAD, convolution ? "weight × dy" : "dy");
  const height = Math.min(34, 250 / (got.length + 1)), right = SUM.right, middle = (line) => TOP + height * (line + 0.5);
  const digits = (line, value) => ({ x: right, y: middle(line), width: Math.min(SUM.digit, height * 0.7), height: height * 0.85 });
  got.forEach(([output, amount], line) => {
    const gone = settings.assign && line < got.length - 1;
    const row = element(parent, "g", { opacity: gone ? 0.45 : 1 });
    drawFactors(row, numbers, middle(line), output, convolution ? amount / numbers.dy.flat()[output] : null);
    writeDigits(row, digits(line), amount);
    if (gone) element(row, "line", { x1: SUM.left, x2: right, y1: middle(line), y2: middle(line), stroke: INK, "stroke-width": 2 });
  });
  const line = TOP + height * got.length + 3, value = total(got, settings.assign);
  element(parent, "line", { x1: SUM.left, x2: right, y1: line, y2: line, stroke: INK, "stroke-width": 1.5 });
  write(parent, SUM.left, middle(got.length) + 6, settings.assign ? "the last" : "the sum", { "font-size": CAPTION, "dominant-baseline": "central", style: `fill: ${SOFT}` });
  const below = digits(got.length);
  writeDigits(parent, { ...below, y: below.y + 6 }, value);
}

// A chip for an output, with its dy, as in the table; before it the weight that it was multiplied by.
function drawFactors(parent, numbers, y, output, weight) {
  const at = placeOf(numbers, output), small = { "font-size": CAPTION, "font-weight": 600 };
  const chip = { x: SUM.left + (weight === null ? 0 : 29), y: y - 9, width: 37, height: 18 };
  if (weight !== null) {
    const box = { ...chip, x: SUM.left + 1, width: 16 };
    element(parent, "rect", { ...box, rx: 2, fill: "none", stroke: HUES[at], "stroke-width": 2.5 });
    writeInside(parent, box, weight, small);
    writeInside(parent, { ...box, x: SUM.left + 16 }, "×", { "font-size": 13 });
  }
  element(parent, "rect", { ...chip, rx: 4, fill: HUES[at] });
  writeInside(parent, chip, numbers.dy.flat()[output], { ...small, style: `fill: ${INKS[at]}` });
}

// What an output of the convolution sends: the filter times its dy.
function drawProducts(parent, numbers) {
  const dy = numbers.dy.flat()[numbers.number], cell = 58;
  write(parent, SUM.left, HEAD - 17, `output ${numbers.number + 1}`, { "font-weight": 600 });
  write(parent, SUM.left, HEAD, `weight × ${dy}`);
  numbers.sends[numbers.number].forEach(([, amount], i) => {
    const box = { x: SUM.left + (i % 2) * cell, y: TOP + Math.floor(i / 2) * cell, width: cell, height: cell };
    element(parent, "rect", { ...box, fill: "#ffffff", stroke: LINE });
    const width = Math.min(14, cell / 4.4);
    writeDigits(parent, { x: box.x + cell / 2 + width * String(amount).length / 2, y: box.y + cell / 2, width, height: width * 1.6 }, amount);
  });
}
