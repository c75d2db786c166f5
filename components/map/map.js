// The map: draws the points once, then only restyles. The other files of this folder stand before it.

const KEYS = { p: "pan", b: "select", l: "lasso", "+": "in", "=": "in", "-": "out", 0: "reset" };
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const TOOLS = [
  ["pan", "Move the map", "P"], ["select", "Select in a box", "B"], ["lasso", "Select in a loop", "L"],
  ["in", "Zoom in", "+"], ["out", "Zoom out", "−"], ["reset", "See all", "0"],
];
const CONFIG = { displayModeBar: false, responsive: true, scrollZoom: true, doubleClick: "reset", showTips: false };

class EmbeddingMap {
  constructor(root) {
    const part = (name) => root.querySelector(`.ee-${name}`);
    Object.assign(this, { root, plot: part("plot"), over: part("over"), stage: part("stage"), message: part("message") });
    Object.assign(this, { legend: part("legend"), tools: part("tools"), card: new Card(part("card")) });
    Object.assign(this, { data: null, hidden: new Set(), cursor: null, tool: "pan", version: null, selected: [], queue: Promise.resolve() });
    drawTools(this.tools, TOOLS, (tool) => this.use(tool));
    root.addEventListener("keydown", (event) => this.key(event));
    this.stage.addEventListener("pointerleave", () => this.card.hide());
    // Plotly's own click comes only where it has noticed the pointer before: not for a tap, nor for a quick hand
    this.stage.addEventListener("pointerdown", (down) => {
      if (!down.isPrimary || down.button || !this.plot.contains(down.target)) return;
      window.addEventListener("pointerup", (up) => this.tap(down, up), { capture: true, once: true });
    }, true);
  }

  // one change after the other, in the order in which they came
  update(data, send) {
    this.send = send;
    this.queue = this.queue.then(() => this.apply(data)).catch((error) => {
      this.message.textContent = `The map could not be drawn: ${error.message}.`;
    });
  }

  async apply(data) {
    const before = this.data;
    this.Plotly = await loadPlotly(data.plotly);
    const moved = before?.coords !== data.coords;
    const recolored = moved || before?.coloring.address !== data.coloring.address;
    if (moved) this.root.dataset.ready = "false";
    // nothing changes before everything has arrived: what is drawn always belongs together
    const kind = data.coloring.kind === "category" ? Uint16Array : Float32Array;
    const coords = moved ? await fetchNumbers(data.coords, Float32Array) : this.coords;
    const values = recolored ? await fetchNumbers(data.coloring.address, kind) : this.values;
    Object.assign(this, { data, coords, values });
    if (moved) { this.cursor = null; this.card.hide(); }
    if (recolored) this.hidden.clear();
    this.root.setAttribute("aria-label", data.alt);
    const reselected = data.selection.version !== this.version;
    if (reselected) [this.version, this.selected] = [data.selection.version, unpackBits(data.selection.packed)];
    if (moved || recolored || this.theme !== this.ink()) await this.redraw(moved);
    else if (reselected) await this.highlight();
    this.mark();
    this.message.textContent = "";
    this.root.dataset.points = data.points;
    this.root.dataset.drawn = this.shown();
    this.root.dataset.ready = "true";
  }

  css(name) { return getComputedStyle(this.root).getPropertyValue(`--st-${name}`); }

  ink() { return this.css("text-color"); }

  shown() { return this.hidden.size ? this.values.filter((value) => !this.hidden.has(value)).length : this.data.points; }

  size() {
    const { points, dims } = this.data;
    const size = points < 300 ? 10 : points < 2000 ? 7.5 : points < 10000 ? 5 : points < 50000 ? 3.5 : 2.5;
    return dims === 3 ? Math.max(2, size * 0.6) : size;
  }

  trace() {
    const { points, dims, coloring } = this.data;
    const axis = (offset) => Float32Array.from({ length: points }, (_, item) =>
      this.hidden.has(this.values[item]) ? NaN : this.coords[item * dims + offset]);
    this.colors = colorsOf(coloring, this.values);
    const marker = { size: this.size(), color: this.colors, opacity: points > 20000 ? 0.6 : 0.85, line: { width: 0 } };
    const trace = { mode: "markers", hoverinfo: "none", marker, x: axis(0), y: axis(1), uid: "points",
      selected: { marker: { opacity: 1 } }, unselected: { marker: { opacity: 0.12 } } };
    if (dims === 3) return { ...trace, type: "scatter3d", z: axis(2) };
    if (!hasWebGL() && points > 20000) throw new Error("this browser has no WebGL, which more than 20,000 points need");
    return { ...trace, type: hasWebGL() ? "scattergl" : "scatter" };
  }

