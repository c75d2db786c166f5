// A map in three dimensions: Plotly's scatter3d.

const EYE = { x: 1.15, y: 1.15, z: 0.9 };
const STILL = { eye: EYE, center: { x: 0, y: 0, z: 0 }, up: { x: 0, y: 0, z: 1 } };

class Solid {
  constructor(Plotly, plot, told) { Object.assign(this, { Plotly, plot, told, dims: 3, turning: null }); }

  async open(bounds, home, view, size, ink) {
    const line = { showgrid: true, gridcolor: "rgba(128,128,128,.25)", showticklabels: false, title: { text: "" },
      zeroline: false, showbackground: false, showspikes: false };
    const [x, y, z] = [0, 1, 2].map((axis) => ({ ...line, range: widened(bounds[axis], bounds[axis + 3]) }));
    const camera = view ? { eye: xyz(view, 0), center: xyz(view, 3), up: xyz(view, 6) } : STILL;
    const layout = { margin: { l: 0, r: 0, t: 0, b: 0 }, paper_bgcolor: CLEAR, showlegend: false, hovermode: false,
      font: { color: ink }, width: size[0], height: size[1],
      scene: { xaxis: x, yaxis: y, zaxis: z, aspectmode: "manual", aspectratio: ratio(bounds), camera, dragmode: "orbit" } };
    const trace = { type: "scatter3d", mode: "markers", x: [], y: [], z: [], hoverinfo: "none", marker: { size: 2, line: { width: 0 } } };
    await withKind(this.Plotly, trace.type).newPlot(this.plot, [trace], layout, CONFIG);
    for (const name of ["plotly_relayouting", "plotly_relayout"]) this.plot.on(name, () => this.told.moving());
    this.plot.on("plotly_relayout", () => this.told.moved());
  }

  draw(places, colors, size) {
    const axis = (offset) => Float32Array.from({ length: places.length / 3 }, (_, point) => places[point * 3 + offset]);
    // points in 3-D have no opacity of their own
    const marker = { size: Math.max(2, size * 0.6), color: colors.map(text), opacity: colors.length > 20000 ? 0.6 : 0.85, line: { width: 0 } };
    return this.Plotly.restyle(this.plot, { x: [axis(0)], y: [axis(1)], z: [axis(2)], marker: [marker] }, [0]);
  }

  get gl() { return this.plot._fullLayout?.scene?._scene; }

  // the matrix (row by row) from map coordinates to the screen: x and y from -1 to 1 after division by w
  get matrix() {
    const { model, view, projection } = this.gl.glplot.cameraParams;
    const scale = this.gl.dataScale;
    const scaled = [scale[0], 0, 0, 0, 0, scale[1], 0, 0, 0, 0, scale[2], 0, 0, 0, 0, 1];
    return [projection, view, model, scaled].reduce((left, right) =>
      Array.from({ length: 16 }, (_, at) => [0, 1, 2, 3].reduce((sum, k) => sum + left[k * 4 + (at % 4)] * right[(at >> 2) * 4 + k], 0)));
  }

  // (x, y) in pixels for a place; null when behind the viewer
  where([x, y, z], m = this.matrix) {
    const w = m[3] * x + m[7] * y + m[11] * z + m[15];
    if (w <= 0) return null;
    const { width, height } = this.plot._fullLayout;
    const [across, up] = [0, 1].map((row) => (m[row] * x + m[row + 4] * y + m[row + 8] * z + m[row + 12]) / w);
    return [((across + 1) / 2) * width, ((1 - up) / 2) * height];
  }

  get view() {
    const { eye, center, up } = this.gl.getCamera();
    return [eye, center, up].flatMap(({ x, y, z }) => [x, y, z]);
  }

  get zoom() {
    const { eye } = this.gl.getCamera();
    return Math.hypot(EYE.x, EYE.y, EYE.z) / Math.hypot(eye.x, eye.y, eye.z);
  }

  look(view) {
    return this.Plotly.relayout(this.plot, { "scene.camera": { eye: xyz(view, 0), center: xyz(view, 3), up: xyz(view, 6) } });
  }

  near(factor) { return this.look(this.view.map((part, place) => (place < 3 ? part * factor : part))); }

  reset() { return this.Plotly.relayout(this.plot, { "scene.camera": STILL }); }

  resize(size) {
    const { width, height } = this.plot._fullLayout;
    return width === size[0] && height === size[1] ? null : this.Plotly.relayout(this.plot, { width: size[0], height: size[1] });
  }

  // turn slowly until told to stop, or touched
  turn(on) {
    cancelAnimationFrame(this.turning);
    this.turning = null;
    if (!on) return;
    let before = performance.now();
    const step = (now) => {
      const angle = (now - before) * 0.00025;
      before = now;
      const [x, y, ...rest] = this.view;
      this.look([x * Math.cos(angle) - y * Math.sin(angle), x * Math.sin(angle) + y * Math.cos(angle), ...rest]);
      this.turning = requestAnimationFrame(step);
    };
    this.turning = requestAnimationFrame(step);
  }

  close() {
    this.turn(false);
    release(this.plot);
    this.Plotly.purge(this.plot);
  }
}

const xyz = (numbers, from) => ({ x: numbers[from], y: numbers[from + 1], z: numbers[from + 2] });
const text = ([red, green, blue]) => `rgb(${red},${green},${blue})`;
// one unit as long along every axis, the longest fits into the view
function ratio(bounds) {
  const spans = [0, 1, 2].map((axis) => bounds[axis + 3] - bounds[axis] || 1);
  const [x, y, z] = spans.map((span) => (span / Math.max(...spans)) * 1.25);
  return { x, y, z };
}

const widened = (low, high) => [low - (high - low || 1) * 0.04, high + (high - low || 1) * 0.04];
