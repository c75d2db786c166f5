// A category as bars: one button a value, of the values that stay. live.js stands before this file.

const SHOWN = 8; // values before one asks for more

const node = (tag, name, text) => {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text !== undefined) made.textContent = text; // data is text, never markup
  return made;
};

const button = (name, text, act) => {
  const made = node("button", name, text);
  made.type = "button";
  made.onclick = act;
  return made;
};

const said = (number) => number.toLocaleString();
const several = (number, thing) => `${said(number)} ${thing}${number === 1 ? "" : "s"}`;
// at least a hair where there is something
const share = (count, most) => (count ? `max(2px, ${(100 * count) / most}%)` : "0");
// how many times as long counts are drawn where few of many are left: else nobody could tell them apart
const stretched = (counts, most) => Math.max(1, Math.floor(most / 2 / Math.max(1, ...counts)));
const part = (tag, name) => node(tag, `ee-${name}`);

class Bars {
  part = "values";

  // `choose` gets the values that stay, null for all
  constructor(facet, choose) {
    Object.assign(this, { facet, choose, chosen: [], rows: new Map(), open: false });
    this.most = Math.max(...facet.values.map((_, at) => facet.all[at]));
    this.root = part("div", "bars");
    this.list = part("ul", "values");
    this.more = button("ee-expand", "", () => { this.open = !this.open; this.show(this.chosen, this.counts); });
    this.note = part("p", "note");
    this.root.append(this.list, this.more, this.note);
  }

  toggle(value) {
    const chosen = new Set(this.chosen);
    if (!chosen.delete(value)) chosen.add(value);
    this.choose(chosen.size ? [...chosen].sort() : null);
  }

  row(at) {
    if (!this.rows.has(at)) this.rows.set(at, this.drawn(this.facet.values[at], this.facet.all[at]));
    return this.rows.get(at);
  }

  drawn(value, all) {
    const made = button("ee-value", undefined, () => this.toggle(value));
    const name = node("span", value ? "ee-name" : "ee-name ee-none", value || "no value");
    name.dir = "auto"; // right to left where the text is
    made.append(part("i", "pale"), part("i", "solid"), name, part("span", "count"));
    made.querySelector(".ee-pale").style.width = share(all, this.most);
    made.dataset.value = value;
    const line = node("li");
    line.append(made);
    return line;
  }

  show(chosen, counts) {
    Object.assign(this, { chosen: chosen ?? [], counts });
    const { values, rest } = this.facet;
    const stay = new Set(this.chosen);
    const visible = values.map((_, at) => at).filter((at) => this.open || at < SHOWN || stay.has(values[at]));
    this.place(visible.map((at) => this.row(at)));
    this.stretch = stretched(values.map((_, at) => counts[at]), this.most);
    for (const at of visible) this.fill(this.row(at).firstChild, counts[at], this.facet.all[at], stay.has(values[at]));
    this.root.classList.toggle("ee-set", stay.size > 0);
    const hidden = values.length - visible.length;
    this.more.hidden = values.length <= SHOWN;
    this.more.textContent = hidden ? several(hidden, "more value") : "Show fewer";
    this.more.setAttribute("aria-expanded", String(!hidden));
    const unseen = this.chosen.filter((value) => !values.includes(value)).length;
    const further = rest && this.open ? `${several(rest, "rarer value")}: ${several(counts.at(-1), "item")}` : "";
    const absent = unseen && `${several(unseen, "chosen value")} not in this list`;
    this.note.textContent = [further, absent].filter(Boolean).join(" · ");
  }

  // whoever walks by keyboard stays where they are
  place(lines) {
    if (lines.length === this.list.children.length && lines.every((line) => line.parentElement)) return;
    const focused = document.activeElement;
    this.list.replaceChildren(...lines);
    if (this.list.contains(focused)) focused.focus();
  }

  fill(row, count, all, stays) {
    row.setAttribute("aria-pressed", String(stays));
    row.title = `${row.querySelector(".ee-name").textContent}: ${said(count)} of ${said(all)}`;
    row.querySelector(".ee-solid").style.width = share(count * this.stretch, this.most);
    row.querySelector(".ee-count").textContent = said(count);
  }
}