  layout() {
    const { dims, coords } = this.data;
    const bare = { visible: false, showgrid: false, zeroline: false };
    const shared = { margin: { l: 0, r: 0, t: 0, b: 0 }, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      uirevision: coords, selectionrevision: coords, showlegend: false, hovermode: "closest", hoverdistance: 12, font: { color: this.ink() } };
    const view = this.remembered();
    if (dims === 3) {
      const line = { showgrid: true, gridcolor: "rgba(128,128,128,.25)", showticklabels: false, title: { text: "" }, zeroline: false,
        showbackground: false, showspikes: false };
      return { ...shared, scene: { xaxis: line, yaxis: line, zaxis: line, aspectmode: "data", camera: view?.camera, dragmode: "orbit" } };
    }
    return { ...shared, dragmode: this.tool,
      // one unit is as long across as it is down: a stretched map would lie about distances
      xaxis: { ...bare, range: view?.x }, yaxis: { ...bare, range: view?.y, scaleanchor: "x" } };
  }

  async redraw(moved) {
    if (moved && this.listening) { this.Plotly.purge(this.plot); this.listening = false; }
    this.theme = this.ink();
    const act = this.listening ? this.Plotly.react : this.Plotly.newPlot;
    await act(this.plot, [this.trace()], this.layout(), CONFIG);
    if (!this.listening) this.listen();
    if (this.selected.length) await this.highlight();
    drawLegend(this.legend, this.data.coloring, this.hidden, (category, alone) => this.toggle(category, alone));
    this.use(this.data.dims === 3 && this.tool !== "pan" ? "pan" : this.tool);
  }

  listen() {
    this.listening = true;
    this.plot.on("plotly_hover", ({ points: [point] }) => this.hover(point.pointNumber));
    this.plot.on("plotly_unhover", () => this.card.hide());
    // plotly tells of its own changes too: only what follows a drag is the visitor's choice
    this.plot.on("plotly_selecting", () => { this.dragging = true; });
    this.plot.on("plotly_selected", (event) => {
      if (this.dragging && event?.points) this.choose(event.points.map((point) => point.pointNumber));
      this.dragging = false;
    });
    this.plot.on("plotly_doubleclick", () => this.selected.length && this.choose([]));
    for (const name of ["plotly_relayouting", "plotly_relayout", "plotly_afterplot"]) this.plot.on(name, () => this.mark());
    this.plot.on("plotly_relayout", () => this.remember());
  }

  place(item) {
    const { dims } = this.data;
    return this.coords.subarray(item * dims, item * dims + dims);
  }

  where(at) { return onScreen(this.plot, this.data.dims, typeof at === "number" ? this.place(at) : at); }

  visible(item) { return !this.hidden.has(this.values[item]); }

  hover(item) {
    const at = this.where(item);
    if (at) this.card.show(this.data.items, item, at[0], at[1]);
  }

  tap(down, up) {
    const [x, y] = [up.clientX, up.clientY];
    if (!this.coords || Math.hypot(x - down.clientX, y - down.clientY) > 4) return;
    const { left, top } = this.stage.getBoundingClientRect();
    const where = (item) => (this.visible(item) ? this.where(item) : null);
    const item = nearestPoint(this.data.points, where, [x - left, y - top], down.pointerType === "touch" ? 20 : 12);
    if (item !== null) this.pick(item);
  }

  pick(item) { this.send("picked", item); }

  choose(items) {
    this.dragging = false;
    this.selected = items;
    this.highlight();
    this.send("lasso", packBits(items, this.data.points));
  }

  // fade what is not selected; nothing selected fades nothing
  async highlight() {
    const items = this.selected;
    if (this.data.dims === 2) {
      // without its outline a selection stays what it is when the map is recolored or the page selects something else
      if (this.plot.layout.selections?.length) await this.Plotly.relayout(this.plot, { selections: [] });
      return this.Plotly.restyle(this.plot, { selectedpoints: [items.length ? items : null] }, [0]);
    }
    const chosen = new Set(items);
    const faint = this.css("border-color"); // solid: points in 3-D have no opacity of their own
    const faded = this.colors.map((color, item) => (!items.length || chosen.has(item) ? color : faint));
    return this.Plotly.restyle(this.plot, { "marker.color": [faded] }, [0]);
  }

