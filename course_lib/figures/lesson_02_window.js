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

const LEFT = { x: 16, y: 34, size: 300 }, RIGHT = { x: 576, y: 34, size: 288 };
const MIDDLE = { x: 372, cell: 44 };

export function create(area, explorer) {
  const picture = element(area, "svg", { viewBox: "0 0 880 456", role: "group", "aria-label": "the window and its output" });
  const title = (x, y, text) => element(picture, "text", { x, y, "font-size": 14, fill: "#1a1a1a" }, text);
  title(LEFT.x, 22, "the picture: drag the window");
  title(MIDDLE.x, 22, "the filter: change a number");
  title(MIDDLE.x, 204, "window × filter");
  title(RIGHT.x, 22, "the output");
  const left = element(picture, "g");
  const rays = element(picture, "g", { stroke: "#B84800", "stroke-width": 1.5, opacity: 0.6 });
  const products = element(picture, "g"), right = element(picture, "g");
  const sum = element(picture, "text", { x: RIGHT.x, y: 350, "font-size": 18, "font-weight": 600 });
  const column = element(picture, "g");
  const frame = element(picture, "rect", { fill: "#B84800", "fill-opacity": 0.08, stroke: "#B84800", "stroke-width": 4, rx: 3 });
  let shown = null;

  const inputs = explorer.settings().weight.map((line, i) => line.map((_, j) => {
    const place = { x: MIDDLE.x + j * 52, y: LEFT.y + i * 46, width: 48, height: 40 };
    const holder = document.createElementNS(SVG, "foreignObject");
    change(holder, place);
    picture.append(holder);
    const input = element(holder, "input", {
      type: "number", step: 1, "aria-label": `filter, row ${i + 1}, column ${j + 1}`, "data-lm-suppress-shortcuts": "true",
      style: "width:46px;height:38px;box-sizing:border-box;font:15px system-ui;text-align:center;border:1px solid #8a8a8a;border-radius:4px;color:#1a1a1a",
    });
    input.addEventListener("input", () => {
      if (input.value === "" || !Number.isFinite(Number(input.value))) return;  // still being typed
      const weight = explorer.settings().weight.map((each) => [...each]);
      weight[i][j] = Number(input.value);
      explorer.set({ weight });
    });
    return input;
  }));

  const move = (row, col) => {
    const most = [shown.output.length - 1, shown.output[0].length - 1];
    const next = { row: Math.max(0, Math.min(row, most[0])), column: Math.max(0, Math.min(col, most[1])) };
    const place = next.row * shown.output[0].length + next.column;
    const visited = explorer.settings().visited;
    if (explorer.settings().source === "numbers" && !visited.includes(place)) next.visited = [...visited, place];
    explorer.set(next);
  };
  grabbed(frame, picture, {
    label: "the window: the arrow keys move it",
    at(x, y) {
      const cell = LEFT.size / shown.picture.length, half = shown.weight.length / 2;
      move(Math.round((y - LEFT.y) / cell - half), Math.round((x - LEFT.x) / cell - half));
    },
    by: (dx, dy) => move(shown.row + dy, shown.column + dx),
  });

  return (settings, numbers) => {
    const fresh = shown === null || shown.picture !== numbers.picture;
    shown = numbers;
    const cell = LEFT.size / numbers.picture.length, KH = numbers.weight.length, KW = numbers.weight[0].length;
    if (fresh) tiles(left, LEFT, cell, numbers.picture, (value) => grey(value), cell > 30);
    change(frame, { x: LEFT.x + numbers.column * cell, y: LEFT.y + numbers.row * cell, width: KW * cell, height: KH * cell });
    inputs.forEach((line, i) => line.forEach((input, j) => {
      if (document.activeElement !== input && input.getRootNode().activeElement !== input) input.value = numbers.weight[i][j];
      input.style.background = signed(numbers.weight[i][j], largest(numbers.weight));
    }));
    tiles(products, { x: MIDDLE.x, y: 216 }, 48, numbers.products, (value) => signed(value, largest(numbers.products)), true);
    sum.textContent = `added up: ${number(numbers.sum)}`;
    const size = Math.min(RIGHT.size / numbers.output.length, 72), most = largest(numbers.output);
    tiles(right, RIGHT, size, numbers.output, (value) => (value === null ? "#f4f4f4" : signed(value, most)), size > 30);
    const here = { x: RIGHT.x + numbers.column * size, y: RIGHT.y + numbers.row * size, width: size, height: size };
    element(right, "rect", { ...here, fill: "none", stroke: "#B84800", "stroke-width": 3 });
    rays.replaceChildren();
    const edge = LEFT.x + (numbers.column + KW) * cell, top = LEFT.y + numbers.row * cell;
    for (const [from, to] of [[top, here.y], [top + KH * cell, here.y + size]]) {
      element(rays, "line", { x1: edge, y1: from, x2: here.x, y2: to });
    }
    column.replaceChildren();
    if (settings.unrolled) {
      const window = [numbers.window.flat()], weight = [numbers.weight.flat()];
      element(column, "text", { x: LEFT.x, y: 386, "font-size": 14 }, "unrolled: the window becomes a column (laid flat here), the filter a row");
      tiles(column, { x: LEFT.x, y: 394 }, 28, window, grey, true, 11);
      tiles(column, { x: LEFT.x, y: 424 }, 28, weight, (value) => signed(value, largest(numbers.weight)), true, 11);
      element(column, "text", { x: LEFT.x + 28 * weight[0].length + 12, y: 430, "font-size": 16 }, `row × column = ${number(numbers.sum)}`);
    }
  };
}

// Squares with numbers in them, in a group of the picture.
function tiles(group, { x, y }, size, table, colour, withNumbers, fontSize = 15) {
  if (fontSize === 15) group.replaceChildren();
  table.forEach((line, i) => line.forEach((value, j) => {
    const place = { x: x + j * size, y: y + i * size, width: size, height: size };
    element(group, "rect", { ...place, fill: colour(value), stroke: "#c8c8c8", "stroke-width": withNumbers ? 1 : 0 });
    if (!withNumbers) return;
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
