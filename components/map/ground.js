// What lies under the points of a 2-D map: how dense it is, as a picture where only a sample is drawn, as lines on demand.

const GRID = 128; // cells along the longer side
const BEYOND = 0.1; // of the view, so that a small move finds it there already

class Ground {
  constructor(map) { Object.assign(this, { map, lines: false, asked: 0, shown: false, sampled: false, queue: Promise.resolve() }); }

  // what was asked for belongs to a map that is gone
  forget() {
    this.asked += 1;
    this.shown = false;
  }

  draw() { this.queue = this.queue.then(() => this.redraw()).catch(() => { /* the points are there without it */ }); }

  async redraw() {
    const { data, scene } = this.map;
    const asked = ++this.asked;
    if (data.dims === 3) return;
    const sampled = this.sampled = this.map.cloud.count < (this.map.cloud.total ?? 0);
    const wanted = this.lines || sampled;
    if (!wanted) { if (this.shown) await this.clear(); return; }
    const [x0, x1, y0, y1] = scene.view;
    const [padX, padY] = [(x1 - x0) * BEYOND, (y1 - y0) * BEYOND];
    const box = [x0 - padX, y0 - padY, x1 + padX, y1 + padY];
    const longer = Math.max(box[2] - box[0], box[3] - box[1]);
    const [wide, high] = [box[2] - box[0], box[3] - box[1]].map((side) => Math.max(8, Math.round((GRID * side) / longer)));
    const address = `${data.map.replace("/maps/", "/density/")}?box=${box.join()}&wide=${wide}&high=${high}`;
    const cells = new Float32Array(await fetchBytes(`${address}&blur=${this.lines ? 2.5 : 1}`));
    if (asked !== this.asked || scene !== this.map.scene) return;
    const rows = Array.from({ length: high }, (_, row) => Array.from(cells.subarray(row * wide, (row + 1) * wide), Math.sqrt));
    const [dx, dy] = [(box[2] - box[0]) / wide, (box[3] - box[1]) / high];
    await scene.under(this.trace({ z: rows, x0: box[0] + dx / 2, dx, y0: box[1] + dy / 2, dy }));
    this.shown = true;
  }

  async clear() {
    this.shown = false;
    await this.map.scene.under(null);
  }

  trace(grid) {
    const [red, green, blue] = parts(this.map.css("text-color"));
    const ink = (alpha) => `rgba(${red},${green},${blue},${alpha})`;
    const colorscale = [[0, ink(0)], [1, ink(this.sampled ? 0.55 : 0.25)]];
    if (!this.lines) return { type: "heatmap", zsmooth: "best", colorscale, zmin: 0, ...grid };
    return { type: "contour", ncontours: 9, contours: { coloring: this.sampled ? "fill" : "lines" }, line: { width: 1, smoothing: 1 },
      colorscale: this.sampled ? colorscale : [[0, ink(0.12)], [1, ink(0.75)]], ...grid };
  }
}
