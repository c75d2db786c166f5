// The points that are drawn: all items, or a fair sample of them, with their places, colors and states.

class Cloud {
  // `items` null: item i is point i
  constructor(places, dims, items = null) {
    Object.assign(this, { places, dims, items, count: places.length / dims, near: null });
    this.rank = shuffled(this.count);
    this.points = null;
  }

  item(point) { return this.items ? this.items[point] : point; }

  // the point of an item, -1 where it is not drawn
  point(item) {
    if (!this.items) return item < this.count ? item : -1;
    if (!this.points) this.points = new Map(Array.from(this.items, (other, point) => [other, point]));
    return this.points.get(item) ?? -1;
  }

  at(point) { return this.places.subarray(point * this.dims, (point + 1) * this.dims); }

  index() { return (this.near ??= new NearIndex(this.places, this.count)); }

  // What is to be drawn, in order: the faint first, then the bright, each in an order that favors no color.
  // `looks(item)` is 0 hidden, 1 faint, 2 bright. Returns { order, faint }: the first `faint` of `order` are faint.
  arrange(looks) {
    const order = new Uint32Array(this.count);
    let [low, high] = [0, 0];
    const bright = new Uint32Array(this.count);
    for (const point of this.rank) {
      const look = looks(this.item(point));
      if (look === 1) order[low++] = point;
      else if (look === 2) bright[high++] = point;
    }
    order.set(bright.subarray(0, high), low);
    return { order: order.subarray(0, low + high), faint: low };
  }
}

// All points of a map, or those that the server chooses for a part of it, `box` "x0,y0,x1,y1".
async function fetchCloud({ map, dims, whole }, box = "") {
  if (whole) return new Cloud(new Float32Array(await fetchBytes(map.replace("/maps/", "/coords/"))), dims);
  const bytes = await fetchBytes(`${map.replace("/maps/", "/views/")}${box ? `?box=${box}` : ""}`);
  const [total, sent] = new Uint32Array(bytes, 0, 2);
  const cloud = new Cloud(new Float32Array(bytes, 8 + sent * 4), dims, new Uint32Array(bytes, 8, sent));
  return Object.assign(cloud, { total });
}

// What the codes mean, and the code of every item.
async function fetchColoring({ coloring }) {
  const [bytes, legend] = await Promise.all([fetchBytes(coloring.address), fetchJson(coloring.legend)]);
  return [legend, legend.bytes === 2 ? new Uint16Array(bytes) : new Uint8Array(bytes)];
}

// 0 .. count - 1 in a random order that is always the same
function shuffled(count) {
  const order = Uint32Array.from({ length: count }, (_, place) => place);
  let seed = 1;
  for (let place = count - 1; place > 0; place--) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    const other = Math.floor((seed / 4294967296) * (place + 1));
    [order[place], order[other]] = [order[other], order[place]];
  }
  return order;
}
