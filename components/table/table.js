// The table: only the lines in sight are in the page, their rows are fetched when they are looked at.
// live.js, track.js, source.js and line.js stand before this file.

const MARGIN = 8; // lines drawn beyond those in sight
const REST = 150; // milliseconds after which scrolling has ended
const TRUSTED = 5000; // milliseconds that a check stays, whatever an older answer says
const START = { sort: "", descending: false, only: false };

let left = null; // how the table was when it left the page

class Table {
  constructor(root) {
    const found = (name) => root.querySelector(`.ee-table-${name}`);
    Object.assign(this, { root, grid: found("grid"), head: found("head"), body: found("body"), empty: found("empty") });
    Object.assign(this, { counted: found("count"), problem: found("problem"), note: found("note") });
    Object.assign(this, { track: new Track(), lines: new Map(), changes: new Map(), data: null, ...START });
    this.grid.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.grid.addEventListener("keydown", (event) => this.key(event));
    this.body.addEventListener("mousedown", (event) => { if (event.shiftKey) event.preventDefault(); }); // no text is marked
    this.body.addEventListener("click", (event) => this.click(event));
    root.addEventListener("change", (event) => {
      if (event.target.name === "ee-table-which") this.reorder({ only: event.target.value === "only" });
    });
    this.heard = () => this.refresh();
    this.resized = new ResizeObserver(() => this.resize());
  }

  update(data, send) {
    const { dataset: before, picked: was } = this.data ?? {};
    Object.assign(this, { data, send });
    if (before !== data.dataset) this.build();
    if (!before) { live.addEventListener("filter", this.heard); this.resized.observe(this.grid); }
    if (data.picked !== this.picked && (before !== data.dataset || data.picked !== was)) this.following = data.picked;
    this.picked = data.picked;
    hearFilter(data.filter, data.dataset, this);
    this.readSelection();
    this.refresh();
    this.draw();
  }

  // other data: another header, no rows yet
  build() {
    this.source?.close();
    const kept = left?.dataset === this.data.dataset ? left : { ...START, at: 0, picked: null };
    const { sort, descending, only, at, picked } = kept;
    Object.assign(this, { sort, descending, only, picked, source: null, bits: null, anchor: null, active: 0, following: null });
    this.start = at;
    this.changes.clear();
    const tall = Boolean(this.data.pictures || this.data.sounds);
    this.rowHeight = tall ? 52 : 34;
    this.root.classList.toggle("ee-table-pictures", tall);
    for (const radio of this.root.querySelectorAll("input[type=radio]")) radio.checked = (radio.value === "only") === only;
    const { least, template } = widths(this.data);
    for (const part of [this.head, this.body]) Object.assign(part.style, { minWidth: `${least}px` });
    this.grid.style.setProperty("--ee-table-columns", template);
    this.head.replaceChildren(...headers(this.data, (column) => this.sortBy(column)));
    this.grid.setAttribute("aria-colcount", this.head.children.length);
    this.note.hidden = !this.data.more;
    this.note.textContent = `${this.data.more.toLocaleString()} more columns are on the items' cards.`;
    this.clear();
  }

  clear() {
    this.lines.clear();
    this.body.replaceChildren();
  }

  // ascending, descending, the order of the data
  sortBy(column) {
    const same = column && column === this.sort;
    const sort = same && this.descending ? "" : column;
    this.reorder({ sort, descending: Boolean(same && !this.descending) });
  }

  reorder(chosen) {
    Object.assign(this, chosen);
    this.refresh();
  }

  // which rows are wanted now; two that differ in the selection alone have the same base
  wish() {
    const { sort, descending, only, data: { within, dataset } } = this;
    const query = { filter: live.filter, sort, descending: descending ? "1" : "", within: only ? within : "" };
    for (const name of Object.keys(query)) if (!query[name]) delete query[name];
    const base = JSON.stringify([dataset, { ...query, within: only }]);
    return { base, name: base + query.within, query, empty: only && !within };
  }

  // get the rows that are wanted, one order at a time; none while nobody sees them
  async refresh() {
    if (this.busy || !this.data || !this.grid.clientHeight) return;
    this.busy = true;
    this.root.classList.add("ee-table-busy");
    while (this.data && this.source?.name !== this.wish().name) {
      const wish = this.wish();
      const source = new Source(this.data.rows, wish, () => this.draw());
      source.name = wish.name;
      await source.open(null);
      if (this.data && this.wish().name === source.name) this.take(source);
      else source.close();
    }
    this.busy = false;
    this.root.classList.remove("ee-table-busy");
    this.follow();
  }

  take(source) {
    const before = this.source;
    before?.close();
    this.source = source;
    if (before?.base !== source.base) this.anchor = null;
    if (before && before.base !== source.base) Object.assign(this, { active: 0, start: 0 });
    else this.start = before ? this.track.at : this.start;
    this.active = Math.max(0, Math.min(this.active, source.total - 1));
    this.clear();
    this.tell();
    this.resize();
    this.go(this.start);
  }

  tell() {
    const { total, problem, query } = this.source;
    this.root.dataset.rows = total;
    this.counted.textContent = problem ? "" : `${total.toLocaleString()} row${total === 1 ? "" : "s"}`;
    this.grid.setAttribute("aria-rowcount", total + 1);
    for (const header of this.head.querySelectorAll("[data-sort]")) {
      const way = this.descending ? "descending" : "ascending";
      header.setAttribute("aria-sort", header.dataset.sort === (query.sort ?? "") ? way : "none");
    }
    this.tellProblem();
    this.tellEmpty();
  }

