// Three images to death: what case A's training does to its network, image by image.
//
// From Python, for one order of the images: {order, class_names, labels, images, networks}, each
// network {name, died, trained, least, awake, steps}, each step {active, maps, filters, scales, negative,
// probabilities, gradients, inputs}; what they mean stands in lesson_00_death.py. In base64: images, a byte a value, 32 × 32 × 3; maps, a bit a ReLU,
// 16 × 30 × 30; filters, a signed byte a weight, 16 × 3 × 3 × 3, where 127 is the filter's scale.

const FILTERS = 16, SIZE = 30, RELUS = FILTERS * SIZE * SIZE, WEIGHTS = 27;
const BARELY_ACTIVE = 0.001;  // with a smaller share of active ReLUs a network is silent
const UNDECIDED = 0.2;

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
    words: waiting ? "Training on the images in another order." : inWords(sent, image, filter, settings.compare),
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

function inWords(sent, image, filter, compare) {
  const [posted, repaired] = sent.networks, names = sent.class_names, step = posted.steps[image];
  const silent = step.gradients.every((size) => size === 0), answer = answerOf(step, names);
  const text = `Image ${image} (${names[sent.labels[image]]}), raw pixels: ${howMany(step)} active, `
    + (silent ? `${answer}, and every gradient is 0. ` : `and ${answer}. `)
    + `${sumsOfMap(step, filter)}. ${fateInWords(posted, image)}`;
  return compare ? `${text}; with normalised inputs ${repairedInWords(repaired.steps[image])}.` : `${text}.`;
}

function answerOf({ probabilities: p }, names) {
  const most = Math.max(...p);
  return most === Math.min(...p)
    ? `every class gets ${percent(most)}`
    : `“${names[p.indexOf(most)]}” gets ${percent(most)}`;
}

// How many sums of a feature map are above 0, and why none is, where the signs tell.
function sumsOfMap(step, filter) {
  const active = mapActive(bytes(step.maps), filter), negative = step.negative[filter];
  if (active) return `In map ${filter}, ${percent(active)} of the sums are above 0`;
  const nothing = `no sum in map ${filter} is above 0`;
  if (step.inputs[0] < 0) return `N${nothing.slice(1)}`;  // the signs of the weights then tell nothing
  if (negative === WEIGHTS) {
    const inputs = step.inputs[0] > 0 ? "every input positive" : "no input is";
    return `Filter ${filter} is all negative and ${inputs}: ${nothing}`;
  }
  return `Filter ${filter}’s negative weights (${negative} of ${WEIGHTS}) outweigh the rest: ${nothing}`;
}

function fateInWords(network, image) {
  const { died, trained } = network, step = network.steps[image];
  if (died === null) return `The network is alive after ${trained} images`;
  const exception = image > died && step.active / RELUS >= BARELY_ACTIVE;
  return `The network is ${fateOf(network)}${exception ? ", with rare exceptions" : ""}`;
}

function repairedInWords({ active, probabilities, gradients }) {
  if (!active) return "none is active";
  const early = Math.max(...probabilities) < UNDECIDED && gradients.every((size) => size > 0);
  return `${percent(active / RELUS)} are active${early ? ", and gradients flow" : ""}`;
}

function fateOf({ died }) {
  return died === null ? "alive" : `dead from image ${died} on`;
}

// How the fate was found out, in two lines: by what later images make of the ReLUs.
function evidence({ died, trained, least, awake }) {
  const last = trained - 1;
  if (died === null) return [`at each of images 0 to ${last},`, `${percent(least)} or more are active`];
  const count = awake ? `only ${awake}` : "none", verb = awake > 1 ? "make" : "makes";
  return [`of images ${died} to ${last}, ${count}`, `${verb} 1 ReLU in 1,000 active`];
}

function howMany(step) {
  return step.active ? `${percent(step.active / RELUS)} of the ReLUs are` : "no ReLU is";
}

