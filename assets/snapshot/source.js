// What a server would answer, out of what the page carries. The scripts of the map stand before this file.

const NEAR = 20;

// The bytes of a part of the page: squeezed, and written as text.
async function bytesOf(name) {
  const node = document.querySelector(`script[data-part="${name}"]`);
  if (!node) return new ArrayBuffer(0);
  const raw = Uint8Array.from(atob(node.textContent.trim()), (letter) => letter.charCodeAt(0));
  node.remove(); // read once: the text takes more room than the bytes
  return new Response(new Blob([raw]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}

class Source {
  constructor(head, parts) {
    Object.assign(this, { head, ...parts, made: new Map(), urls: new Map() });
    this.points = head.points;
    Object.assign(this, this.texts); // titles, and columns as pairs of a name and its values
  }

  title(item) { return this.titles[item] ?? `item ${item + 1}`; }

  fields(item) { return this.columns.map(([name, values]) => [name, values[item]]).filter(([, value]) => value); }

  // a Response for an address of the map
  async answer(address) {
    const { pathname, searchParams } = new URL(address, "http://page");
    const [kind, key] = pathname.split("/").slice(1);
    const found = this[`_${kind}`]?.(key, searchParams);
    return new Response(found instanceof ArrayBuffer || ArrayBuffer.isView(found) ? found : JSON.stringify(found ?? {}), { status: found === undefined ? 404 : 200 });
  }

  // an address of a picture that the browser can show
  url(address) {
    const item = Number(address.match(/^\/pictures\/(\d+)/)?.[1] ?? -1);
    if (!this.pictures.byteLength || item < 0) return address;
    if (!this.urls.has(item)) {
      const [from, to] = [this.offsets[item], this.offsets[item + 1]];
      this.urls.set(item, URL.createObjectURL(new Blob([this.pictures.slice(from, to)], { type: "image/webp" })));
    }
    return this.urls.get(item);
  }

  publish(name, bytes) { this.made.set(name, bytes); return `/made/${name}`; }

  _made(name) { return this.made.get(name); }

  _coords() { return this.coords; }

  _codes(at) { return this.codes[Number(at)]; }

  _legends(at) { return this.head.colors[Number(at)]; }

  _names(at) { return this.head.colors[Number(at)].landmarks; }

  _about() { return this.head.about; }

  _items(item, asked) {
    const at = Number(item);
    const picture = this.pictures.byteLength ? `/pictures/${at}` : undefined;
    const title = this.title(at);
    return { item: at, title, marks: spansOf(title, termsOf(asked.get("words") ?? "")), fields: this.fields(at), picture };
  }

  _near(item) {
    const at = Number(item);
    const hits = this.neighborsOf(at);
    const place = (other) => Array.from(this.places.subarray(other * this.head.dims, (other + 1) * this.head.dims));
    return {
      marks: { item: at, place: place(at), query: null, start: null, neighbors: hits.map(([other]) => other), places: hits.map(([other]) => place(other)) },
      list: hits,
    };
  }

  // [item, cosine] of the nearest others as they were computed when the page was made
  neighborsOf(item) {
    const { near, scores } = this;
    const k = this.head.k;
    return Array.from({ length: k }, (_, rank) => [near[item * k + rank], scores[item * k + rank] / 32767]);
  }

  _matches(_, asked) {
    const filter = JSON.parse(asked.get("filter") || "{}");
    const terms = termsOf(filter.words ?? "");
    const bits = new Uint8Array(Math.ceil(this.points / 8));
    for (let item = 0; item < this.points; item++) {
      if (terms.every((term) => this.says(item, term))) bits[item >> 3] |= 1 << (item & 7);
    }
    return bits;
  }

  says(item, term) {
    return term.test(this.title(item)) || this.columns.some(([, values]) => term.test(values[item] ?? ""));
  }

  // how many points lie in each cell of a box, smoothed: as the server counts, the lowest row first
  _density(_, asked) {
    const [x0, y0, x1, y1] = asked.get("box").split(",").map(Number);
    const [wide, high] = ["wide", "high"].map((side) => Number(asked.get(side)));
    const counts = new Float32Array(wide * high);
    for (let item = 0; item < this.points; item++) {
      const column = Math.floor(((this.places[item * 2] - x0) / (x1 - x0)) * wide);
      const row = Math.floor(((this.places[item * 2 + 1] - y0) / (y1 - y0)) * high);
      if (column >= 0 && row >= 0 && column < wide && row < high) counts[row * wide + column] += 1;
    }
    return smoothed(counts, wide, high, Number(asked.get("blur")));
  }

  // The items nearest to the mean of some, by the cosine of the vectors that the page carries, of one byte a number
  // each; `left` is left out. Returns [item, cosine], the nearest first; nothing without vectors.
  like(items, k = NEAR) {
    const { vectors, points } = this;
    const d = vectors.length / points;
    if (!d) return [];
    this.lengths ??= Float32Array.from({ length: points }, (_, item) => {
      let sum = 0;
      for (let at = item * d; at < (item + 1) * d; at++) sum += vectors[at] ** 2;
      return Math.sqrt(sum) || 1;
    });
    const query = new Float32Array(d);
    for (const item of items) for (let at = 0; at < d; at++) query[at] += vectors[item * d + at] / this.lengths[item];
    const length = Math.hypot(...query) || 1;
    const left = new Set(items);
    const hits = [];
    for (let item = 0; item < points; item++) {
      if (left.has(item)) continue;
      let sum = 0;
      for (let at = 0; at < d; at++) sum += query[at] * vectors[item * d + at];
      const cosine = sum / (length * this.lengths[item]);
      if (hits.length < k || cosine > hits.at(-1)[1]) {
        const place = hits.findIndex(([, other]) => cosine > other);
        hits.splice(place < 0 ? hits.length : place, 0, [item, cosine]);
        hits.length = Math.min(hits.length, k);
      }
    }
    return hits;
  }
}

// What is typed as regular expressions, all of which must match: words, "a phrase", or one /pattern/. Throws for a
// pattern that is none.
function termsOf(words) {
  const typed = words.trim();
  const pattern = typed.length > 2 && typed.startsWith("/") && typed.endsWith("/") ? typed.slice(1, -1) : "";
  if (pattern) {
    try { return [new RegExp(pattern, "imu")]; } catch (error) {
      throw new Error(`This regular expression cannot be read: ${error.message.split(": ").pop()}.`);
    }
  }
  const plain = [...typed.matchAll(/"([^"]*)"?|([^\s"]+)/g)].map(([, phrase, word]) => phrase ?? word).filter(Boolean);
  return plain.map((word) => new RegExp(word.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&"), "iu"));
}

// [start, end] in characters of what the terms match in a text
function spansOf(text, terms) {
  const spans = [];
  for (const term of terms) {
    for (const found of text.matchAll(new RegExp(term.source, `${term.flags}g`))) {
      if (!found[0]) break;
      const start = [...text.slice(0, found.index)].length;
      spans.push([start, start + [...found[0]].length]);
    }
  }
  spans.sort(([a], [b]) => a - b);
  return spans.filter(([start], at) => !at || start >= spans[at - 1][1]);
}

// three passes of a moving mean, which together are nearly a bell of `blur` cells
function smoothed(counts, wide, high, blur) {
  const reach = Math.round(blur);
  let cells = counts;
  for (let pass = 0; reach && pass < 3; pass++) {
    for (const [step, length, lines, skip] of [[1, wide, high, wide], [wide, high, wide, 1]]) {
      const next = new Float32Array(cells.length);
      for (let line = 0; line < lines; line++) {
        for (let at = 0; at < length; at++) {
          let sum = 0;
          for (let near = Math.max(0, at - reach); near <= Math.min(length - 1, at + reach); near++) sum += cells[line * skip + near * step];
          next[line * skip + at * step] = sum / (2 * reach + 1);
        }
      }
      cells = next;
    }
  }
  return cells;
}
