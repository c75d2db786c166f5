// The map: keeps what is shown in step with what the server says. The other files of this folder stand before it.

const TOOLS = [
  ["pan", "Move the map", "P"], ["select", "Select in a box", "B"], ["lasso", "Select in a loop", "L"],
  ["in", "Zoom in", "+"], ["out", "Zoom out", "−"], ["reset", "See all", "0"],
  ["names", "Names on the map", "N"], ["density", "Where it is dense", "D"], ["pictures", "Pictures for points", "G"],
  ["turn", "Turn slowly", "T"], ["save", "Save a picture", "S"], ["keep", "Keep this view", "K"],
];

class EmbeddingMap {
  constructor(root) {
    const part = (name) => root.querySelector(`.ee-${name}`);
    Object.assign(this, { root, plot: part("plot"), over: part("over"), stage: part("stage"), message: part("message") });
    Object.assign(this, { legend: part("legend"), tools: part("tools"), status: part("status"), find: part("find input") });
    Object.assign(this, { card: new Card(part("card")), names: new Names(part("over")), thumbs: new Thumbs(part("thumbs")) });
    Object.assign(this, { data: null, scene: null, cloud: null, codes: null, selected: null, match: null, hidden: new Set() });
    Object.assign(this, { cursor: null, tool: "pan", queue: Promise.resolve(), shownFilter: "", timers: {} });
    this.ground = new Ground(this);
    this.morph = new Morph(this, part("morph"));
    drawTools(this.tools, TOOLS, (tool, event) => {
      this.use(tool);
      if (!event.detail || tool === "save") return;
      byMouse(this); // whoever came by mouse gets the map's keys
    });
    for (const on of ["pan", "names"]) this.press(on, true);
    this.press("pictures", true);
    listen(this);
  }

  // one change after the other, in the order in which they came
  update(data, send) {
    this.send = send;
    this.queue = this.queue.then(() => this.apply(data)).catch((error) => this.fail(error));
  }

  fail(error) {
    this.message.textContent = `The map could not be drawn: ${error.message}`;
    this.root.dataset.ready = "true";
  }

  async apply(sent) {
    const before = this.data;
    const data = { base: sent.map, hidden: [], selection: "", filter: "", ...sent };
    // what was picked since is shown already
    const arrived = data.stop?.name !== before?.stop?.name;
    if (arrived) live.picked = this.journey = null;
    if (before?.map === data.map && outdated(data.marks.query ? "query" : data.marks.item, data.ask)) data.marks = before.marks;
    Object.assign(live, { ask: data.ask, points: data.points });
    const moved = this.opened !== data.map;
    const recolored = before?.coloring.address !== data.coloring.address || before?.coloring.legend !== data.coloring.legend;
    const reselected = this.previewed || before?.selection !== data.selection || before?.points !== data.points;
    if (moved) this.root.dataset.ready = "false";
    // nothing changes before everything has arrived: what is drawn always belongs together
    const [about, Plotly, cloud, [coloring, codes], selected] = await Promise.all([
      before?.about === data.about ? this.about : fetchJson(data.about),
      loadPlotly(data.plotly),
      moved ? fetchCloud(data) : this.cloud,
      recolored ? fetchColoring(data) : [this.coloring, this.codes],
      reselected ? (data.selection ? fetchBytes(data.selection).then((bits) => unpackBits(bits, data.points)) : null) : this.selected,
    ]);
    if (this.gone) return;
    if (!hasWebGL()) throw new Error(`this browser has no WebGL. The ${globalThis.embeddingSource ? "list" : "table"} beside the map has the same items.`);
    const glide = moved && this.scene?.dims === 2 && data.dims === 2 && before?.items === about.items ? this.cloud : null;
    Object.assign(this, { Plotly, about, cloud, coloring, codes, selected, data: Object.assign(data, about) });
    const hid = recolored || String(before?.hidden) !== String(data.hidden);
    if (hid) [this.hidden, this.palette] = [new Set(data.hidden), paletteOf(coloring)];
    if (reselected) [this.previewed, this.count] = [false, selected ? selected.reduce((sum, bit) => sum + bit, 0) : 0];
    this.root.setAttribute("aria-label", data.alt);
    hearFilter(data.filter, data.matches.split("/").at(-1), this);
    if (document.activeElement !== this.find) this.find.value = filterOf().words ?? "";
    const rematched = await this.rematch(before?.items !== data.items);
    const inked = this.ink !== this.css("text-color");
    // the same map with more points on it: what is there stays, and so does the view
    if (moved && this.scene && before?.base === data.base) await this.grow();
    else if (moved) await this.open(glide);
    else if (hid || reselected || rematched || inked) this.paint();
    if (hid || inked) drawLegend(this.legend, coloring, this.hidden, (...clicked) => this.toggle(...clicked));
    if (before?.names.join() !== data.names.join()) this.fetchNames();
    this.ink = this.css("text-color");
    this.mark();
    this.tell();
    if (arrived && !moved) travel(this).catch((error) => this.fail(error));
    await this.morph.offer(data.morph);
    this.message.textContent = "";
    this.root.dataset.ready = "true";
    this.root.toggleAttribute("data-keep", Boolean(data.keep));
    this.root.dataset.twin = data.twin?.place ?? "";
    if (data.twin) meetTwin(this);
    keepAddress(this);
  }

