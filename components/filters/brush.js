// A number or a date as a histogram with a brush: two handles, two fields, or a finger across the bars.

const DAY = 86400;
const SIDES = ["from", "to"];
const FINE = 3 * DAY; // dates that span less are told by the second
const STEP = 4; // pixels that a finger moves before it draws

class Brush {
  part = "ranges";

  // `choose` gets the two ends that stay, null for an open one; null for all
  constructor(facet, choose) {
    Object.assign(this, { facet, choose, ends: [null, null], bars: facet.all.length, most: Math.max(...facet.all) });
    this.unit = facet.high - facet.low < FINE ? 1 : DAY;
    this.root = part("div", "brush");
    this.track = part("div", "track");
    this.plot = part("div", "histogram");
    this.plot.append(...facet.all.map((all, at) => this.bin(all, at)));
    this.handles = SIDES.map((name, side) => this.handle(name, side));
    this.track.append(this.plot, ...this.handles);
    this.fields = SIDES.map((name, side) => this.field(name, side));
    const range = part("div", "range");
    range.append(this.fields[0], node("span", "", "to"), this.fields[1]);
    this.root.append(this.track, range);
    if (facet.missing) this.root.append(node("p", "ee-note", `${said(facet.missing)} without a value`));
    this.draw();
  }

  bin(all) {
    const made = part("div", "bin");
    made.append(part("i", "pale"), part("i", "solid"));
    made.firstChild.style.height = share(all, this.most);
    return made;
  }

  handle(name, side) {
    const made = node("input", "ee-handle");
    Object.assign(made, { type: "range", min: 0, max: this.bars, step: 1 });
    made.setAttribute("aria-label", `${this.facet.column}: ${name}`);
    made.addEventListener("input", () => {
      const places = this.places();
      places[side] = side ? Math.max(made.valueAsNumber, places[0] + 1) : Math.min(made.valueAsNumber, places[1] - 1);
      const ends = [...this.ends];
      ends[side] = this.between(...places)[side];
      this.set(ends);
      made.value = places[side];
    });
    return made;
  }

  field(name, side) {
    const made = node("input", "ee-end");
    const date = this.facet.kind === "date";
    made.type = date ? (this.unit === DAY ? "date" : "datetime-local") : "number";
    made.step = date ? 1 : "any";
    made.setAttribute("aria-label", `${this.facet.column}: ${name}`);
    made.addEventListener("change", () => this.typed(made.valueAsNumber, side));
    made.addEventListener("blur", () => this.tell());
    return made;
  }

  typed(value, side) {
    const { kind, low, high } = this.facet;
    const inside = side && kind === "date" ? this.unit - 0.001 : 0; // a day ends with its last moment
    const number = kind === "date" ? value / 1000 + inside : value;
    const ends = [...this.ends];
    ends[side] = !Number.isFinite(number) || (side ? number >= high : number <= low) ? null : number;
    if (ends[0] !== null && ends[1] !== null && ends[0] > ends[1]) ends[1 - side] = null;
    this.set(ends);
  }

  // a finger across the bars; one that scrolls the page draws nothing
  draw() {
    let from = null;
    let start = 0;
    const at = (event) => {
      const { left, width } = this.plot.getBoundingClientRect();
      return Math.min(this.bars - 1, Math.max(0, Math.floor(((event.clientX - left) / width) * this.bars)));
    };
    const reach = (event) => this.set(this.between(Math.min(from, at(event)), Math.max(from, at(event)) + 1));
    this.plot.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      [from, start] = [at(event), event.clientX];
      this.plot.setPointerCapture(event.pointerId);
    });
    this.plot.addEventListener("pointermove", (event) => {
      if (from === null || (start !== null && Math.abs(event.clientX - start) < STEP)) return;
      start = null;
      reach(event);
    });
    this.plot.addEventListener("pointerup", (event) => { if (from !== null) reach(event); from = null; });
    this.plot.addEventListener("pointercancel", () => { from = null; });
  }

  set(ends) { this.choose(ends.some((end) => end !== null) ? ends : null); }

  // the ends that let through the bars from place `first` up to place `last`
  between(first, last) {
    const { spans } = this.facet;
    return [first ? spans[first][0] : null, last < this.bars ? spans[last - 1][1] : null];
  }

  // the places between bars that hold what the range touches
  places() {
    const { spans } = this.facet;
    const [low, high] = this.ends;
    const first = low === null ? 0 : spans.findIndex(([, end]) => end >= low);
    const last = high === null ? this.bars : spans.findLastIndex(([start]) => start <= high) + 1;
    const from = first < 0 ? this.bars - 1 : first;
    return [from, Math.max(last, from + 1)];
  }

  show(ends, counts) {
    this.ends = ends ?? [null, null];
    this.stretch = stretched(counts, this.most);
    const [first, last] = this.places();
    [...this.plot.children].forEach((bin, at) => this.fill(bin, at, counts[at], at >= first && at < last));
    this.root.classList.toggle("ee-set", Boolean(ends));
    this.tell();
    [first, last].forEach((place, side) => {
      this.handles[side].value = place;
      this.handles[side].setAttribute("aria-valuetext", this.fields[side].value);
    });
    // where both are at the right end only the lower one can move
    this.handles[0].style.zIndex = first > this.bars / 2 ? 3 : "";
  }

  fill(bin, at, count, inside) {
    bin.lastChild.style.height = share(count * this.stretch, this.most);
    bin.classList.toggle("ee-out", !inside);
    const [low, high] = this.facet.spans[at];
    bin.title = `${this.text(low)} to ${this.text(high)}: ${said(count)} of ${said(this.facet.all[at])}`;
  }

  // the range in words; not where someone is writing
  tell() {
    const { kind, low, high } = this.facet;
    [this.ends[0] ?? low, this.ends[1] ?? high].forEach((end, side) => {
      const field = this.fields[side];
      if (field === document.activeElement) return;
      if (kind === "date") field.valueAsNumber = Math.floor(end / this.unit) * this.unit * 1000;
      else field.value = this.rounded(end);
    });
  }

  // a number in as many digits as tell a thousandth of the column's range
  rounded(end) {
    const digits = Math.ceil(3 - Math.log10(this.facet.high - this.facet.low));
    return String(digits > 15 ? end : Number(end.toFixed(Math.max(0, digits))));
  }

  text(end) {
    if (this.facet.kind === "number") return this.rounded(end);
    const moment = new Date(Math.floor(end) * 1000);
    if (Number.isNaN(moment.getTime())) return "";
    return this.unit === DAY ? moment.toISOString().slice(0, 10) : moment.toISOString().slice(0, 19).replace("T", " ");
  }
}
