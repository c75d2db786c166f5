// What the visitor's hands do: pointer, keyboard, tools.

const KEYS = { p: "pan", b: "select", l: "lasso", "+": "in", "=": "in", "-": "out", 0: "reset", n: "names", d: "density",
  g: "pictures", t: "turn", s: "save", k: "keep" };
const HELD = 450; // milliseconds after which a press is no click while a story is played
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function listen(map) {
  const { root, stage, find } = map;
  root.addEventListener("keydown", (event) => key(map, event));
  root.addEventListener("blur", () => root.classList.remove("ee-by-mouse"));
  stage.addEventListener("pointermove", (event) => hover(map, event));
  stage.addEventListener("pointerleave", (event) => event.pointerType !== "touch" && leave(map));
  // Plotly's own click comes only where it has noticed the pointer before: not for a tap, nor for a quick hand
  stage.addEventListener("pointerdown", (down) => {
    map.scene?.turn?.(false);
    map.journey = null;
    map.press("turn", false);
    byMouse(map);
    if (!down.isPrimary || down.button || !map.plot.contains(down.target)) return;
    map.held = true;
    const end = (up) => {
      map.held = false;
      for (const name of ["pointerup", "pointercancel"]) window.removeEventListener(name, end, true);
      if (up.type === "pointerup") tap(map, down, up);
    };
    for (const name of ["pointerup", "pointercancel"]) window.addEventListener(name, end, true);
  }, true);
  listenToTouch(map);
  map.watcher = new ResizeObserver(() => {
    clearTimeout(map.timers.resize);
    map.timers.resize = setTimeout(() => { map.screen = null; map.scene?.resize(map.size()); }, 60);
  });
  map.watcher.observe(stage);
  find.addEventListener("input", () => type(map, find.value));
  find.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") { find.value = ""; type(map, ""); map.root.focus(); }
    if (event.key === "Enter") { sayFilter(map.send, 0); map.root.focus(); }
  });
  map.heard = (event) => { if (event.detail !== map) { map.find.value = filterOf().words ?? ""; } map.refilter(); };
  live.addEventListener("filter", map.heard);
  map.told = ({ detail }) => { if (map.data) { map.data.marks = detail.marks; map.mark(); } };
  live.addEventListener("near", map.told);
  listenToTwin(map);
}

// from now on the map's keys work; its frame need not say so
function byMouse({ root }) {
  root.classList.add("ee-by-mouse");
  root.focus({ preventScroll: true });
}

function type(map, words) {
  setFilter(withPart("words", words.trim()), map);
  sayFilter(map.send, 600);
}

// the item drawn nearest to a pixel, at most `reach` pixels away, -1 if there is none; what is hidden cannot be found
function itemAt(map, x, y, reach) {
  const { scene, cloud } = map;
  if (!scene || !cloud || !map.order) return -1;
  const looks = map.looks();
  const ok = (point) => looks(cloud.item(point)) > 0;
  const brightOnly = (point) => looks(cloud.item(point)) === 2;
  const [index, at, scale] = onScreen(map, x, y);
  let point = index.nearest(...at, reach, { ...scale, ok: brightOnly });
  if (point < 0) point = index.nearest(...at, reach, { ...scale, ok });
  return point < 0 ? -1 : cloud.item(point);
}

// where to look for a pixel: the index, the place in it, and its pixels a unit
function onScreen(map, x, y) {
  if (map.data.dims === 2) return [map.cloud.index(), map.scene.place(x, y), map.scene.scale];
  map.screen ??= projected(map);
  return [map.screen, [x, y], { sx: 1, sy: 1 }];
}

// the points of a 3-D map as they are on the screen now
function projected({ cloud, scene }) {
  const matrix = scene.matrix;
  const places = new Float32Array(cloud.count * 2).fill(NaN);
  for (let point = 0; point < cloud.count; point++) {
    const at = scene.where(cloud.at(point), matrix);
    if (at) places.set(at, point * 2);
  }
  return new NearIndex(places, cloud.count);
}

function hover(map, event) {
  if (map.held || event.pointerType === "touch" || event.buttons || map.tool !== "pan") return;
  if (event.target.closest(".ee-morph, .ee-tools, .ee-find")) { leave(map); return; } // what lies under them is not meant
  map.pointer = [event.clientX, event.clientY];
  if (map.hovering) return;
  map.hovering = requestAnimationFrame(() => {
    map.hovering = null;
    const { left, top } = map.plot.getBoundingClientRect();
    const [x, y] = [map.pointer[0] - left, map.pointer[1] - top];
    const item = itemAt(map, x, y, Number(map.root.dataset.thumbs) ? THUMB.side / 2 : 12);
    map.stage.classList.toggle("ee-over-point", item >= 0);
    if (item < 0) leave(map);
    else if (item !== map.card.item) show(map, item);
  });
}

function leave(map) {
  if (map.card.item !== null) pointOut(map, null);
  map.card.hide();
}

function show(map, item) {
  pointOut(map, item);
  const at = map.where(item);
  if (at) map.card.show(map.data.items, item, filterOf().words ?? "", at[0] + map.stage.offsetLeft, at[1] + map.stage.offsetTop);
}

function tap(map, down, up) {
  const [x, y] = [up.clientX, up.clientY];
  if (!map.cloud || Math.hypot(x - down.clientX, y - down.clientY) > 4) return;
  if (map.data.stop && up.timeStamp - down.timeStamp > HELD) return; // it was the laser of a talk
  const { left, top } = map.plot.getBoundingClientRect();
  const reach = Number(map.root.dataset.thumbs) ? THUMB.side / 2 : down.pointerType === "touch" ? 20 : 12;
  const item = itemAt(map, x - left, y - top, reach);
  if (item >= 0) pick(item, map.send);
  // a finger cannot hover: it gets the card; for a mouse it would hide what has just been drawn
  if (down.pointerType === "touch" && item >= 0) { map.card.hide(); show(map, item); }
  else map.card.hide();
}

