// A map that needs no server: what the visitor does is answered here. The scripts of the map and source.js stand before
// this file.

const MOST_LISTED = 50;

const nothing = () => ({ item: null, query: null, neighbors: [], places: [] });

class Viewer {
  constructor(source, root) {
    const part = (name) => document.querySelector(name);
    Object.assign(this, { source, root, select: part(".color"), say: part(".say"), list: part(".list") });
    Object.assign(this, { map: new EmbeddingMap(root), color: 0, count: 0, item: null, selected: null, past: [], undone: [] });
    const { head } = source;
    head.colors.forEach(({ label }, at) => this.select.append(make("option", { value: at }, label || "One color for all")));
    this.select.closest("label").hidden = head.colors.length < 2;
    part(".ee-find").hidden = !source.titles.length; // without texts there is nothing to find
    this.select.addEventListener("change", () => { this.data.hidden = []; this.look(Number(this.select.value)); });
    this.data = { map: "/maps/0", base: "0", about: "/about/0", plotly: "", points: head.points, dims: head.dims, whole: true, ask: "/near/ITEM",
      marks: nothing(), hidden: [], selection: "", filter: "", names: [] };
    live.addEventListener("near", ({ detail }) => this.near(detail));
    if (head.views.length) this.tell(head.views);
    else this.look(0);
    this.told();
  }

  // a story: its views one after the other, by buttons and by Page Up and Down
  tell(views) {
    const nav = document.querySelector(".views");
    const [back, where, next] = nav.children;
    let at = 0;
    const go = (way) => {
      at = Math.min(views.length - 1, Math.max(0, at + way));
      const { data, source } = this;
      const { title, caption, passing, selected, color, item, hidden, view } = views[at];
      document.querySelector("h1").textContent = title;
      document.querySelector(".caption").textContent = caption;
      where.textContent = `${at + 1} / ${views.length}`;
      [back.disabled, next.disabled] = [at === 0, at === views.length - 1];
      this.item = item;
      this.select.value = color;
      // what was typed is of the view before
      clearTimeout(live.saying);
      Object.assign(live, { saying: null, said: undefined });
      setFilter("", this);
      Object.assign(data, { hidden, filter: "", stop: { name: String(at), view: `:${view}` }, marks: item === null ? nothing() : source._near(item).marks });
      const bits = Uint8Array.from(atob(selected || passing), (letter) => letter.charCodeAt(0));
      this.put(bits.length ? Uint8Array.from({ length: data.points }, (_, other) => (bits[other >> 3] >> (other & 7)) & 1) : null, !selected);
      [this.past, this.undone] = [[], []];
      this.look(color);
    };
    nav.hidden = false;
    back.onclick = () => go(-1);
    next.onclick = () => go(1);
    document.addEventListener("keydown", (event) => {
      const way = { PageDown: 1, PageUp: -1 }[event.key];
      if (way && !event.target.closest("input, select")) { event.preventDefault(); go(way); }
    });
    go(0);
  }

  look(color) {
    this.color = color;
    this.data.coloring = { address: `/codes/${color}`, legend: `/legends/${color}` };
    this.data.names = this.source.head.colors[color].landmarks ? [`/names/${color}`] : [];
    this.draw();
  }

  draw() { this.map.update({ ...this.data }, (name, value) => this.hear(name, value)); }

  hear(name, value) {
    const { data } = this;
    if (name === "picked") return; // drawn already
    if (name === "filtered") {
      data.filter = value;
      if (value) this.letGo(); // what was asked last is answered
      this.told();
    }
    if (name === "hidden") data.hidden = value;
    if (name === "lasso") this.choose(this.inside(value), value.how);
    if (name === "category") this.choose(this.source.codes[this.color].map((code) => code === value.category), "replace");
    if (name === "history") this.step(value);
    if (name === "cleared") { if (this.selected) this.choose(new Uint8Array(data.points), "replace"); this.letGo(); }
    this.draw();
  }

  inside({ loop, hidden, matrix }) {
    const { source, data, map } = this;
    const away = new Set(hidden);
    const size = map.size();
    return Uint8Array.from({ length: data.points }, (_, item) => {
      const at = data.dims === 2 ? source.places.subarray(item * 2, item * 2 + 2) : map.scene.where(source.places.subarray(item * 3, item * 3 + 3), matrix);
      if (!at || away.has(source.codes[this.color][item]) || (map.match && !map.match[item])) return 0;
      const [x, y] = data.dims === 2 ? at : [(at[0] / size[0]) * 2 - 1, 1 - (at[1] / size[1]) * 2];
      return insideLoop(loop, x, y) ? 1 : 0;
    });
  }

  // change the selection; `next` has one byte an item
  choose(next, how) {
    this.past.push(this.selected);
    this.undone = [];
    const before = this.selected ?? new Uint8Array(this.data.points);
    this.put(next.map((bit, item) => (how === "add" ? bit | before[item] : how === "remove" ? before[item] & ~bit & 1 : bit)));
  }

  // the selection before the last change, or again the one after it
  step(way) {
    const [from, to] = way === "redo" ? [this.undone, this.past] : [this.past, this.undone];
    if (!from.length) return;
    to.push(this.selected);
    this.put(from.pop());
  }

  // what is selected, or what a view of a story shows alone
  put(selected, shown = false) {
    this.shown = shown;
    const chosen = selected ? [...selected.keys()].filter((item) => selected[item]) : [];
    this.selected = chosen.length ? selected : null;
    const bits = new Uint8Array(Math.ceil(this.data.points / 8));
    for (const item of chosen) bits[item >> 3] |= 1 << (item & 7);
    this.count += 1;
    this.data.selection = chosen.length ? this.source.publish(String(this.count), bits) : "";
    this.told();
  }

