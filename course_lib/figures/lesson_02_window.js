// The window one can hold: drag it, and its products, their sum and the output follow.
//
// numbers: {picture: [[...]], most} from Python, for each source; the page computes the rest.

// What the window shows: settings -> its numbers, products, sum; the outputs that were visited.
export function compute(settings, sent) {
  const picture = sent.pictures[settings.source];
  const { row, column, weight } = inside(settings, picture);
  const KH = weight.length, KW = weight[0].length;
  const OH = picture.length - KH + 1, OW = picture[0].length - KW + 1;
  const window = weight.map((line, i) => line.map((_, j) => picture[row + i][column + j]));
  const products = window.map((line, i) => line.map((value, j) => value * weight[i][j]));
  const total = (i, j) => {
    let sum = 0;
    for (let a = 0; a < KH; a += 1) for (let b = 0; b < KW; b += 1) sum += picture[i + a][j + b] * weight[a][b];
    return sum;
  };
  const visited = new Set([...settings.visited, row * OW + column]);
  const all = settings.source !== "numbers";  // of a real image the whole output is shown
  const output = Array.from({ length: OH }, (_, i) => Array.from({ length: OW }, (_, j) => (
    all || visited.has(i * OW + j) ? total(i, j) : null)));
  const sum = output[row][column];
  const words = `Window at row ${row + 1}, column ${column + 1}: its ${KH * KW} numbers times the filter's, added up, are ${number(sum)}`
    + (all ? "." : `. ${visited.size} of ${OH * OW} outputs are known.`);
  return { picture, row, column, weight, window, products, sum, output, words };
}

// The place of the window, kept within the picture.
function inside(settings, picture) {
  const weight = settings.weight;
  return {
    weight,
    row: Math.max(0, Math.min(settings.row, picture.length - weight.length)),
    column: Math.max(0, Math.min(settings.column, picture[0].length - weight[0].length)),
  };
}

const LEFT = { x: 16, y: 34, size: 300 }, RIGHT = { x: 592, y: 34, size: 272 };
const MIDDLE = { x: 372, y: 34, cell: 48 };  // the filter; 3x3
const PRODUCTS = { x: 372, y: 216, cell: 48 };
const ROW = { x: 326, y: 312, cell: 29, gap: 20, columns: 9 };  // the filter, unrolled; columns: shown of the windows
const SUM = { x: 372, y: 396 };
const INK = "#1a1a1a";

