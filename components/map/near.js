// Which points are near: a grid over a plane, so that a question visits some cells and not all 100,000 points.

class NearIndex {
  // `xy` is [x0, y0, x1, y1, ...] in any unit and must not change; places that are not finite are never found
  constructor(xy, count = xy.length >> 1) {
    const { x0, y0, wide, high, found } = extent(xy, count);
    const cells = Math.max(1, Math.ceil(found / 4));
    // cells as wide as high; on a line there is one row, or one column
    this.columns = clamp(Math.round(Math.sqrt((cells * wide) / high)) || 1, 1, cells);
    this.rows = clamp(Math.round(cells / this.columns), 1, cells);
    Object.assign(this, { xy, x0, y0, wide, high });
    this.#fill(count);
  }

  // counting sort: the points of cell c are points[starts[c]] .. points[starts[c + 1] - 1], in their order
  #fill(count) {
    const { xy, columns, rows } = this;
    const cells = new Int32Array(count).fill(-1);
    const starts = new Uint32Array(columns * rows + 1);
    for (let point = 0; point < count; point++) {
      if (!isPlace(xy, point)) continue;
      cells[point] = this.#row(xy[point * 2 + 1]) * columns + this.#column(xy[point * 2]);
      starts[cells[point] + 1]++;
    }
    for (let cell = 0; cell < columns * rows; cell++) starts[cell + 1] += starts[cell];
    const next = starts.slice();
    const points = new Uint32Array(starts[columns * rows]);
    for (let point = 0; point < count; point++) if (cells[point] >= 0) points[next[cells[point]]++] = point;
    Object.assign(this, { starts, points });
  }

  // The point nearest to (x, y), at most `reach` away, for which ok(point); -1 if there is none. sx and sy are pixels a
  // unit, of either sign: `reach` is in pixels.
  nearest(x, y, reach, { sx = 1, sy = 1, ok } = {}) {
    return this.#least(x, y, reach, sx, sy, ok, Math.hypot);
  }

  // The point that an arrow key reaches from (x, y): little aside from the unit vector [dx, dy], which is in pixels;
  // -1 if there is none on that side. Where y grows upward and pixels downward, sy is negative.
  direction(x, y, [dx, dy], { sx = 1, sy = 1, ok } = {}) {
    return this.#least(x, y, Infinity, sx, sy, ok, (across, down) => {
      const along = across * dx + down * dy;
      return along > 0.5 ? along + 2 * Math.abs(across * dy - down * dx) : NaN;
    });
  }

  // call each(point) for all points in a box, edges included, in no order
  inBox(x0, y0, x1, y1, each) {
    const [left, right, low, high] = [Math.min(x0, x1), Math.max(x0, x1), Math.min(y0, y1), Math.max(y0, y1)];
    const [first, last] = [this.#column(left), this.#column(right)];
    for (let row = this.#row(low); row <= this.#row(high); row++) {
      // the cells of a row lie side by side in `points`
      const end = this.starts[row * this.columns + last + 1];
      for (let at = this.starts[row * this.columns + first]; at < end; at++) {
        const point = this.points[at];
        const [x, y] = [this.xy[point * 2], this.xy[point * 2 + 1]];
        if (x >= left && x <= right && y >= low && y <= high) each(point);
      }
    }
  }

  #column(x) { return clamp(Math.floor(((x - this.x0) / this.wide) * this.columns) || 0, 0, this.columns - 1); }

  #row(y) { return clamp(Math.floor(((y - this.y0) / this.high) * this.rows) || 0, 0, this.rows - 1); }

  // The point of the least cost, and the first of equals, searched ring by ring of cells around (x, y).
  // cost(across, down), in pixels, is NaN for what cannot be meant and else no less than the distance.
  #least(x, y, limit, sx, sy, ok, cost) {
    if (!Number.isFinite(x + y)) return -1;
    const { xy, starts, points } = this;
    let [best, least] = [-1, limit];
    const visit = (cell) => {
      for (let at = starts[cell]; at < starts[cell + 1]; at++) {
        const point = points[at];
        const asked = cost((xy[point * 2] - x) * sx, (xy[point * 2 + 1] - y) * sy);
        const better = asked < least || (asked === least && (best < 0 || point < best));
        if (better && (!ok || ok(point))) [best, least] = [point, asked];
      }
    };
    for (let ring = 0; ; ring++) {
      this.#ring(this.#column(x), this.#row(y), ring, visit);
      const beyond = this.#beyond(x, y, ring, Math.abs(sx), Math.abs(sy));
      if (beyond > least || beyond === Infinity) return best;
    }
  }

  // visit the cells that are `ring` cells away from one cell
  #ring(column, row, ring, visit) {
    const [left, right] = [Math.max(0, column - ring), Math.min(this.columns - 1, column + ring)];
    const [low, high] = [Math.max(0, row - ring + 1), Math.min(this.rows - 1, row + ring - 1)];
    for (const there of ring ? [row - ring, row + ring] : [row]) {
      if (there < 0 || there >= this.rows) continue;
      for (let cell = left; cell <= right; cell++) visit(there * this.columns + cell);
    }
    for (const there of ring ? [column - ring, column + ring] : []) {
      if (there < 0 || there >= this.columns) continue;
      for (let cell = low; cell <= high; cell++) visit(cell * this.columns + there);
    }
  }

  // the least distance in pixels from (x, y) to what lies outside the rings visited; Infinity when nothing does
  #beyond(x, y, ring, sx, sy) {
    const [column, row] = [this.#column(x), this.#row(y)];
    const edgeX = (cell) => this.x0 + (cell * this.wide) / this.columns;
    const edgeY = (cell) => this.y0 + (cell * this.high) / this.rows;
    return Math.min(
      column - ring > 0 ? (x - edgeX(column - ring)) * sx : Infinity,
      column + ring + 1 < this.columns ? (edgeX(column + ring + 1) - x) * sx : Infinity,
      row - ring > 0 ? (y - edgeY(row - ring)) * sy : Infinity,
      row + ring + 1 < this.rows ? (edgeY(row + ring + 1) - y) * sy : Infinity,
    );
  }
}

const clamp = (value, low, high) => Math.max(low, Math.min(high, value));

const isPlace = (xy, point) => Number.isFinite(xy[point * 2]) && Number.isFinite(xy[point * 2 + 1]);

// the box around all places, and how many there are
function extent(xy, count) {
  let [x0, y0, x1, y1, found] = [Infinity, Infinity, -Infinity, -Infinity, 0];
  for (let point = 0; point < count; point++) {
    if (!isPlace(xy, point)) continue;
    const [x, y] = [xy[point * 2], xy[point * 2 + 1]];
    if (x < x0) x0 = x;
    if (x > x1) x1 = x;
    if (y < y0) y0 = y;
    if (y > y1) y1 = y;
    found++;
  }
  return found ? { x0, y0, wide: x1 - x0, high: y1 - y0, found } : { x0: 0, y0: 0, wide: 0, high: 0, found };
}

// whether (x, y) lies inside a loop of corners [x, y]; where the loop crosses itself, every second part is inside
function insideLoop(loop, x, y) {
  let inside = false;
  for (let i = 0, j = loop.length - 1; i < loop.length; j = i++) {
    const [xi, yi] = loop[i];
    const [xj, yj] = loop[j];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}