  // what was picked, and what is near it
  near(found) {
    this.item = found?.marks.item ?? null;
    if (found) this.data.marks = found.marks;
    this.told();
  }

  letGo() {
    live.picked = null; // an answer that is on its way is no news any more
    this.data.marks = nothing();
    this.near(null);
  }

  // the list beside the map: what is near the picked item, what is selected, or what matches
  told() {
    const { source, data } = this;
    const rows = (hits) => hits.map(([item, score], at) => this.row(item, at + 1, score));
    if (this.item !== null) {
      const { k } = source.head;
      this.say.textContent = k ? `The ${k === 1 ? "item" : `${k} items`} nearest to this one, by cosine similarity of the original vectors.` : "There is no other item.";
      this.list.replaceChildren(this.row(this.item, "", null, true), ...rows(source.neighborsOf(this.item)));
      return;
    }
    const chosen = this.selected ? [...this.selected.keys()].filter((item) => this.selected[item]) : [];
    if (chosen.length) {
      const hits = this.shown ? [] : source.like(chosen);
      const many = `${chosen.length.toLocaleString()} ${this.shown ? "stand out in this view" : "selected"}`;
      this.say.textContent = hits.length ? `${many}. Most like them, by vectors rounded to one byte a number (approximate):`
        : `${many}${chosen.length > MOST_LISTED ? `, the first ${MOST_LISTED}` : ""}:`;
      this.list.replaceChildren(...(hits.length ? rows(hits) : rows(chosen.slice(0, MOST_LISTED).map((item) => [item, null]))));
      return;
    }
    if (data.filter) { this.matching(); return; }
    if (!hasWebGL()) { this.all(); return; }
    this.say.textContent = `Click a point${source.head.k ? " to see what is nearest to it" : ""}${source.titles.length ? ", or find words" : ""}.`;
    this.list.replaceChildren();
  }

  // where no map can be drawn
  all() {
    const { source, data } = this;
    const more = data.points > MOST_LISTED ? `The first ${MOST_LISTED} of ${data.points.toLocaleString()} items` : "All items";
    this.say.textContent = `${more}. Choose one to see what is nearest to it${source.titles.length ? ", or find words" : ""}.`;
    this.list.replaceChildren(...Array.from({ length: Math.min(MOST_LISTED, data.points) }, (_, item) => this.row(item, "", null)));
  }

  matching() {
    const { source, data } = this;
    const asked = new URLSearchParams({ filter: data.filter });
    const found = [];
    let bits;
    try { bits = source._matches("", asked); } catch (error) {
      this.say.textContent = error.message;
      this.list.replaceChildren();
      return;
    }
    for (let item = 0; item < data.points; item++) if (bits[item >> 3] & (1 << (item & 7))) found.push(item);
    const more = found.length > MOST_LISTED ? ` The first ${MOST_LISTED}:` : "";
    this.say.textContent = `${found.length.toLocaleString()} match.${more}`;
    this.list.replaceChildren(...found.slice(0, MOST_LISTED).map((item) => this.row(item, "", null)));
  }

  row(item, rank, score, center = false) {
    const { source } = this;
    const button = make("button", { type: "button", "data-item": item, ...(center ? { class: "center" } : {}) }, make("span", { class: "rank" }, String(rank)));
    if (source.pictures.byteLength) button.append(make("img", { src: source.url(`/pictures/${item}`), alt: "", loading: "lazy" }));
    const said = center ? "×" : score === null ? "" : score.toFixed(3);
    button.append(make("span", { class: "text", dir: "auto" }, source.title(item)), make("span", { class: "score" }, said));
    if (center) button.title = "Let go of it";
    button.onclick = () => {
      if (center) { this.letGo(); this.draw(); } else pick(item, (name, value) => this.hear(name, value));
    };
    const line = make("li");
    line.append(button);
    return line;
  }
}

async function start() {
  const root = document.querySelector(".ee-map");
  try {
    const json = async (name) => JSON.parse(new TextDecoder().decode(await bytesOf(name)) || "null");
    const [head, texts, coords, near, scores, vectors, pictures, offsets, plotly] = await Promise.all([
      json("head"), json("texts"), ...["coords", "near", "scores", "vectors", "pictures", "offsets", "plotly"].map(bytesOf),
    ]);
    const codes = await Promise.all(head.colors.map(({ bytes }, at) => bytesOf(`codes-${at}`)
      .then((raw) => (bytes === 2 ? new Uint16Array(raw) : new Uint8Array(raw)))));
    globalThis.embeddingSource = new Source(head, { texts: texts ?? { titles: [], columns: [] }, coords, places: new Float32Array(coords), near: new Uint32Array(near),
      scores: new Int16Array(scores), vectors: new Int8Array(vectors), pictures, offsets: new Uint32Array(offsets), codes });
    await new Promise((done, failed) => {
      const script = make("script", { src: URL.createObjectURL(new Blob([plotly], { type: "text/javascript" })) });
      Object.assign(script, { onload: done, onerror: () => failed(new Error("plotly.js did not start")) });
      document.head.append(script);
    });
    globalThis.viewer = new Viewer(globalThis.embeddingSource, root);
  } catch (error) {
    root.querySelector(".ee-message").textContent = `The map could not be drawn: ${error.message}`;
  }
}

start();