  mark() {
    if (!this.listening || !this.coords || this.over.classList.contains("ee-drawing")) return;
    const where = (at) => (typeof at === "number" && !this.visible(at) ? null : this.where(at));
    drawMarks(this.over, this.data.marks, this.cursor, this.size(), where);
  }

  async toggle(category, alone) {
    const all = this.data.coloring.names.map((_, index) => index);
    if (alone) this.hidden = new Set(all.filter((other) => other !== category));
    else if (!this.hidden.delete(category)) this.hidden.add(category);
    if (this.hidden.size === all.length) this.hidden.clear();
    await this.redraw(false);
    this.mark();
    this.root.dataset.drawn = this.shown();
  }

  use(tool) {
    if (tool === "in" || tool === "out") return this.zoom(tool === "in" ? 0.7 : 1 / 0.7);
    if (tool === "reset") return this.reset();
    this.tool = tool;
    for (const button of this.tools.children) {
      const modal = ["pan", "select", "lasso"].includes(button.dataset.tool);
      if (modal) button.setAttribute("aria-pressed", String(button.dataset.tool === tool));
    }
    const looping = this.data?.dims === 3 && tool !== "pan";
    this.over.classList.toggle("ee-drawing", looping);
    if (looping) drawLoop(this.over, tool === "select", (loop) => this.enclose(loop));
    else if (this.data?.dims === 2 && this.listening) this.Plotly.relayout(this.plot, { dragmode: tool });
  }

  enclose(loop) {
    const items = [];
    for (let item = 0; item < this.data.points; item++) {
      const at = this.visible(item) && this.where(item);
      if (at && inside(loop, at[0], at[1])) items.push(item);
    }
    this.choose(items);
    this.use("pan");
  }

  zoom(factor) {
    const layout = this.plot._fullLayout;
    if (this.data.dims === 3) {
      const { eye, ...rest } = layout.scene._scene.getCamera();
      const nearer = { x: eye.x * factor, y: eye.y * factor, z: eye.z * factor };
      return this.Plotly.relayout(this.plot, { "scene.camera": { ...rest, eye: nearer } });
    }
    const scaled = ([low, high]) => {
      const [middle, half] = [(low + high) / 2, ((high - low) / 2) * factor];
      return [middle - half, middle + half];
    };
    return this.Plotly.relayout(this.plot, { "xaxis.range": scaled(layout.xaxis.range), "yaxis.range": scaled(layout.yaxis.range) });
  }

  reset() {
    if (this.data.dims === 2) return this.Plotly.relayout(this.plot, { "xaxis.autorange": true, "yaxis.autorange": true });
    return this.Plotly.relayout(this.plot, { "scene.camera": { eye: { x: 1.25, y: 1.25, z: 1.25 }, center: { x: 0, y: 0, z: 0 } } });
  }

  // the view outlives the page: it is kept in this tab, by the map's address
  remember() {
    const { xaxis, yaxis, scene } = this.plot._fullLayout;
    const view = this.data.dims === 3 ? { camera: scene._scene.getCamera() } : { x: [...xaxis.range], y: [...yaxis.range] };
    try { sessionStorage.setItem(`ee-view:${this.data.coords}`, JSON.stringify(view)); } catch { /* a full or closed storage only forgets the view */ }
  }

  remembered() {
    try { return JSON.parse(sessionStorage.getItem(`ee-view:${this.data.coords}`)); } catch { return null; }
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.data || event.target !== this.root) return;
    if (KEYS[event.key]) this.use(KEYS[event.key]);
    else if (ARROWS[event.key]) this.step(ARROWS[event.key]);
    else if (event.key === "Enter" && this.cursor !== null) this.pick(this.cursor);
    else if (event.key === "Escape") this.escape();
    else return;
    event.preventDefault();
  }

  step(direction) {
    const { width, height } = this.stage.getBoundingClientRect();
    const start = this.cursor ?? this.data.marks.item;
    const from = start === null ? [width / 2, height / 2] : this.where(start);
    const next = nextPoint(this.data.points, (item) => (this.visible(item) ? this.where(item) : null), from, direction);
    if (next < 0) return;
    this.cursor = next;
    this.mark();
    this.hover(next);
  }

  escape() {
    this.cursor = null;
    this.card.hide();
    this.choose([]);
    this.send("picked", -1);
  }

  destroy() { if (this.listening) this.Plotly.purge(this.plot); }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".ee-map");
  root.embeddingMap ??= new EmbeddingMap(root);
  root.embeddingMap.update(data, setTriggerValue);
  return () => root.embeddingMap.destroy();
}
