// The panel: keeps the bars in step with the filter that the page shares, and tells the server when it rests.

const REST = 500; // milliseconds without a change until the server hears of it
const HELD = 60_000; // and while a finger is down
const COLUMNS = 40; // drawn before one asks for more

class Filters {
  constructor(root) {
    const found = (name) => root.querySelector(`.ee-${name}`);
    Object.assign(this, { root, data: null, shown: "", busy: false, held: false, mine: false, views: [] });
    Object.assign(this, { matching: found("matching"), clear: found("clear"), problem: found("problem") });
    Object.assign(this, { others: found("others"), facets: found("facets") });
    this.clear.onclick = () => this.change("");
    this.heard = () => { this.show(); this.count(); };
    live.addEventListener("filter", this.heard);
    root.addEventListener("pointerdown", () => { this.held = true; });
    root.addEventListener("focusout", (event) => { if (!root.contains(event.relatedTarget)) this.say(0); });
    this.release = () => { if (this.held) { this.held = false; this.say(REST); } };
    // what is clicked elsewhere comes after the filter
    this.leave = (event) => { if (!root.contains(event.target)) this.say(0); };
    window.addEventListener("pointerup", this.release);
    window.addEventListener("pointercancel", this.release);
    window.addEventListener("pointerdown", this.leave, true);
  }

  update(data, send) {
    this.send = send;
    const other = this.data?.dataset !== data.dataset;
    this.data = data;
    if (other) this.build();
    hearFilter(data.filter, data.dataset, this);
    this.show();
    this.count();
  }

  build() {
    const { facets, items } = this.data;
    Object.assign(this, { shown: "", counts: null, views: [], total: items });
    this.tell(items);
    this.facets.replaceChildren();
    if (!facets.length) this.facets.append(node("p", "ee-note", "This data has no columns to filter by."));
    this.add(facets.slice(0, COLUMNS));
    if (facets.length <= COLUMNS) return;
    const rest = facets.slice(COLUMNS);
    const expand = () => { more.remove(); this.add(rest); this.show(); };
    const more = button("ee-expand", several(rest.length, "more column"), expand);
    this.facets.append(more);
  }

  add(facets) {
    for (const facet of facets) {
      const make = facet.kind === "category" ? Bars : Brush;
      const view = new make(facet, (condition) => this.set(view.part, facet.column, condition));
      const clear = () => { this.set(view.part, facet.column, null); view.heading.focus(); };
      view.clear = button("ee-clear", "Clear", clear);
      view.clear.setAttribute("aria-label", `Clear ${facet.column}`);
      view.heading = node("h3", "", facet.column);
      view.heading.dir = "auto";
      view.heading.tabIndex = -1;
      const head = part("div", "head");
      view.scale = node("span", "ee-times");
      head.append(view.heading, view.scale, view.clear);
      const section = part("section", "facet");
      section.dataset.column = facet.column;
      section.setAttribute("aria-label", facet.column);
      section.append(head, view.root);
      this.facets.append(section);
      this.views.push(view);
    }
  }

  // a condition on a column, null for none
  set(name, column, condition) {
    const all = new Map(Object.entries(filterOf()[name] ?? {}));
    if (condition) all.set(column, condition);
    else all.delete(column);
    this.change(withPart(name, Object.fromEntries([...all].sort(([one], [two]) => (one < two ? -1 : 1)))));
  }

  change(text) {
    if (text === live.filter) return;
    this.mine = true;
    setFilter(text, this);
    this.say(REST);
  }

  // what has changed here goes to the server `after` milliseconds, later while a finger is down
  say(after) {
    if (!this.mine) return;
    sayFilter((name, text) => { this.mine = false; this.send(name, text); }, this.held ? HELD : after);
  }

  show() {
    const filter = filterOf();
    const conditions = (name) => new Map(Object.entries(filter[name] ?? {}));
    const parts = { values: conditions("values"), ranges: conditions("ranges") };
    for (const view of this.views) {
      const { column, all } = view.facet;
      const condition = parts[view.part].get(column);
      parts[view.part].delete(column);
      view.show(condition, this.counts?.get(column) ?? all);
      view.clear.hidden = !condition;
      view.scale.textContent = view.stretch > 1 ? `× ${said(view.stretch)}` : "";
      view.scale.title = `The colored bars are drawn ${said(view.stretch)} times as long as the pale ones`;
    }
    this.clear.hidden = !live.filter;
    this.showOthers(filter.words, parts);
  }

  // conditions that no bar shows: words, and columns that are not drawn
  showOthers(words, parts) {
    const chips = words ? [[`Found by “${words}”`, () => this.change(withPart("words", ""))]] : [];
    for (const [name, columns] of Object.entries(parts))
      for (const column of columns.keys()) chips.push([`Only some ${column}`, () => this.set(name, column, null)]);
    this.others.replaceChildren(...chips.map(([text, clear]) => {
      const chip = node("span", "ee-chip", text);
      const away = button("ee-clear", "Clear", clear);
      away.setAttribute("aria-label", `Clear: ${text}`);
      chip.append(away);
      return chip;
    }));
  }

  // fetch the counts under the newest filter, one request at a time
  async count() {
    if (this.busy) return;
    this.busy = true;
    while (this.data && this.shown !== this.address()) {
      const asked = this.address();
      const answer = live.filter ? await this.fetched(asked) : { matching: this.data.items, total: this.data.items };
      if (!this.data || !asked.startsWith(this.data.counts)) continue;
      this.shown = asked;
      this.take(answer);
    }
    this.busy = false;
  }

  address() { return `${this.data.counts}?filter=${encodeURIComponent(live.filter)}`; }

  async fetched(address) {
    try {
      const answer = await fetch(address);
      return await answer.json();
    } catch {
      return { message: "The counts could not be fetched.", hint: "Is the app still running?" };
    }
  }

  take({ message, hint, matching, counts }) {
    this.problem.hidden = !message;
    this.problem.textContent = [message, hint].filter(Boolean).join(" ");
    if (message) return;
    this.counts = counts ? new Map(Object.entries(counts)) : null;
    this.tell(matching);
    this.show();
  }

  tell(matching) {
    this.root.dataset.matching = matching;
    this.matching.textContent = `${said(matching)} of ${said(this.data.items)} match`;
  }

  destroy() {
    live.removeEventListener("filter", this.heard);
    window.removeEventListener("pointerup", this.release);
    window.removeEventListener("pointercancel", this.release);
    window.removeEventListener("pointerdown", this.leave, true);
    this.held = false;
    this.say(0);
    this.data = null;
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".ee-filters");
  root.embeddingFilters ??= new Filters(root);
  root.embeddingFilters.update(data, setTriggerValue);
  return () => root.embeddingFilters.destroy();
}
