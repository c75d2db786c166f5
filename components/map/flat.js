// A map in two dimensions: Plotly draws it, and its scene's buffers are filled here.
//
// Plotly reads one color a point from text, twice, and copies every array; with 100,000 points that is a second and
// 30 MB. So its trace holds only the corners, and the points go to the WebGL scene that Plotly made for the trace.

const CONFIG = { displayModeBar: false, responsive: false, scrollZoom: true, doubleClick: false, showTips: false,
  plotGlPixelRatio: Math.max(1, window.devicePixelRatio || 1) }; // Plotly's own 2 draws four times the pixels
const BARE = { visible: false, showgrid: false, zeroline: false };
const CLEAR = "rgba(0,0,0,0)";
const FED = {}; // to Plotly: nothing to change; to us: the scene holds our points

class Flat {
  constructor(Plotly, plot, told) {
    Object.assign(this, { Plotly, plot, told, dims: 2, drawn: false });
  }

  async open(bounds, home, view, size) {
    this.measure(bounds, home, size);
    const [x, y] = [[bounds[0], bounds[2]], [bounds[1], bounds[3]]];
    const corners = { type: "scattergl", mode: "markers", x, y, hoverinfo: "skip", marker: { size: 1, opacity: 0 } };
    const range = view ? fitted(view, size) : this.home;
    const layout = { margin: { l: 0, r: 0, t: 0, b: 0 }, paper_bgcolor: CLEAR, plot_bgcolor: CLEAR, showlegend: false,
      hovermode: false, dragmode: "pan", width: size[0], height: size[1],
      xaxis: { ...BARE, range: range.slice(0, 2) }, yaxis: { ...BARE, range: range.slice(2) } };
    await this.Plotly.newPlot(this.plot, [corners], layout, CONFIG);
    this.plot.on("plotly_relayouting", () => this.told.moving());
    this.plot.on("plotly_relayout", () => this.told.moved());
    this.plot.on("plotly_afterplot", () => this.feed());
  }

  // `bounds` hold everything, `home` what is looked at first
  measure(bounds, home, size) {
    Object.assign(this, { bounds, box: home, home: frame(home, size), all: frame(bounds, size) });
  }

  get scene() { return this.plot._fullLayout?._plots?.xy?._scene; }

  // show these points: places [x0, y0, x1, ...], one color each, all of one size
  draw(places, colors, size) {
    this.drawn = true;
    this.fill({ positions: places, colors, size, opacity: 1, borderSize: 0, snap: false });
  }

  // Plotly has filled the scene anew, with its own trace
  feed() {
    if (this.drawn && this.scene?.markerOptions[0] !== FED) this.told.repaint();
  }

  fill(points) {
    const scene = this.scene;
    if (!scene?.scatter2d) return;
    scene.scatter2d.update([points]);
    scene.markerOptions[0] = FED;
    // Plotly wipes its canvases before it draws; who draws past it has to
    this.plot._fullLayout._glcanvas.each((canvas) => canvas.regl?.clear({ color: [0, 0, 0, 0], depth: 1 }));
    scene.draw();
  }

  // only for a moment: what is drawn stays what it was
  shift(places) { this.fill({ positions: places }); }

  where([x, y]) {
    const { xaxis, yaxis } = this.plot._fullLayout;
    return [xaxis._offset + xaxis.d2p(x), yaxis._offset + yaxis.d2p(y)];
  }

  // the place under a pixel, and pixels a unit
  place(px, py) {
    const { xaxis, yaxis } = this.plot._fullLayout;
    return [xaxis.p2d(px - xaxis._offset), yaxis.p2d(py - yaxis._offset)];
  }

  get scale() {
    const { xaxis, yaxis } = this.plot._fullLayout;
    const [x, y] = [xaxis.range, yaxis.range];
    return { sx: xaxis._length / (x[1] - x[0]), sy: yaxis._length / (y[1] - y[0]) };
  }

  get view() {
    const { xaxis, yaxis } = this.plot._fullLayout;
    return [...xaxis.range, ...yaxis.range];
  }

  // how many times larger than the whole map
  get zoom() { return (this.home[1] - this.home[0]) / (this.view[1] - this.view[0]); }

  look(range, more = {}) {
    return this.Plotly.relayout(this.plot, { ...more, "xaxis.range": range.slice(0, 2), "yaxis.range": range.slice(2) });
  }

  near(factor) {
    const [x0, x1, y0, y1] = this.view;
    const [x, y, wide, high] = [(x0 + x1) / 2, (y0 + y1) / 2, ((x1 - x0) / 2) * factor, ((y1 - y0) / 2) * factor];
    return this.look([x - wide, x + wide, y - high, y + high]);
  }

  // everything; from there to what was looked at first
  reset() { return this.look(String(this.view) === String(this.all) ? this.home : this.all); }

  // the same scale around the same center; a unit stays as long across as it is down
  resize(size) {
    const { width, height } = this.plot._fullLayout;
    if (width === size[0] && height === size[1]) return null;
    const whole = Math.abs(this.zoom - 1) < 0.01;
    const [x0, x1, y0, y1] = this.view;
    const [x, y] = [(x0 + x1) / 2, (y0 + y1) / 2];
    const unit = (y1 - y0) / height / 2;
    this.measure(this.bounds, this.box, size);
    const range = whole ? this.home : [x - unit * size[0], x + unit * size[0], y - unit * size[1], y + unit * size[1]];
    return this.look(range, { width: size[0], height: size[1] });
  }

  // a picture of how dense the map is, under the points: `kind` "heatmap" or "contour", null for none
  async under(ground) {
    const had = this.plot.data.map((_, trace) => trace).slice(1);
    if (had.length) await this.Plotly.deleteTraces(this.plot, had);
    if (ground) await withKind(this.Plotly, ground.type).addTraces(this.plot, [{ ...ground, hoverinfo: "skip", showscale: false }]);
  }

  close() {
    release(this.plot);
    this.Plotly.purge(this.plot);
  }
}

// Give the graphics contexts back: Plotly does not, and a browser has only some 16 of them.
function release(plot) {
  for (const canvas of plot.querySelectorAll("canvas")) {
    const context = canvas.getContext("webgl");
    canvas.remove();
    context?.getExtension("WEBGL_lose_context")?.loseContext();
  }
}

// A range [x0, x1, y0, y1] of a map of another shape: all of it is shown, one unit as long across as it is down.
function fitted([x0, x1, y0, y1], [width, height]) {
  const [wide, high] = [(x1 - x0) / width, (y1 - y0) / height];
  if (Math.abs(wide / high - 1) < 0.001) return [x0, x1, y0, y1];
  const unit = Math.max(wide, high) / 2;
  const [x, y] = [(x0 + x1) / 2, (y0 + y1) / 2];
  return [x - unit * width, x + unit * width, y - unit * height, y + unit * height];
}

// The range [x0, x1, y0, y1] that shows all of `bounds` with a margin, one unit as long across as it is down: a
// stretched map would lie about distances.
function frame([x0, y0, x1, y1], [width, height]) {
  // below the search box and the tools, above the line that counts
  const unit = Math.max((x1 - x0) / Math.max(1, width - 56), (y1 - y0) / Math.max(1, height - 108)) || 2 / height;
  const [x, y] = [(x0 + x1) / 2, (y0 + y1) / 2 + unit * 14];
  return [x - (unit * width) / 2, x + (unit * width) / 2, y - (unit * height) / 2, y + (unit * height) / 2];
}