  async fetchNames() {
    const { names } = this.data;
    this.names.set(null);
    this.morph.here = null;
    for (const address of names) {
      // the finer names take longer: those that are there are shown
      const list = await fetchJson(address).catch(() => null);
      if (this.gone || this.data.names.join() !== names.join()) return;
      if (list && !this.morph.share) this.names.set(list);
      this.mark();
    }
  }

  css(name) { return getComputedStyle(this.root).getPropertyValue(`--st-${name}`); }

  size() { return [this.stage.clientWidth, this.stage.clientHeight]; }

  dot() {
    const points = this.cloud.count;
    return points < 300 ? 10 : points < 2000 ? 7.5 : points < 10000 ? 5 : points < 50000 ? 3.5 : 2.5;
  }

  // another projection: the points glide to their places where the eye can follow, else the map is opened anew
  async open(glide) {
    Object.assign(this, { cursor: null });
    this.card.pin(false);
    this.card.hide();
    const told = { moving: () => { this.screen = null; this.mark(); showTwin(this); }, moved: () => this.moved(), repaint: () => this.paint() };
    const { bounds, home } = this.data;
    this.opened = "";
    this.ground.forget();
    this.thumbs.clear();
    this.press("turn", false);
    if (glide && !glide.items && !this.cloud.items && !calm() && !document.hidden && (this.data.stop || !recalled(this.data))) await glideFrom(this, glide, recalled(this.data));
    else {
      this.scene?.close();
      this.scene = new (this.data.dims === 3 ? Solid : Flat)(this.Plotly, this.plot, told);
      await this.scene.open(bounds, home, recalled(this.data), this.size(), this.css("text-color"));
      for (const canvas of this.plot.querySelectorAll("canvas")) canvas.addEventListener("webglcontextlost", () => canvas.isConnected && this.recover());
    }
    this.root.dataset.dims = this.data.dims;
    this.root.toggleAttribute("data-pictures", Boolean(this.data.pictures));
    if (this.tool !== "pan") this.use(this.tool);
    await this.show();
  }

  async grow() {
    Object.assign(this, { cursor: null });
    views.set(this.data.map, this.scene.view);
    this.scene.measure?.(this.data.bounds, this.data.home, this.size());
    this.ground.forget();
    await this.show();
  }

  async show() {
    await this.paint();
    this.opened = this.data.map;
    if (!this.data.whole && String(this.scene.view) !== String(this.scene.all)) await this.resample();
    else this.ground.draw();
  }

  // the graphics card was taken away, by a sleeping laptop for example
  recover() {
    clearTimeout(this.timers.recover);
    this.message.textContent = "The graphics were lost; drawing the map again…";
    this.timers.recover = setTimeout(() => {
      this.queue = this.queue.then(async () => { await this.open(null); this.mark(); this.message.textContent = ""; }).catch((error) => this.fail(error));
    }, 400);
  }

  looks() {
    const { codes, match, selected, count } = this;
    const gone = new Uint8Array(65536);
    for (const category of this.hidden) gone[category] = 1;
    return (item) => (gone[codes[item]] ? 0 : (match && !match[item]) || (count && !selected[item]) ? 1 : 2);
  }

  paint() {
    const { cloud, codes, palette } = this;
    const { dims } = this.data;
    const { order, faint } = cloud.arrange(this.looks());
    const many = order.length > 20000;
    const bright = palette.map((color) => withAlpha(color, many ? 0.6 : 0.85));
    const dim = dims === 3 ? parts(this.css("border-color")) : withAlpha([128, 128, 128], many ? 0.1 : 0.2);
    const places = new Float32Array(order.length * dims);
    const colors = new Array(order.length);
    for (let at = 0; at < order.length; at++) {
      const point = order[at];
      for (let axis = 0; axis < dims; axis++) places[at * dims + axis] = cloud.places[point * dims + axis];
      colors[at] = at < faint ? dim : bright[codes[cloud.item(point)]];
    }
    Object.assign(this, { order, faint, screen: null });
    return this.scene.draw(places, colors, this.dot());
  }

  tell() { tell(this); }

  // fetch which items match the filter, if that is new; whether anything has changed
  async rematch(anew = false) {
    if (this.shownFilter === live.filter && !anew) return false;
    const asked = live.filter;
    let problem = "";
    const bits = asked ? await fetchBytes(`${this.data.matches}?filter=${encodeURIComponent(asked)}`)
      .catch((error) => { problem = error.message; return null; }) : null;
    if (live.filter !== asked) return this.rematch(anew);
    this.shownFilter = asked;
    this.find.setCustomValidity(problem);
    this.problem = problem;
    this.match = bits && unpackBits(bits, this.data.points);
    this.matching = this.match ? this.match.reduce((sum, bit) => sum + bit, 0) : this.data.points;
    return true;
  }

