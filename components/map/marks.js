// What is drawn over the points: marks, and the loop of a selection.

const SVG = "http://www.w3.org/2000/svg";
const draw = (parent, tag, attributes, words = "") => {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.textContent = words;
  parent.append(node);
};

// Rings around the picked item, its neighbors and the keyboard's cursor, a diamond for a query, lines from the center.
// All in pixels: `center` and `cursor` are [x, y, size of what is drawn there] or null, `neighbors` a list of them. From
// `start`, [x, y] or null, an arrow leads to the center. `lines` are [from, to, kind] between items.
function drawMarks(svg, { center, query, start, neighbors, lines = [], cursor }) {
  for (const [from, to, kind] of lines) {
    if (from && to) draw(svg, "line", { class: `ee-between ee-${kind}`, x1: from[0], y1: from[1], x2: to[0], y2: to[1] });
  }
  if (center) for (const [x, y] of neighbors) draw(svg, "line", { class: "ee-line", x1: center[0], y1: center[1], x2: x, y2: y });
  for (const [x, y, size] of neighbors) draw(svg, "circle", { class: "ee-neighbor", cx: x, cy: y, r: size / 2 + 3 });
  if (center && query) {
    const [x, y] = center;
    draw(svg, "path", { class: "ee-query", d: `M${x} ${y - 9}L${x + 9} ${y}L${x} ${y + 9}L${x - 9} ${y}Z` });
  } else if (center) {
    draw(svg, "circle", { class: "ee-item", cx: center[0], cy: center[1], r: center[2] / 2 + 5 });
  }
  if (center && start) drawArrow(svg, start, center);
  if (cursor) draw(svg, "circle", { class: "ee-cursor", cx: cursor[0], cy: cursor[1], r: cursor[2] / 2 + 6 });
}

function drawArrow(svg, [x0, y0], [x1, y1]) {
  const length = Math.hypot(x1 - x0, y1 - y0);
  if (length < 24) return; // it would lie under the diamond
  const [dx, dy] = [(x1 - x0) / length, (y1 - y0) / length];
  const [tipX, tipY] = [x1 - 12 * dx, y1 - 12 * dy];
  const side = (way) => `${tipX - 11 * dx + way * 6 * dy} ${tipY - 11 * dy - way * 6 * dx}`;
  draw(svg, "path", { class: "ee-way", d: `M${x0} ${y0}L${tipX} ${tipY}M${side(1)}L${tipX} ${tipY}L${side(-1)}` });
}

// Let the visitor draw a loop, or a box, over the map; `done(loop, event)` gets it in pixels.
function drawLoop(svg, box, done) {
  const at = (event) => {
    const { left, top } = svg.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  };
  svg.onpointerdown = (down) => {
    let loop = [at(down)];
    svg.setPointerCapture(down.pointerId);
    svg.onpointermove = (move) => {
      const [x, y] = at(move);
      const [x0, y0] = loop[0];
      if (box) loop = [[x0, y0], [x, y0], [x, y], [x0, y]];
      else if (Math.hypot(x - loop.at(-1)[0], y - loop.at(-1)[1]) > 3) loop.push([x, y]);
      svg.querySelector(".ee-loop")?.remove();
      draw(svg, "path", { class: "ee-loop", d: `M${loop.map((place) => place.join(" ")).join("L")}Z` });
    };
    const stop = (event) => { if (event.key === "Escape") { event.stopImmediatePropagation(); end(event); } };
    window.addEventListener("keydown", stop, true);
    const end = (up) => {
      window.removeEventListener("keydown", stop, true);
      svg.onpointermove = svg.onpointerup = svg.onpointercancel = null;
      svg.querySelector(".ee-loop")?.remove();
      if (up.type === "pointerup" && loop.length > 2) done(thinned(loop, 400), up);
    };
    svg.onpointerup = svg.onpointercancel = end;
  };
}

// at most `most` corners of a loop, evenly taken
const thinned = (loop, most) => loop.filter((_, place) => Math.floor((place * most) / loop.length) !== Math.floor(((place - 1) * most) / loop.length) || loop.length <= most);
