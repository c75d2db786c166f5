// The rows of one order: pages that are fetched when they are looked at, the newest wish first.

const PAGE = 100;
const AT_ONCE = 2; // requests under way
const HELD = 60; // pages kept

class Source {
  // `base` names the order without the selection, `changed` is told what has come
  constructor(address, { base, query, empty }, changed) {
    Object.assign(this, { address, base, query, empty, changed, total: 0, pages: new Map(), wanted: [], asked: new Set() });
    this.ended = new AbortController();
  }

  row(offset) { return this.pages.get(Math.floor(offset / PAGE))?.[offset % PAGE]; }

  // the first answer: how many rows there are; and the page of an item, whose row is returned, null for none
  async open(item) {
    if (this.empty) return null;
    const { place } = await this.fetched(item === null ? { offset: 0 } : { about: item });
    return place ?? null;
  }

  async fetched(where) {
    const asked = new URLSearchParams({ ...this.query, ...where, count: PAGE });
    let answer;
    try {
      const response = await fetch(`${this.address}?${asked}`, { signal: this.ended.signal });
      answer = await response.json();
    } catch {
      answer = { message: "The rows could not be fetched.", hint: "Is the app still running?" };
    }
    const { message, hint, total, offset, rows } = answer;
    this.problem = message ? [message, hint].filter(Boolean).join(" ") : "";
    if (this.problem) return {};
    this.total = total;
    this.keep(offset / PAGE, rows);
    return answer;
  }

  keep(page, rows) {
    this.pages.set(page, rows);
    for (const other of this.pages.keys()) {
      if (this.pages.size <= HELD) return;
      if (other !== page && !this.wanted.includes(other)) this.pages.delete(other);
    }
  }

  // what is looked at now; what was wished for before and has not been asked for is forgotten
  want(first, last) {
    this.wanted = [];
    for (let page = Math.floor(first / PAGE); page <= Math.floor(last / PAGE); page++) this.wanted.push(page);
    this.ask();
  }

  ask() {
    for (const page of this.wanted) {
      if (this.asked.size >= AT_ONCE || this.ended.signal.aborted) return;
      if (!this.pages.has(page) && !this.asked.has(page)) this.load(page);
    }
  }

  async load(page) {
    this.asked.add(page);
    await this.fetched({ offset: page * PAGE });
    this.asked.delete(page);
    if (this.ended.signal.aborted) return;
    this.changed();
    if (!this.problem) this.ask(); // or it would ask for ever
  }

  close() { this.ended.abort(); }
}