  tellProblem() {
    const { problem } = this.source;
    if (this.problem.dataset.said === problem) return;
    this.problem.dataset.said = problem;
    this.problem.hidden = !problem;
    this.problem.replaceChildren(problem, " ", button("Try again", () => { this.source = null; this.refresh(); }));
  }

  tellEmpty() {
    const { total, problem, empty } = this.source;
    this.empty.hidden = total > 0 || Boolean(problem);
    if (this.empty.hidden) return;
    const help = empty ? "Check rows here under All, or draw a loop around dots on the map."
      : this.only ? "No selected item passes the filter." : "No item passes the filter.";
    this.empty.replaceChildren(node("strong", "", empty ? "Nothing is selected." : "Nothing matches."), node("span", "", help));
    if (!empty && live.filter) this.empty.append(button("Clear the filter", () => this.clearFilter()));
  }

  clearFilter() {
    setFilter("", this);
    sayFilter((name, text) => this.send(name, text), 0);
    this.grid.focus({ preventScroll: true });
  }

  // the picked item has changed elsewhere: show its row, if it is listed
  async follow() {
    const { following: item, source } = this;
    if (item === null || !source || this.busy) return;
    this.following = null;
    const place = await source.open(item);
    if (place === null || source !== this.source || item !== this.picked) return;
    this.active = place;
    this.reveal(place, true);
  }

  async readSelection() {
    const address = this.data.selection;
    if (address === this.read) return;
    this.read = address;
    let bits = null;
    try {
      if (address) bits = new Uint8Array(await (await fetch(address)).arrayBuffer());
    } catch { return; }
    if (this.read !== address || !this.data) return;
    this.bits = bits;
    for (const [item, { on, at }] of this.changes)
      if (on === this.bit(item) || performance.now() - at > TRUSTED) this.changes.delete(item);
    this.draw();
  }

  bit(item) { return Boolean(((this.bits?.[item >> 3] ?? 0) >> (item & 7)) & 1); }
  isChecked(item) { return this.changes.get(item)?.on ?? this.bit(item); }

  resize() {
    const view = this.grid.clientHeight - this.head.offsetHeight;
    const appeared = view > 0 && !(this.track.view > 0);
    this.track.measure((this.source?.total ?? 0) * this.rowHeight, Math.max(0, view));
    this.body.style.height = `${this.track.height}px`;
    if (appeared) { this.go(this.track.at); this.refresh(); }
    this.draw();
  }

  // scroll to a place, in pixels of all rows
  go(at) {
    this.track.at = this.track.within(at);
    this.grid.scrollTop = this.track.scrollOf(this.track.at);
    this.track.scrolled = this.grid.scrollTop;
    this.draw();
  }

  scrolled() {
    if (!this.track.view) return;
    this.track.scroll(this.grid.scrollTop);
    clearTimeout(this.resting);
    if (this.track.stuck) this.go(this.track.at);
    else if (this.track.squeezed) this.resting = setTimeout(() => this.go(this.track.at), REST);
    this.draw();
  }

  reveal(offset, middle = false) {
    const { at, view } = this.track;
    const top = offset * this.rowHeight;
    if (top >= at && top + this.rowHeight <= at + view) this.draw();
    else if (middle) this.go(top - (view - this.rowHeight) / 2);
    else this.go(top < at ? top : top + this.rowHeight - view);
  }

  draw() {
    const { source, track, rowHeight, lines } = this;
    if (!source || !track.view) return;
    if (source.problem) this.tellProblem();
    const first = Math.max(0, Math.floor(track.at / rowHeight) - MARGIN);
    const last = Math.min(source.total, Math.ceil((track.at + track.view) / rowHeight) + MARGIN) - 1;
    for (const [offset, line] of lines) if (offset < first || offset > last) { line.remove(); lines.delete(offset); }
    for (let offset = first; offset <= last; offset++) this.drawLine(offset);
    const active = lines.get(this.active);
    if (active) this.grid.setAttribute("aria-activedescendant", active.id);
    else this.grid.removeAttribute("aria-activedescendant");
    if (last >= first) source.want(first, last);
  }

  drawLine(offset) {
    const row = this.source.row(offset);
    const line = this.lines.get(offset) ?? this.body.appendChild(blank(offset));
    this.lines.set(offset, line);
    line.style.top = `${offset * this.rowHeight + this.track.shift}px`;
    line.classList.toggle("ee-table-active", offset === this.active);
    if (!row) return;
    if (!line.dataset.item) fill(line, row, this.data);
    const on = this.isChecked(row.item);
    line.querySelector("input").checked = on;
    line.setAttribute("aria-selected", String(on));
    if (row.item === this.picked) line.setAttribute("aria-current", "true");
    else line.removeAttribute("aria-current");
  }

  destroy() {
    const { data: { dataset }, sort, descending, only, picked, track: { at } } = this;
    left = { dataset, sort, descending, only, picked, at };
    live.removeEventListener("filter", this.heard);
    this.resized.disconnect();
    clearTimeout(this.resting);
    this.source?.close();
    this.data = null;
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".ee-table");
  root.embeddingTable ??= new Table(root);
  root.embeddingTable.update(data, setTriggerValue);
  return () => root.embeddingTable.destroy();
}