function key(map, event) {
  if (!map.data || event.target !== map.root) return;
  event.stopPropagation(); // Streamlit has keys of its own
  const pressed = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.ctrlKey || event.metaKey) {
    if (pressed === "z" || pressed === "y") map.send("history", (pressed === "y") !== event.shiftKey ? "redo" : "undo");
    else return;
  } else if (event.altKey) return;
  else if (KEYS[pressed]) map.use(KEYS[pressed]);
  else if (ARROWS[event.key]) step(map, ARROWS[event.key]);
  else if (event.key === "Enter" && map.cursor !== null) pick(map.cursor, map.send);
  else if (event.key === " ") map.card.pin(!map.card.pinned);
  else if (event.key === "/") map.find.focus();
  else if (event.key === "Escape") escape(map);
  else return;
  event.preventDefault();
}

function step(map, direction) {
  const [width, height] = map.size();
  const { item, place } = map.data.marks;
  const start = map.cursor !== null ? map.where(map.cursor) : item === null ? null : map.scene.where(place);
  const from = start ?? [width / 2, height / 2];
  const looks = map.looks();
  const [index, at, scale] = onScreen(map, ...from);
  // on the map up is more, on the screen it is less
  const way = map.data.dims === 2 ? [direction[0], -direction[1]] : direction;
  const point = index.direction(...at, way, { ...scale, ok: (other) => looks(map.cloud.item(other)) === 2 });
  if (point < 0) return;
  map.cursor = map.cloud.item(point);
  map.card.pin(false);
  follow(map, map.cloud.at(point));
  map.mark();
  show(map, map.cursor);
}

// bring a place of a 2-D map into the view
function follow({ scene, data }, [x, y]) {
  const [x0, x1, y0, y1] = scene.view;
  if (data.dims === 3 || (x > x0 && x < x1 && y > y0 && y < y1)) return;
  const [wide, high] = [(x1 - x0) / 2, (y1 - y0) / 2];
  scene.look([x - wide, x + wide, y - high, y + high]);
}

function escape(map) {
  if (map.card.pinned) { map.card.pin(false); map.card.hide(); return; }
  if (map.tool !== "pan") { map.use("pan"); return; }
  map.cursor = null;
  map.card.hide();
  live.picked = null;
  map.send("cleared", Date.now());
}

// a loop on the screen becomes a selection: the server counts every item in it, drawn or not
function enclose(map, loop, event) {
  const how = event.shiftKey ? "add" : event.altKey ? "remove" : "replace";
  const { scene, data, hidden } = map;
  const [width, height] = map.size();
  const corners = data.dims === 2 ? loop.map(([x, y]) => scene.place(x, y))
    : loop.map(([x, y]) => [(x / width) * 2 - 1, 1 - (y / height) * 2]);
  if (data.whole) preview(map, corners, how);
  const of = { map: data.map, coloring: data.coloring.address };
  map.send("lasso", { ...of, loop: corners, how, hidden: [...hidden], matrix: data.dims === 3 ? scene.matrix : null });
}

// show at once what the server is about to say
function preview(map, corners, how) {
  const { cloud, codes, hidden, match, scene, data } = map;
  const before = map.selected ?? new Uint8Array(data.points);
  const matrix = data.dims === 3 ? scene.matrix : null;
  const [width, height] = map.size();
  const after = before.map((was, item) => {
    const at = data.dims === 2 ? cloud.at(item) : scene.where(cloud.at(item), matrix);
    const [x, y] = data.dims === 2 || !at ? at ?? [NaN, NaN] : [(at[0] / width) * 2 - 1, 1 - (at[1] / height) * 2];
    const is = !hidden.has(codes[item]) && (!match || match[item]) && insideLoop(corners, x, y);
    return how === "replace" ? is : how === "add" ? was || is : was && !is;
  });
  Object.assign(map, { previewed: true, selected: after, count: after.reduce((sum, bit) => sum + bit, 0) });
  map.paint();
  map.mark();
  map.tell();
}

EmbeddingMap.prototype.use = function use(tool) {
  if (tool === "in" || tool === "out") return this.scene?.near(tool === "in" ? 0.7 : 1 / 0.7);
  if (tool === "reset") return this.scene?.reset();
  if (tool === "save") return saveMenu(this);
  if (tool === "keep") return this.data.keep && this.send("kept", named(this.data, this.scene.view));
  if (tool === "names" || tool === "pictures" || tool === "density" || tool === "turn") return flip(this, tool);
  this.tool = tool;
  for (const modal of ["pan", "select", "lasso"]) this.press(modal, modal === tool);
  this.over.classList.toggle("ee-drawing", tool !== "pan");
  if (tool !== "pan") drawLoop(this.over, tool === "select", (loop, event) => { enclose(this, loop, event); if (!event.shiftKey && !event.altKey) this.use("pan"); });
  return null;
};

function flip(map, tool) {
  const on = map.tools.querySelector(`[data-tool="${tool}"]`).getAttribute("aria-pressed") !== "true";
  map.press(tool, on);
  if (tool === "turn") map.scene?.turn?.(on);
  else if (tool === "density") { map.ground.lines = on; map.ground.draw(); }
  else map[tool === "names" ? "names" : "thumbs"].on = on;
  map.mark();
}
