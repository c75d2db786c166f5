// Where points are on the screen, in 2-D and 3-D, and what follows from it: marks, the lasso, the nearest point.

// (x, y) in pixels of the stage for a place in map coordinates; null when behind the viewer
function onScreen(plot, dims, place) {
  const layout = plot._fullLayout;
  if (dims === 2) {
    const { xaxis, yaxis } = layout;
    return [xaxis._offset + xaxis.d2p(place[0]), yaxis._offset + yaxis.d2p(place[1])];
  }
  const scene = layout.scene._scene;
  const { model, view, projection } = scene.glplot.cameraParams;
  const scale = scene.dataScale;
  let point = [place[0] * scale[0], place[1] * scale[1], place[2] * scale[2], 1];
  for (const matrix of [model, view, projection]) {
    point = [0, 1, 2, 3].map((row) => point.reduce((sum, value, column) => sum + matrix[column * 4 + row] * value, 0));
  }
  if (point[3] <= 0) return null;
  const { width, height } = plot.getBoundingClientRect();
  return [((point[0] / point[3] + 1) / 2) * width, ((1 - point[1] / point[3]) / 2) * height];
}

const inside = (loop, x, y) => {
  let is = false;
  for (let i = 0, j = loop.length - 1; i < loop.length; j = i++) {
    const [xi, yi] = loop[i];
    const [xj, yj] = loop[j];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) is = !is;
  }
  return is;
};

const SVG = "http://www.w3.org/2000/svg";
const draw = (parent, tag, attributes) => {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  parent.append(node);
};

// Rings around the picked item, its neighbors and the keyboard's cursor, a diamond for a query, lines from the center.
function drawMarks(svg, marks, cursor, size, where) {
  svg.replaceChildren();
  const center = marks.query ? where(marks.query) : marks.item === null ? null : where(marks.item);
  const neighbors = (marks.neighbors || []).map(where).filter(Boolean);
  if (center) for (const [x, y] of neighbors) draw(svg, "line", { x1: center[0], y1: center[1], x2: x, y2: y });
  for (const [x, y] of neighbors) draw(svg, "circle", { class: "ee-neighbor", cx: x, cy: y, r: size / 2 + 3 });
  if (center && marks.query) {
    const [x, y] = center;
    draw(svg, "path", { class: "ee-query", d: `M${x} ${y - 9}L${x + 9} ${y}L${x} ${y + 9}L${x - 9} ${y}Z` });
  } else if (center) {
    draw(svg, "circle", { class: "ee-item", cx: center[0], cy: center[1], r: size / 2 + 5 });
  }
  const at = cursor === null ? null : where(cursor);
  if (at) draw(svg, "circle", { class: "ee-cursor", cx: at[0], cy: at[1], r: size / 2 + 6 });
}

// Let the visitor draw a loop (or a box) over a 3-D map, where Plotly has none; `done(loop)` gets it in pixels.
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
      loop = box ? [[x0, y0], [x, y0], [x, y], [x0, y]] : [...loop, [x, y]];
      svg.querySelector(".ee-loop")?.remove();
      draw(svg, "path", { class: "ee-loop", d: `M${loop.map((place) => place.join(" ")).join("L")}Z` });
    };
    svg.onpointerup = () => {
      svg.onpointermove = svg.onpointerup = null;
      svg.querySelector(".ee-loop")?.remove();
      if (loop.length > 2) done(loop);
    };
  };
}

// The drawn point that lies nearest in the direction of an arrow key, seen from `from` in pixels; -1 if there is none.
function nextPoint(count, where, from, direction) {
  let best = -1;
  let least = Infinity;
  for (let item = 0; item < count; item++) {
    const place = where(item);
    if (!place) continue;
    const along = (place[0] - from[0]) * direction[0] + (place[1] - from[1]) * direction[1];
    const aside = Math.abs((place[0] - from[0]) * direction[1] - (place[1] - from[1]) * direction[0]);
    const cost = along + 2 * aside;
    if (along > 0.5 && cost < least) [best, least] = [item, cost];
  }
  return best;
}

// The item drawn nearest to a place on the screen, at most `reach` pixels away; null if there is none.
function nearestPoint(count, where, [x, y], reach) {
  let best = null;
  for (let item = 0; item < count; item++) {
    const place = where(item);
    const away = place ? Math.hypot(place[0] - x, place[1] - y) : Infinity;
    if (away < reach) [best, reach] = [item, away];
  }
  return best;
}

// A set of items as base64 of one bit an item: 100,000 items travel in 17 kB.
function packBits(items, count) {
  const bytes = new Uint8Array(Math.ceil(count / 8));
  for (const item of items) bytes[item >> 3] |= 1 << (item & 7);
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

function unpackBits(packed) {
  const text = atob(packed);
  const items = [];
  for (let at = 0; at < text.length; at++) {
    const byte = text.charCodeAt(at);
    for (let bit = 0; byte >> bit; bit++) if ((byte >> bit) & 1) items.push(at * 8 + bit);
  }
  return items;
}