export function create(area, explorer) {
  let shown = null, unrolled = false;
  const move = (row, col) => {
    const most = [shown.output.length - 1, shown.output[0].length - 1];
    const next = { row: Math.max(0, Math.min(row, most[0])), column: Math.max(0, Math.min(col, most[1])) };
    const place = next.row * shown.output[0].length + next.column;
    const visited = explorer.settings().visited;
    if (explorer.settings().source === "numbers" && !visited.includes(place)) next.visited = [...visited, place];
    return next;
  };
  const walking = {  // the play button moves one number, the place of the window in reading order
    ...explorer,
    settings: () => ({ place: shown.row * shown.output[0].length + shown.column }),
    set({ place }, playing) {
      const columns = shown.output[0].length;
      explorer.set(move(Math.floor(place / columns), place % columns), playing);
    },
  };
  const run = { kind: "play", name: "place", label: "play", low: 0, high: 0, step: 1, per_second: 2 };
  const bar = element(area, "div", { class: "controls" });
  control(bar, run, walking);
  const counted = element(bar, "span");

  const picture = element(area, "svg", { viewBox: "0 0 880 412", role: "group", "aria-label": "the window and its output" });
  const title = (x, y, text) => element(picture, "text", { x, y, "font-size": 14, fill: INK }, text);
  title(LEFT.x, 22, "the picture: drag the window");
  const titles = [
    title(MIDDLE.x, 22, "the filter: change a number"),
    title(PRODUCTS.x, 204, "each pixel × its weight"),
    title(RIGHT.x, 22, "the output"),
  ];
  [[1, "above 0"], [0, "0"], [-1, "below 0"]].forEach(([value, text], i) => {
    const x = RIGHT.x + [0, 82, 126][i];
    element(picture, "rect", { x, y: 358, width: 12, height: 12, fill: signed(value, 1), stroke: "#8a8a8a" });
    element(picture, "text", { x: x + 18, y: 368, "font-size": 12, style: "fill: #5f5f5f" }, text);
  });
  const unrolledTitles = [
    title(ROW.x, ROW.y - 8, "the filter as a row"),
    title(ROW.x + 9 * ROW.cell + ROW.gap, 22, ""),
    title(ROW.x, ROW.y + ROW.cell + 20, "row × column = one output"),
  ];
  const left = element(picture, "g"), products = element(picture, "g"), column = element(picture, "g");
  const right = element(picture, "g");
  const rays = element(picture, "g", { stroke: INK, "stroke-width": 1.2, opacity: 0.45, "pointer-events": "none" });
  const sum = element(picture, "text", { x: SUM.x, y: SUM.y, "font-size": 15 });
  const halo = element(picture, "rect", { fill: "none", stroke: "white", "stroke-width": 8, rx: 3 });
  const frame = element(picture, "rect", { fill: "transparent", stroke: INK, "stroke-width": 4, rx: 3 });

  const inputs = explorer.settings().weight.map((line, i) => line.map((_, j) => {
    const place = { x: MIDDLE.x + j * MIDDLE.cell, y: MIDDLE.y + i * MIDDLE.cell, width: MIDDLE.cell, height: MIDDLE.cell };
    const holder = document.createElementNS(SVG, "foreignObject");
    change(holder, place);
    picture.append(holder);
    const input = element(holder, "input", {
      type: "number", step: 1, "aria-label": `filter, row ${i + 1}, column ${j + 1}`, "data-lm-suppress-shortcuts": "true",
      style: "width:46px;height:46px;box-sizing:border-box;font:15px system-ui;text-align:center;appearance:textfield;border:1px solid #8a8a8a;border-radius:4px;color:#1a1a1a",
    });
    input.addEventListener("input", () => {
      if (input.value === "" || !Number.isFinite(Number(input.value))) return;  // still being typed
      const weight = explorer.settings().weight.map((each) => [...each]);
      weight[i][j] = Number(input.value);
      explorer.set({ weight });
    });
    return input;
  }));

  grabbed(frame, picture, {
    label: "the window: the arrow keys move it",
    at(x, y) {
      const cell = LEFT.size / shown.picture.length, half = shown.weight.length / 2;
      explorer.set(move(Math.round((y - LEFT.y) / cell - half), Math.round((x - LEFT.x) / cell - half)));
    },
    by: (dx, dy) => explorer.set(move(shown.row + dy, shown.column + dx)),
  });

  return (settings, numbers) => {
    const fresh = shown === null || shown.picture !== numbers.picture;
    shown = numbers;
    const cell = LEFT.size / numbers.picture.length, KH = numbers.weight.length, KW = numbers.weight[0].length;
    const count = numbers.output.length * numbers.output[0].length;
    run.high = count - 1;
    run.per_second = count > 30 ? 30 : 2;
    counted.textContent = `window ${numbers.row * numbers.output[0].length + numbers.column + 1} of ${count}`;
    if (fresh) tiles(left, LEFT, cell, numbers.picture, grey, cell > 30);
    const window = { x: LEFT.x + numbers.column * cell, y: LEFT.y + numbers.row * cell, width: KW * cell, height: KH * cell };
    for (const part of [halo, frame]) change(part, window);
    const size = Math.min(RIGHT.size / numbers.output.length, 72), most = largest(numbers.output);
    tiles(right, RIGHT, size, numbers.output, (value) => (value === null ? "#f4f4f4" : signed(value, most)), size > 30);
    const here = { x: RIGHT.x + numbers.column * size, y: RIGHT.y + numbers.row * size, width: size, height: size };
    element(right, "rect", { ...here, fill: "none", stroke: INK, "stroke-width": 3 });

    for (const part of [...titles, ...inputs.flat()]) part.style.display = settings.unrolled ? "none" : "";
    for (const part of unrolledTitles) part.style.display = settings.unrolled ? "" : "none";
    inputs.forEach((line, i) => line.forEach((input, j) => {
      if (document.activeElement !== input && input.getRootNode().activeElement !== input) input.value = numbers.weight[i][j];
      input.style.background = signed(numbers.weight[i][j], largest(numbers.weight));
    }));
    products.replaceChildren();
    column.replaceChildren();
    rays.replaceChildren();
    right.style.display = settings.unrolled ? "none" : "";
    if (settings.unrolled) {
      unrolledTitles[1].textContent = count > ROW.columns ? `each window as a column: ${ROW.columns} of ${count}` : "each window as a column";
      drawUnrolled(column, numbers, window, cell, unrolled ? 0 : 700);
    } else {
      const middle = { x: PRODUCTS.x, y: PRODUCTS.y, width: KW * PRODUCTS.cell, height: KH * PRODUCTS.cell };
      tiles(products, PRODUCTS, PRODUCTS.cell, numbers.products, (value) => signed(value, largest(numbers.products)), true);
      join(rays, window, middle);
      join(rays, middle, here);
    }
    unrolled = settings.unrolled;
    sum.textContent = `${added(numbers.products.flat())} = `;
    element(sum, "tspan", { "font-weight": 700 }, number(numbers.sum));
  };
}

