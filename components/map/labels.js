// Where names and pictures fit on the map, in pixels: the important ones first, and none over another.

const ROOM = { edge: 4, gap: 3, off: 8, thumb: 2 };
const LEVEL_FROM = [0, 1.6, 4];

// the levels of names that a zoom has room for; 1 shows the whole map
function levelsShown(zoom) {
  return LEVEL_FROM.map((_, level) => level).filter((level) => level === 0 || zoom >= LEVEL_FROM[level]);
}

// The labels that fit into `view` ({ width, height }) beside each other and the boxes `taken`, as
// [{ index, left, top }]: by level, then rank, then as given. A label is { x, y, width, height, rank, level } and lies
// centered on its (x, y), or beside it.
function placeLabels(labels, view, taken = []) {
  const order = labels.map((_, index) => index);
  const before = (part, a, b) => (labels[a][part] ?? 0) - (labels[b][part] ?? 0);
  order.sort((a, b) => before("level", a, b) || before("rank", a, b) || a - b);
  const boxes = [...taken];
  const placed = [];
  for (const index of order) {
    const { width, height } = labels[index];
    for (const [left, top] of tries(labels[index])) {
      const box = { left, top, width, height };
      if (!isWithin(box, view) || boxes.some((other) => isClose(box, other))) continue;
      boxes.push(box);
      placed.push({ index, left, top });
      break;
    }
  }
  return placed;
}

// [left, top] on the anchor, above, below, left and right of it
function tries({ x, y, width, height }) {
  const [left, top] = [x - width / 2, y - height / 2];
  const { off } = ROOM;
  return [[left, top], [left, y - off - height], [left, y + off], [x - off - width, top], [x + off, top]];
}

// true only if it holds: a place that is no number is nowhere
const isWithin = ({ left, top, width, height }, view) =>
  left >= ROOM.edge && left + width <= view.width - ROOM.edge
  && top >= ROOM.edge && top + height <= view.height - ROOM.edge;

const isClose = (box, other) =>
  box.left < other.left + other.width + ROOM.gap && other.left < box.left + box.width + ROOM.gap
  && box.top < other.top + other.height + ROOM.gap && other.top < box.top + box.height + ROOM.gap;

// Which of `candidates` ({ index, x, y }) to draw as pictures of size x size around their places: those nearest to the
// middle of the view first, none over another, at most `most`.
function placeThumbs(candidates, size, view, most) {
  const side = size + ROOM.thumb;
  // one place a cell of side x side, with an empty cell around the view
  const columns = Math.ceil(view.width / side) + 4;
  const taken = Array(columns * (Math.ceil(view.height / side) + 4)).fill(null);
  const placed = [];
  for (const candidate of fromMiddle(candidates, size / 2, view)) {
    if (placed.length >= most) break;
    const cell = (Math.floor(candidate.y / side) + 2) * columns + Math.floor(candidate.x / side) + 2;
    if (isCrowded(taken, cell, columns, candidate, side)) continue;
    taken[cell] = candidate;
    placed.push(candidate);
  }
  return placed;
}

// those that reach into the view, nearest to its middle first, equally near ones as given
function fromMiddle(candidates, half, { width, height }) {
  const seen = candidates.filter(({ x, y }) => x + half > 0 && x - half < width && y + half > 0 && y - half < height);
  // distance, to a thousandth of a pixel, and place in one number: numbers alone sort five times as fast
  const keys = new Float64Array(seen.length);
  seen.forEach(({ x, y }, place) => {
    const [across, down] = [x - width / 2, y - height / 2];
    keys[place] = Math.round(Math.sqrt(across * across + down * down) * 1000) * seen.length + place;
  });
  return Array.from(keys.sort(), (key) => seen[key % seen.length]);
}

// whether another lies too close, in a cell or the eight around it
function isCrowded(taken, cell, columns, { x, y }, side) {
  if (taken[cell]) return true;
  for (let row = cell - columns; row <= cell + columns; row += columns) {
    for (let at = row - 1; at <= row + 1; at++) {
      const other = taken[at];
      if (other && Math.abs(other.x - x) < side && Math.abs(other.y - y) < side) return true;
    }
  }
  return false;
}
