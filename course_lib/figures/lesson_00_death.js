// Three images to death: what case A's training does to its network, image by image.
//
// From Python, for one order of the images: {order, class_names, labels, images, networks}, each
// network {name, fate, dead, steps}, each step {active, maps, filters, scales, probabilities,
// gradients, inputs}. In base64: images, a byte a value, 32 × 32 × 3; maps, a bit a ReLU,
// 16 × 30 × 30; filters, a signed byte a weight, 16 × 3 × 3 × 3, where 127 is the filter's scale.

const FILTERS = 16, SIZE = 30, RELUS = FILTERS * SIZE * SIZE;

// What is shown of a step, of both networks; where another order was chosen, until Python has it,
// the one before.
export function compute(settings, sent) {
  const image = Math.min(settings.image, sent.labels.length - 1), filter = settings.filter;
  const steps = sent.networks.map((network) => network.steps[image]);
  const waiting = sent.order !== settings.order;
  return {
    order: sent.order,
    image,
    filter,
    waiting,
    active: steps.map((step) => step.active / RELUS),
    map_active: steps.map((step) => mapActive(bytes(step.maps), filter)),
    weights: steps.map((step) => Array.from(shares(step, filter), (share) => share / 127 * step.scales[filter])),
    probabilities: steps.map((step) => step.probabilities),
    words: waiting ? "Training on the images in another order." : inWords(sent, image, settings.compare),
  };
}