  refilter() {
    this.queue = this.queue.then(async () => {
      if (this.data && await this.rematch()) { await this.paint(); this.mark(); this.tell(); }
    }).catch((error) => this.fail(error));
  }

  where(item) {
    const point = this.cloud.point(item);
    return point < 0 ? null : this.scene.where(this.cloud.at(point));
  }

  // everything over the points; called for every frame that moves
  mark() {
    if (!this.scene || !this.order || this.root.dataset.moving) return;
    const { item, place, query, start, neighbors, places = [], lines = [] } = this.data.marks; // the cloud may have the places
    const looks = this.looks();
    const [width, height] = this.size();
    const candidates = this.data.pictures && this.thumbs.on && this.data.dims === 2 ? inView(this, looks) : [];
    const placed = this.thumbs.draw(candidates, this.scene.zoom, { width, height }, this.data.pictures, (item) => this.palette[this.codes[item]]);
    this.root.dataset.thumbs = placed.length;
    const spot = (other, at) => { const seen = at && this.scene.where(at); return seen && [...seen, this.thumbs.shown.has(other) ? THUMB.side : this.dot()]; };
    for (const old of this.over.querySelectorAll(":scope > :not(.ee-loop)")) old.remove();
    const at = (other, sent = null) => { const point = this.cloud.point(other); return point < 0 ? sent : this.cloud.at(point); };
    const near = neighbors.map((other, place) => looks(other) && spot(other, at(other, places[place]))).filter(Boolean);
    const center = spot(item, query ?? (item !== null && looks(item) ? at(item, place) : null));
    const pointed = this.cursor ?? this.pointed ?? null;
    const drawn = lines.filter(([one, , other]) => looks(one) && looks(other))
      .map(([one, from, other, to, kind]) => [this.scene.where(at(one, from)), this.scene.where(at(other, to)), kind]);
    drawMarks(this.over, { center, query, start: start && this.scene.where(start), neighbors: near, lines: drawn, cursor: pointed === null ? null : spot(pointed, at(pointed)) });
    const away = new Set([...this.hidden].map((category) => this.coloring.names[category]));
    this.names.draw((at) => this.scene.where(at), this.scene.zoom, { width, height }, away, boxes(placed));
  }

  // after the view has changed: remember it, and ask for what belongs there
  moved() {
    if (this.root.dataset.moving || this.gone) return;
    this.mark();
    showTwin(this);
    this.screen = null;
    clearTimeout(this.timers.moved);
    this.timers.moved = setTimeout(() => {
      remember(this.data, this.scene.view);
      this.tell();
      if (this.data.whole) this.ground.draw();
      else this.queue = this.queue.then(() => this.resample()).catch((error) => this.fail(error));
    }, 150);
  }

  async resample() {
    if (this.data.dims === 3) return;
    const [x0, x1, y0, y1] = this.scene.view;
    const cloud = await fetchCloud(this.data, [x0, y0, x1, y1].join());
    this.cloud = cloud;
    await this.paint();
    this.mark();
    this.tell();
    this.ground.draw();
  }

  async toggle(category, alone, event) {
    if (event.shiftKey) { this.send("category", { category, coloring: this.data.coloring.address }); return; }
    const all = this.coloring.names.map((_, index) => index);
    if (alone) this.hidden = new Set(all.filter((other) => other !== category));
    else if (!this.hidden.delete(category)) this.hidden.add(category);
    if (this.hidden.size === all.length) this.hidden.clear();
    clearTimeout(this.timers.hidden);
    this.timers.hidden = setTimeout(() => this.send("hidden", [...this.hidden].sort((a, b) => a - b)), 400);
    drawLegend(this.legend, this.coloring, this.hidden, (...clicked) => this.toggle(...clicked));
    await this.paint();
    this.mark();
    this.tell();
  }

  press(tool, on) { this.tools.querySelector(`[data-tool="${tool}"]`).setAttribute("aria-pressed", String(on)); }

  destroy() {
    this.gone = true;
    Object.values(this.timers).forEach(clearTimeout);
    cancelAnimationFrame(this.hovering);
    this.watcher.disconnect();
    live.removeEventListener("filter", this.heard);
    live.removeEventListener("near", this.told);
    leaveTwin(this);
    this.morph.stop();
    this.scene?.close();
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".ee-map");
  root.embeddingMap ??= new EmbeddingMap(root);
  root.embeddingMap.update(data, setTriggerValue);
  // Streamlit may end an older call while the map lives on
  return () => root.isConnected || root.embeddingMap.destroy();
}
