// What a person would see wrong with a card, as the tests ask the page: each check returns what it found.

window.pageChecks = (() => {
  const CONTROLS = "button, select, input, .grab, [role=radio], .noUi-handle, .widget-readout";
  const boxOf = (part) => part.getBoundingClientRect();
  const shown = (part) => boxOf(part).width > 1 && getComputedStyle(part).visibility === "visible";
  const controls = (card) => [...card.querySelectorAll(CONTROLS)].filter(shown);
  const texts = (card) => [...card.querySelectorAll("svg text")].filter((text) => shown(text) && text.textContent.trim());
  const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;

  // What one presses, drags or types into and is smaller than `least` pixels.
  const smallTargets = (card, least) => controls(card)
    .filter((control) => isSmall(control, least)).map((control) => control.outerHTML);
  const isSmall = (control, least) => Math.min(boxOf(control).width, boxOf(control).height) < least;

  // Those of them that are near to another. By WCAG a small one will do where a circle of this size
  // in its middle meets no other's, and no larger control.
  const crowdedTargets = (card, least) => {
    const middle = (control) => [boxOf(control).x + boxOf(control).width / 2, boxOf(control).y + boxOf(control).height / 2];
    const apart = (control, other) => {
      const [x, y] = middle(control), [toX, toY] = middle(other), { left, right, top, bottom } = boxOf(other);
      if (isSmall(other, least)) return Math.hypot(x - toX, y - toY) >= least;
      return Math.hypot(Math.max(left - x, x - right, 0), Math.max(top - y, y - bottom, 0)) >= least / 2;
    };
    const alone = (control) => controls(card).every((other) => other === control || apart(control, other));
    return controls(card).filter((control) => isSmall(control, least) && !alone(control)).map((control) => control.outerHTML);
  };

  // What reaches beyond the card, or out of a part that scrolls sideways.
  const cutOff = (card) => {
    const edge = boxOf(card);
    const beyond = [...controls(card), ...texts(card)]
      .filter((part) => boxOf(part).left < edge.left || boxOf(part).right > edge.right);
    const scrolling = [card, ...card.querySelectorAll("div")].filter((part) => part.clientWidth && part.scrollWidth > part.clientWidth);
    return [...beyond, ...scrolling.filter((part) => part.className !== "unseen")].map((part) => part.outerHTML.slice(0, 200));
  };

  // Controls above the picture that meet one another, or a text of the picture.
  const covered = (card) => {
    const above = controls(card).filter((control) => !control.closest("svg"));
    const pairs = above.flatMap((one, i) => [...above.slice(i + 1), ...texts(card)].map((other) => [one, other]));
    return pairs.filter(([one, other]) => meet(boxOf(one), boxOf(other))).map((pair) => pair.map((part) => part.outerHTML.slice(0, 90)));
  };

  // Controls that a pointer does not reach in their middle, once they have been scrolled to.
  const unreachable = (card) => controls(card).filter((control) => {
    control.scrollIntoView({ block: "center" });
    const box = boxOf(control), top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    return !control.contains(top);
  }).map((control) => control.outerHTML.slice(0, 200));

  // Texts of the picture, and the words below it, that stand out by less than `least` from what lies
  // behind them: axe looks neither into SVG nor at what is hidden from a screen reader. Behind them
  // lie the white card and the shapes that are drawn before, in their order.
  const paleTexts = (card, least) => {
    const pale = [], white = [255, 255, 255];
    const note = (words, behind, text) => {
      const [dark, light] = [behind, painted(behind, text)].map(luminance).sort((a, b) => a - b);
      const contrast = (light + 0.05) / (dark + 0.05);
      if (contrast < least) pale.push(`${words}: ${contrast.toFixed(2)}`);
    };
    for (const words of card.querySelectorAll(".words")) note(words.textContent, white, words);
    for (const picture of card.querySelectorAll("svg")) {
      const shapes = [...picture.querySelectorAll("rect, circle, text, tspan")].filter(shown);
      shapes.forEach((text, i) => {
        const words = [...text.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.data).join("");
        if (!words.trim()) return;
        const box = boxOf(text), x = box.x + box.width / 2, y = box.y + box.height / 2;
        const behind = shapes.slice(0, i).filter((shape) => shape.matches("rect, circle") && holds(boxOf(shape), x, y))
          .reduce((colour, shape) => painted(colour, shape), white);
        note(words, behind, text);
      });
    }
    return pale;
  };
  const holds = (box, x, y) => box.left <= x && x <= box.right && box.top <= y && y <= box.bottom;

  // The colour of a place after a shape has been painted on it. [red, green, blue], 0 to 255.
  const painted = (colour, shape) => {
    const style = getComputedStyle(shape), paint = shape instanceof SVGElement ? style.fill : style.color;
    if (!paint.startsWith("rgb")) return colour;
    const [red, green, blue, alpha = 1] = paint.match(/[\d.]+/g).map(Number);
    let opacity = alpha * style.fillOpacity;
    for (let part = shape; !part.matches("svg, .course-explorer"); part = part.parentElement) opacity *= getComputedStyle(part).opacity;
    return [red, green, blue].map((channel, i) => colour[i] + (channel - colour[i]) * opacity);
  };

  // By WCAG, as in course_lib/figures/colour_contrast.py.
  const luminance = (colour) => colour
    .map((channel) => channel / 255)
    .map((share) => (share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4))
    .reduce((sum, share, i) => sum + share * [0.2126, 0.7152, 0.0722][i], 0);

  return { smallTargets, crowdedTargets, cutOff, covered, unreachable, paleTexts };
})();
