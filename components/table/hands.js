// What mouse and keyboard do in the table. table.js stands before this file.

const ASIDE = 80; // pixels that an arrow key moves sideways

Object.assign(Table.prototype, {
  click(event) {
    const line = event.target.closest(".ee-table-line");
    if (!line?.dataset.item) return;
    const offset = Number(line.dataset.offset);
    this.active = offset;
    if (event.target.closest(".ee-table-check")) this.check(offset, event.shiftKey);
    else this.pick(offset);
    this.grid.focus({ preventScroll: true }); // the line may leave the page
  },

  pick(offset) {
    const row = this.source.row(offset);
    if (!row) return;
    this.picked = row.item;
    pick(row.item, this.send);
    this.draw();
  },

  // `all`: the rows from the one that was checked last
  check(offset, all) {
    const row = this.source.row(offset);
    if (!row) return;
    const on = !this.isChecked(row.item);
    if (all && this.anchor !== null && this.anchor !== offset) this.checkRange(this.anchor, offset, on);
    else {
      this.changes.set(row.item, { on, at: performance.now() });
      // the server may miss one of two that come at once: it is told all that it has not shown to know
      this.send("checked", { changes: [...this.changes].map(([item, change]) => [item, change.on]) });
    }
    this.anchor = offset;
    this.draw();
  },

  checkRange(from, to, on) {
    this.bits = this.bits?.slice() ?? new Uint8Array(Math.ceil(this.data.items / 8));
    for (let offset = Math.min(from, to); offset <= Math.max(from, to); offset++) {
      const item = this.source.row(offset)?.item;
      if (item === undefined) continue;
      this.changes.delete(item);
      if (on) this.bits[item >> 3] |= 1 << (item & 7);
      else this.bits[item >> 3] &= ~(1 << (item & 7));
    }
    const { filter = "", sort = "", descending = "", within = "" } = this.source.query;
    this.read = null; // whatever the server makes of it, it is asked
    this.send("range", { from, to, on, filter, sort, descending: Boolean(descending), within });
  },

  key(event) {
    if (event.target.closest(".ee-table-heading") || event.ctrlKey || event.metaKey || event.altKey || !this.source) return;
    const page = Math.max(1, Math.floor(this.track.view / this.rowHeight) - 1);
    const ways = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    const asides = { ArrowLeft: -ASIDE, ArrowRight: ASIDE };
    if (event.key in ways) this.walk(ways[event.key]);
    else if (event.key in asides) this.grid.scrollLeft += asides[event.key];
    else if (event.key === "Enter") this.pick(this.active);
    else if (event.key === " ") this.check(this.active, event.shiftKey);
    else return;
    event.preventDefault();
    event.stopPropagation();
  },

  walk(way) {
    this.active = Math.max(0, Math.min(this.active + way, this.source.total - 1));
    this.reveal(this.active);
  },
});