function bytes(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

// Whether a ReLU is active. place: (map × 30 + row) × 30 + column.
function isActive(maps, place) {
  return (maps[place >> 3] >> (7 - (place & 7))) & 1;
}

function mapActive(maps, filter) {
  let count = 0;
  for (let i = 0; i < SIZE * SIZE; i += 1) count += isActive(maps, filter * SIZE * SIZE + i);
  return count / (SIZE * SIZE);
}

// The weights of a filter from −127 to 127: three rows of three, each in three colours.
function shares(step, filter) {
  return new Int8Array(bytes(step.filters).buffer).subarray(27 * filter, 27 * filter + 27);
}

function inWords(sent, image, compare) {
  const [posted, repaired] = sent.networks, names = sent.class_names;
  const step = posted.steps[image], p = step.probabilities, most = Math.max(...p);
  const answer = most === Math.min(...p)
    ? `every class gets ${percent(most)}`
    : `the answer is “${names[p.indexOf(most)]}” with ${percent(most)}`;
  const nothing = step.gradients.every((size) => size === 0);
  const text = `Image ${image} (${names[sent.labels[image]]}), raw pixels: ${howMany(step)} active, `
    + (nothing ? `${answer}, and every gradient is 0. ` : `and ${answer}. `)
    + `In this order the network is ${posted.fate}`;
  if (!compare) return `${text}.`;
  const { active } = repaired.steps[image];
  const here = active ? `${percent(active / RELUS)} are` : "none is";
  return `${text}; with normalised inputs, ${here} active, and it is ${repaired.fate}.`;
}

function howMany(step) {
  return step.active ? `${percent(step.active / RELUS)} of the ReLUs are` : "no ReLU is";
}

function percent(share) {
  if (share > 0 && share < 0.0005) return "less than 0.1 %";
  return `${(Math.floor(1000 * share + 0.5) / 10).toFixed(1)} %`;
}

// The picture: a band for each network, in the layout of the architecture.

const WIDTH = 880, HEIGHT = 232;
const IMAGE = { x: 0, y: 44, width: 88, height: 88 };
const FILTER = { x: 106, y: 44, width: 54, height: 54 };
const MAPS = { x: 182, y: 44, width: 501, height: 123 };  // 2 rows of 8, each 60 wide, 3 apart
const ACROSS = 8, PITCH = 63;
const BARS = { x: 816, y: 44, width: 28, pitch: 12.3 };
const STRIP = { x: 182, y: 184, width: 501, height: 28 };
const DARK = [26, 26, 26], LIT = [255, 221, 102];
const SOFT = "#5f5f5f", VERMILION = "#B84800", BLUE = "#0072B2", GREEN = "#009E73", SKY = "#3C9AD0";

export function create(area, explorer) {
  const bands = [0, 1].map((which) => band(area, explorer, which));
  return (settings, numbers) => {
    area.style.opacity = numbers.waiting ? 0.4 : 1;
    bands.forEach(({ box, show }, which) => {
      box.hidden = which === 1 && !settings.compare;
      if (!box.hidden) show(explorer.numbers(), numbers);
    });
  };
}

// One network: which is 0 for the posted one, 1 for the repaired one.
function band(area, explorer, which) {
  const box = element(area, "div", { style: "position: relative" });
  const image = pixels(box, IMAGE, 32, 32), filter = pixels(box, FILTER, 3, 3), maps = pixels(box, MAPS, 1002, 246);
  maps.style.imageRendering = "auto";
  const picture = element(box, "svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "group", style: "position: relative" });
  const text = (x, y, look = {}) => element(picture, "text", { x, y, "font-size": 11.5, ...look });
  const soft = { style: `fill: ${SOFT}` }, middle = { "text-anchor": "middle" };

  const title = text(0, 17, { "font-size": 14, "font-weight": 600 });
  const name = element(title, "tspan"), fate = element(title, "tspan");
  if (which === 0) text(WIDTH, 17, { ...soft, "text-anchor": "end" }).textContent = "← gradient, on a logarithmic scale; no arrow: 0";
  const imageTitle = text(0, 37), className = text(0, 147, { "font-weight": 600 });
  text(0, 163, soft).textContent = "inputs from";
  const inputs = text(0, 176, soft);
  const filterTitle = text(133, 37, middle), range = text(133, 112, { ...soft, ...middle, "font-size": 10.5 });
  const mapsTitle = text(MAPS.x, 37);
  text(WIDTH, 37, { "text-anchor": "end" }).textContent = "probabilities";
  ["pooling,", "linear,", "softmax"].forEach((line, i) => { text(711, 56 + 13 * i, { ...soft, ...middle }).textContent = line; });
  const arrows = [backward(picture, 172, 94, 137), backward(picture, 735, 689, 113)];
  const sizes = [text(133, 170, middle), text(711, 157, middle)];
  text(711, 144, middle).textContent = "gradient";
  text(172, 196, { ...soft, "text-anchor": "end" }).textContent = "active ReLUs";
  text(172, 209, { ...soft, "text-anchor": "end" }).textContent = "at each image";

  const classes = probabilities(picture, explorer.numbers().class_names);
  const steps = strip(picture, explorer);
  const pointed = element(picture, "rect", { width: 62, height: 62, fill: "none", stroke: BLUE, "stroke-width": 3 });
  const hand = pointing(picture, explorer);

  const show = (sent, numbers) => {
    const network = sent.networks[which], step = network.steps[numbers.image], label = sent.labels[numbers.image];
    name.textContent = `${network.name}: `;
    fate.textContent = network.fate;
    fate.style.fill = network.dead ? VERMILION : BLUE;
    picture.setAttribute("aria-label", `${network.name}: ${network.fate}`);
    imageTitle.textContent = `image ${numbers.image}`;
    className.textContent = sent.class_names[label];
    inputs.textContent = step.inputs.map((value) => number(value)).join(" to ");
    paintImage(image, bytes(sent.images[numbers.image]));
    filterTitle.textContent = `filter ${numbers.filter}`;
    const weights = numbers.weights[which];
    range.textContent = `${number(Math.min(...weights), 2)} to ${number(Math.max(...weights), 2)}`;
    paintImage(filter, Array.from(shares(step, numbers.filter), (share) => 128 + share));
    const here = `map ${numbers.filter}: ${percent(numbers.map_active[which])}`;
    mapsTitle.textContent = `16 feature maps of 30×30: ${howMany(step)} active; in ${here}`;
    paintMaps(maps, bytes(step.maps));
    change(pointed, { x: MAPS.x - 1 + PITCH * (numbers.filter % ACROSS), y: MAPS.y - 1 + PITCH * Math.floor(numbers.filter / ACROSS) });
    hand.setAttribute("aria-label", `feature maps: the arrow keys choose one; ${here} active`);
    step.gradients.forEach((size, i) => {
      arrows[i](size);
      sizes[i].textContent = `${i === 0 ? "gradient " : ""}${number(size)}`;
    });
    classes(step.probabilities, label);
    steps(network.steps, numbers.image);
  };
  return { box, show };
}

// A canvas at a place of the picture, so many pixels wide and high; the SVG lies over it.
function pixels(box, place, wide, high) {
  const part = (length, whole) => `${100 * length / whole}%`;
  return element(box, "canvas", {
    width: wide, height: high, "aria-hidden": "true",
    style: `position: absolute; left: ${part(place.x, WIDTH)}; top: ${part(place.y, HEIGHT)}; `
      + `width: ${part(place.width, WIDTH)}; height: ${part(place.height, HEIGHT)}; image-rendering: pixelated`,
  });
}

// values: of each pixel its red, green and blue, 0 to 255.
function paintImage(canvas, values) {
  const context = canvas.getContext("2d"), data = context.createImageData(canvas.width, canvas.height);
  for (let i = 0; i < canvas.width * canvas.height; i += 1) {
    for (let colour = 0; colour < 3; colour += 1) data.data[4 * i + colour] = values[3 * i + colour];
    data.data[4 * i + 3] = 255;
  }
  context.putImageData(data, 0, 0);
}

const all = typeof document === "undefined" ? null : document.createElement("canvas");

// A ReLU is a pixel first, with one map below the other; then each map is drawn in its place.
function paintMaps(canvas, maps) {
  change(all, { width: SIZE, height: FILTERS * SIZE });
  const colours = new Uint8Array(3 * RELUS);
  for (let i = 0; i < RELUS; i += 1) colours.set(isActive(maps, i) ? LIT : DARK, 3 * i);
  paintImage(all, colours);
  const context = canvas.getContext("2d");
  context.imageSmoothingEnabled = false;
  for (let map = 0; map < FILTERS; map += 1) {
    const left = 2 * PITCH * (map % ACROSS), top = 2 * PITCH * Math.floor(map / ACROSS);
    context.drawImage(all, 0, map * SIZE, SIZE, SIZE, left, top, 4 * SIZE, 4 * SIZE);
  }
}

// An arrow from right to left; its width is the size of a gradient on a log scale, and none is 0.
function backward(picture, from, to, y) {
  const arrow = element(picture, "path", { fill: VERMILION });
  return (size) => {
    const half = Math.max(2, Math.min(24, 8 + 3 * Math.log10(size))) / 2, neck = to + half + 6;
    const shape = `M${from} ${y - half}H${neck}V${y - half - 5}L${to} ${y}L${neck} ${y + half + 5}V${y + half}H${from}Z`;
    arrow.setAttribute("d", size > 0 ? shape : "");
  };
}

// The ten probabilities as bars; the right class is printed bold, with a mark.
function probabilities(picture, names) {
  const rows = names.map((name, i) => {
    const y = BARS.y + BARS.pitch * i;
    const look = { y: y + 10, "font-size": 11 };
    return {
      name: element(picture, "text", { ...look, x: BARS.x - 4, "text-anchor": "end" }, name),
      bar: element(picture, "rect", { x: BARS.x, y: y + 1.5, height: 9.5 }),
      value: element(picture, "text", { ...look, x: WIDTH, "text-anchor": "end", "font-size": 10 }),
    };
  });
  return (values, label) => rows.forEach(({ name, bar, value }, i) => {
    const right = i === label;
    name.textContent = (right ? "▸ " : "") + names[i];
    name.setAttribute("font-weight", right ? 700 : 400);
    change(bar, { width: Math.max(0.5, BARS.width * values[i]), fill: right ? GREEN : SKY });
    value.textContent = `${Math.round(100 * values[i])} %`;
  });
}

// The share of active ReLUs at every image, each a window that is lit from below. The pointer
// chooses an image here; for the keyboard there is the slider.
function strip(picture, explorer) {
  const count = explorer.numbers().labels.length, pitch = STRIP.width / count;
  const group = element(picture, "g", { style: "touch-action: none; cursor: pointer" });
  const lights = Array.from({ length: count }, (_, i) => {
    const x = STRIP.x + i * pitch;
    element(group, "rect", { x, y: STRIP.y, width: pitch - 2, height: STRIP.height, fill: `rgb(${DARK})` });
    element(picture, "text", { x: x + pitch / 2 - 1, y: STRIP.y + STRIP.height + 13, "text-anchor": "middle", "font-size": 10 }, i);
    return element(group, "rect", { x, width: pitch - 2, fill: `rgb(${LIT})` });
  });
  const here = element(group, "rect", { y: STRIP.y - 1.5, width: pitch + 1, height: STRIP.height + 3, fill: "none", stroke: BLUE, "stroke-width": 3 });
  const choose = (event) => {
    if (!event.buttons) return;
    const place = Math.floor((placeOf(event, picture).x - STRIP.x) / pitch);
    explorer.set({ image: Math.max(0, Math.min(place, count - 1)) });
  };
  group.addEventListener("pointerdown", (event) => {
    group.setPointerCapture(event.pointerId);
    choose(event);
    event.preventDefault();
  });
  group.addEventListener("pointermove", choose);
  return (steps, image) => {
    steps.forEach((step, i) => {
      const height = STRIP.height * step.active / RELUS;
      change(lights[i], { y: STRIP.y + STRIP.height - height, height });
    });
    here.setAttribute("x", STRIP.x + image * pitch - 1.5);
  };
}

// Where the feature maps are pointed at: by the mouse as it passes, a finger, or the arrow keys.
function pointing(picture, explorer) {
  const hand = element(picture, "rect", { ...MAPS, fill: "transparent" });
  const choose = (column, row) => {
    const inside = (value, most) => Math.max(0, Math.min(value, most));
    const filter = ACROSS * inside(row, FILTERS / ACROSS - 1) + inside(column, ACROSS - 1);
    if (filter !== explorer.settings().filter) explorer.set({ filter }, true);  // it plays on
  };
  const at = (x, y) => choose(Math.floor((x - MAPS.x) / PITCH), Math.floor((y - MAPS.y) / PITCH));
  grabbed(hand, picture, {
    label: "feature maps: the arrow keys choose one",
    at,
    by: (dx, dy) => {
      const { filter } = explorer.settings();
      choose(filter % ACROSS + dx, Math.floor(filter / ACROSS) + dy);
    },
  });
  hand.style.cursor = "crosshair";
  hand.addEventListener("pointermove", (event) => {
    const { x, y } = placeOf(event, picture);
    at(x, y);
  });
  return hand;
}

// The pointer's place, in the picture's own units.
function placeOf(event, picture) {
  return new DOMPoint(event.clientX, event.clientY).matrixTransform(picture.getScreenCTM().inverse());
}