// The row of the filter times the columns of the windows, laid out as by hand: each answer stands
// where they cross. milliseconds: how long the window's numbers take to their column, if any.
function drawUnrolled(group, numbers, window, cell, milliseconds) {
  const { picture, output, weight } = numbers, size = ROW.cell, height = weight.flat().length;
  const OW = output[0].length, here = numbers.row * OW + numbers.column;
  const first = Math.max(0, Math.min(here - 4, output.length * OW - ROW.columns));
  const x = ROW.x + height * size + ROW.gap, top = ROW.y - height * size - 4, most = largest(output);
  const shade = (value) => (value === null ? "#f4f4f4" : signed(value, most));
  tiles(group, ROW, size, [weight.flat()], (value) => signed(value, largest(weight)), true, 12);
  output.flat().slice(first, first + ROW.columns).forEach((value, k) => {
    const row = Math.floor((first + k) / OW), column = (first + k) % OW;
    const pixels = weight.flatMap((line, i) => line.map((_, j) => [value === null ? undefined : picture[row + i][column + j]]));
    const own = element(group, "g");
    tiles(own, { x: x + k * size, y: top }, size, pixels, (pixel) => (pixel === undefined ? "#f4f4f4" : grey(pixel)), true, 12);
    tiles(group, { x: x + k * size, y: ROW.y }, size, [[value]], shade, true, 12);
    if (first + k === here) arrive(own, window, cell, { x: x + k * size, y: top }, weight[0].length, milliseconds);
  });
  for (const place of [{ y: top, height: height * size }, { y: ROW.y, height: size }]) {
    element(group, "rect", { x: x + (here - first) * size, width: size, ...place, fill: "none", stroke: INK, "stroke-width": 3 });
  }
}

// Let the tiles of a column, each a square and its number, start from their places in the window.
function arrive(group, window, cell, to, columns, milliseconds) {
  if (milliseconds === 0 || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  [...group.children].forEach((part, k) => {
    const i = Math.floor(k / 2);
    const x = window.x + (i % columns) * cell - to.x, y = window.y + Math.floor(i / columns) * cell - to.y - i * ROW.cell;
    part.animate([{ transform: `translate(${x}px, ${y}px)` }, { transform: "none" }], { duration: milliseconds, easing: "ease-in-out" });
  });
}

// Two lines from the right side of one box to the left side of another.
function join(rays, from, to) {
  for (const end of [0, 1]) {
    element(rays, "line", { x1: from.x + from.width, y1: from.y + end * from.height, x2: to.x, y2: to.y + end * to.height });
  }
}

// The numbers with their signs between them: 8 + 0 − 8.
function added(values) {
  return values.map((value, i) => {
    const size = number(Math.abs(value), 2);
    if (i === 0) return number(value, 2);
    return `${value < 0 ? "−" : "+"} ${size}`;
  }).join(" ");
}

// Squares with numbers in them, in a group of the picture.
function tiles(group, { x, y }, size, table, colour, withNumbers, fontSize = 15) {
  if (fontSize === 15) group.replaceChildren();
  table.forEach((line, i) => line.forEach((value, j) => {
    const place = { x: x + j * size, y: y + i * size, width: size, height: size };
    element(group, "rect", { ...place, fill: colour(value), stroke: "#c8c8c8", "stroke-width": withNumbers ? 1 : 0 });
    if (!withNumbers || value === undefined) return;
    const middle = { x: place.x + size / 2, y: place.y + size / 2, "text-anchor": "middle", "dominant-baseline": "central", "font-size": fontSize };
    element(group, "text", middle, value === null ? "?" : number(value, 2));
  }));
}

function grey(value) {  // 0 is dark, 9 is white; never so dark that a number on it cannot be read
  const shade = Math.round(120 + 15 * Math.max(0, Math.min(9, value)));
  return `rgb(${shade},${shade},${shade})`;
}

function largest(table) {
  return Math.max(...table.flat().map((value) => Math.abs(value ?? 0)), 1e-9);
}