function percent(share) {
  if (share > 0 && share < 0.0005) return "less than 0.1 %";
  return `${(Math.floor(1000 * share + 0.5) / 10).toFixed(1)} %`;
}

// The picture: a band for each network, in the layout of the architecture.

const WIDTH = 880, HEIGHT = 254;
const IMAGE = { x: 0, y: 44, width: 88, height: 88 };
const FILTER = { x: 108, y: 44, width: 60, height: 60 };
const MAPS = { x: 182, y: 44, width: 501, height: 123 };  // 2 rows of 8, each 60 wide, 3 apart
const ACROSS = 8, PITCH = 63;
const BARS = { x: 812, y: 44, width: 26, pitch: 13.2 };
const BACK = 187;  // the middle of the arrows
const STRIP = { x: 182, y: 211, width: 501, height: 27 };
const DARK = [26, 26, 26], LIT = [255, 221, 102];
const INK = "#1a1a1a", SOFT = "#5f5f5f", VERMILION = "#B84800", GREEN = "#009E73", PALE_GREEN = "#d5efe6", SKY = "#3C9AD0";
const SMALL = 12;  // the size of most texts

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

// One network: which is 0 for the one in the question, 1 for the repaired one.
function band(area, explorer, which) {
  const box = element(area, "div", { style: "position: relative" });
  const image = pixels(box, IMAGE, 32, 32), filter = pixels(box, FILTER, 3, 3), maps = pixels(box, MAPS, 1002, 246);
  maps.style.imageRendering = "auto";
  const picture = element(box, "svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "group", style: "position: relative" });
  const text = (x, y, look = {}, words = "") => element(picture, "text", { x, y, "font-size": SMALL, ...look }, words);
  const soft = { style: `fill: ${SOFT}` }, middle = { "text-anchor": "middle" }, end = { "text-anchor": "end" }, bold = { "font-weight": 600 };

  const title = text(0, 17, { ...bold, "font-size": 14.5 });
  const name = element(title, "tspan"), state = element(title, "tspan");
  if (which === 0) text(WIDTH, 17, { ...soft, ...end }, "← gradient of the loss; width on a logarithmic scale");
  const imageTitle = text(0, 38), className = text(0, 147, bold);
  text(0, 161, soft, "inputs from");
  const inputs = text(0, 174, soft), inputSigns = text(0, 188, bold);
  const filterTitle = text(138, 38, middle), range = [118, 131].map((y) => text(138, y, { ...soft, ...middle })), weightSigns = text(138, 145, { ...middle, ...bold });
  text(MAPS.x, 38, {}, "16 feature maps of 30×30");
  key(picture, text);
  const mapTitle = text(MAPS.x + MAPS.width, 38, end);
  text(WIDTH, 38, end, "probabilities (▸ true class)");
  ["pooling,", "linear,", "softmax"].forEach((line, i) => text(690, 98 + 13 * i, soft, line));
  const arrows = [backward(picture, 172, 94), backward(picture, 771, 693)];
  const [atFilters, atLinear] = [text(MAPS.x, BACK - 3), text(MAPS.x + MAPS.width, BACK - 3, end)];
  const ratios = [text(MAPS.x, BACK + 11, soft), text(MAPS.x + MAPS.width, BACK + 11, { ...soft, ...end })];
  text(172, 222, { ...soft, ...end }, "active ReLUs");
  text(172, 235, { ...soft, ...end }, "at each image");
  const fate = text(696, 219, bold), found = [233, 246].map((y) => text(696, y, soft));

  const classes = probabilities(picture, explorer.numbers().class_names);
  const steps = strip(picture, explorer);
  const pointed = selection(picture, { width: 63, height: 63 });
  const hand = pointing(picture, explorer);

  const show = (sent, numbers) => {
    const network = sent.networks[which], step = network.steps[numbers.image], label = sent.labels[numbers.image];
    name.textContent = `${network.name}: `;
    state.textContent = `${step.active ? percent(step.active / RELUS) : "no ReLU"} active at image ${numbers.image}`;
    state.style.fill = step.active / RELUS < BARELY_ACTIVE ? VERMILION : INK;
    picture.setAttribute("aria-label", `${network.name}: ${fateOf(network)}`);
    imageTitle.textContent = `image ${numbers.image}`;
    className.textContent = sent.class_names[label];
    inputs.textContent = step.inputs.map((value) => number(value)).join(" to ");
    inputSigns.textContent = step.inputs[0] > 0 ? "all positive" : step.inputs[0] < 0 ? "both signs" : "none negative";
    paintImage(image, bytes(sent.images[numbers.image]));
    filterTitle.textContent = `filter ${numbers.filter}`;
    const weights = numbers.weights[which], negative = step.negative[numbers.filter];
    range[0].textContent = `${number(Math.min(...weights), 2)} to`;
    range[1].textContent = number(Math.max(...weights), 2);
    weightSigns.textContent = negative === WEIGHTS ? "all negative" : negative ? "both signs" : "all positive";
    paintImage(filter, Array.from(shares(step, numbers.filter), (share) => 128 + share));
    const here = `map ${numbers.filter}: ${percent(numbers.map_active[which])} active`;
    mapTitle.textContent = here;
    paintMaps(maps, bytes(step.maps));
    pointed({ x: MAPS.x - 1.5 + PITCH * (numbers.filter % ACROSS), y: MAPS.y - 1.5 + PITCH * Math.floor(numbers.filter / ACROSS) });
    hand.setAttribute("aria-label", `feature maps: the arrow keys choose one; ${here}`);
    const above = which === 1 ? sent.networks[0].steps[numbers.image].gradients : [];
    step.gradients.forEach((size, i) => {
      arrows[i](size);
      ratios[i].textContent = which === 1 ? ratio(above[i], size) : "";
    });
    atFilters.textContent = `gradient of the loss at the filters: ${number(step.gradients[0])}`;
    atLinear.textContent = `at the linear weights: ${number(step.gradients[1])}`;
    fate.textContent = network.died === null ? "alive:" : `${fateOf(network)}:`;
    evidence(network).forEach((line, i) => { found[i].textContent = line; });
    classes(step.probabilities, label);
    steps(network, numbers.image);
  };
  return { box, show };
}

// What the two colours of a ReLU mean.
function key(picture, text) {
  [[348, LIT, "active"], [410, DARK, "0"]].forEach(([x, colour, words]) => {
    element(picture, "rect", { x, y: 28, width: 11, height: 11, fill: `rgb(${colour})`, stroke: SOFT, "stroke-width": 0.7 });
    text(x + 16, 38, {}, words);
  });
}

// A black frame with a white edge, to be seen on any ground. Returns a function that moves it.
function selection(parent, size) {
  const lines = [["#ffffff", 6], [INK, 3]].map(([stroke, width]) => (
    element(parent, "rect", { ...size, fill: "none", stroke, "stroke-width": width, rx: 1 })));
  return (place) => lines.forEach((line) => change(line, place));
}

// How large a gradient in the band above is, beside the one here.
function ratio(above, here) {
  if (above === 0 || here === 0) return above === 0 ? "(above: 0)" : "";
  return above >= here ? `(above: ${number(above / here)} times as large)` : `(above: 1/${number(here / above)} of it)`;
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

// An arrow from right to left; its width is the size of a gradient on a log scale. That of a
// gradient of 0 is empty and dashed.
function backward(picture, from, to) {
  const arrow = element(picture, "path", { stroke: VERMILION, "stroke-width": 1.2 });
  return (size) => {
    const half = Math.max(2, Math.min(22, 8 + 3 * Math.log10(size))) / 2, neck = to + half + 6;
    const shape = `M${from} ${BACK - half}H${neck}V${BACK - half - 5}L${to} ${BACK}L${neck} ${BACK + half + 5}V${BACK + half}H${from}Z`;
    change(arrow, { d: shape, ...(size > 0 ? { fill: VERMILION, "stroke-dasharray": "none" } : { fill: "none", "stroke-dasharray": "4 3" }) });
  };
}

// The ten probabilities as bars; the row of the true class is marked.
function probabilities(picture, names) {
  const rows = names.map((name, i) => {
    const left = BARS.x - 10 - 7 * (name.length + 2);  // where a bold name begins
    const y = BARS.y + BARS.pitch * i, look = { y: y + 10.5, "font-size": SMALL };
    return {
      ground: element(picture, "rect", { x: left, y: y - 0.6, width: WIDTH - left, height: BARS.pitch, rx: 2 }),
      name: element(picture, "text", { ...look, x: BARS.x - 4, "text-anchor": "end" }, name),
      bar: element(picture, "rect", { x: BARS.x, y: y + 1.5, height: 9.5 }),
      value: element(picture, "text", { ...look, x: WIDTH - 2, "text-anchor": "end" }),
    };
  });
  return (values, label) => rows.forEach(({ ground, name, bar, value }, i) => {
    const right = i === label;
    ground.setAttribute("fill", right ? PALE_GREEN : "none");
    name.textContent = (right ? "▸ " : "") + names[i];
    [name, value].forEach((part) => part.setAttribute("font-weight", right ? 700 : 400));
    change(bar, { width: Math.max(0.5, BARS.width * values[i]), fill: right ? GREEN : SKY });
    value.textContent = `${Math.round(100 * values[i])} %`;
  });
}

// The share of active ReLUs at every image, each a window that is lit from below, and a line over
// those from which on the network is dead; what is lit there has its share printed. The pointer
// chooses an image here; for the keyboard there is the slider.
function strip(picture, explorer) {
  const count = explorer.numbers().labels.length, pitch = STRIP.width / count;
  const group = element(picture, "g", { style: "cursor: pointer" });
  const windows = Array.from({ length: count }, (_, i) => {
    const x = STRIP.x + i * pitch, middle = { x: x + pitch / 2 - 1, "text-anchor": "middle" };
    element(group, "rect", { x, y: STRIP.y, width: pitch - 2, height: STRIP.height, fill: `rgb(${DARK})` });
    element(picture, "text", { ...middle, y: STRIP.y + STRIP.height + 13, "font-size": SMALL }, i);
    return {
      light: element(group, "rect", { x, width: pitch - 2, fill: `rgb(${LIT})` }),
      share: element(group, "text", { ...middle, y: STRIP.y + 15, "font-size": SMALL, style: "fill: #ffffff" }),
    };
  });
  const dead = element(picture, "path", { fill: "none", stroke: VERMILION, "stroke-width": 2 });
  const here = selection(group, { y: STRIP.y - 1.5, width: pitch + 1, height: STRIP.height + 3 });
  const choose = (event) => {
    if (!event.buttons) return;
    const place = Math.floor((pointIn(picture, event).x - STRIP.x) / pitch);
    explorer.set({ image: Math.max(0, Math.min(place, count - 1)) });
  };
  group.addEventListener("pointerdown", (event) => {
    group.setPointerCapture(event.pointerId);
    choose(event);
    event.preventDefault();
  });
  group.addEventListener("pointermove", choose);
  holdPage(group);
  return ({ steps, died }, image) => {
    const isDead = (i) => died !== null && i >= died;
    windows.forEach(({ light, share }, i) => {
      const part = steps[i].active / RELUS, height = STRIP.height * part;
      change(light, { y: STRIP.y + STRIP.height - height, height });
      share.textContent = isDead(i) && part >= BARELY_ACTIVE ? `${Math.max(1, Math.round(100 * part))} %` : "";
    });
    const from = STRIP.x + died * pitch, y = STRIP.y - 5;
    dead.setAttribute("d", isDead(count - 1) ? `M${from} ${STRIP.y}V${y}H${STRIP.x + STRIP.width + 9}` : "");
    here({ x: STRIP.x + image * pitch - 1.5 });
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
    const { x, y } = pointIn(picture, event);
    at(x, y);
  });
  return hand;
}
