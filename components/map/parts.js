// The parts around the points: the card under the pointer, the legend, the toolbar.

const make = (tag, attributes = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children); // strings become text nodes: data is never markup
  return node;
};

class Card {
  constructor(node) {
    Object.assign(this, { node, known: new Map(), item: null, pinned: false });
  }

  // the content of an item, fetched once
  fetch(address) {
    if (!this.known.has(address)) {
      if (this.known.size > 2000) this.known.clear();
      const asked = ask(address).then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(address))));
      asked.catch(() => this.known.delete(address));
      this.known.set(address, asked);
    }
    return this.known.get(address);
  }

  async show(items, item, words, x, y) {
    if (this.pinned) return;
    this.item = item;
    const content = await this.fetch(`${items}/${item}${words ? `?words=${encodeURIComponent(words)}` : ""}`).catch(() => null);
    if (this.item !== item || !content) return;
    this.fill(content);
    this.node.hidden = false;
    this.place(x, y);
    const picture = this.node.querySelector("img");
    if (picture) picture.onload = () => this.item === item && this.place(x, y);
  }

  fill({ picture, sound, title, marks, fields }) {
    this.hush();
    this.node.replaceChildren();
    if (picture) this.node.append(make("img", { src: urlOf(picture), alt: title }));
    if (sound) this.node.append(make("audio", { src: sound, controls: "", preload: "none", "aria-label": title }));
    this.node.append(make("p", { dir: "auto" }, ...marked(title, marks ?? [])));
    const list = make("dl");
    for (const [name, value] of fields) list.append(make("dt", {}, name), make("dd", { dir: "auto" }, value));
    this.node.append(list, make("small", { class: "ee-hint" }, "Space keeps this card"));
  }

  // beside the point, inside the map wherever there is room
  place(x, y) {
    const around = this.node.parentElement.getBoundingClientRect();
    const { offsetWidth: wide, offsetHeight: high } = this.node;
    const left = x + 16 + wide > around.width ? x - wide - 16 : x + 16;
    const top = Math.min(Math.max(4, y - high / 2), Math.max(4, around.height - high - 4));
    this.node.style.left = `${Math.max(4, left)}px`;
    this.node.style.top = `${top}px`;
  }

  // a kept card stays where it is and can be scrolled and copied from
  pin(on) {
    if (on && this.node.hidden) return;
    this.pinned = on;
    this.node.classList.toggle("ee-pinned", on);
    const hint = this.node.querySelector(".ee-hint");
    if (hint) hint.textContent = on ? "Kept. Space or Escape lets go" : "Space keeps this card";
  }

  // what has left the screen is not heard any more
  hush() {
    this.node.querySelector("audio")?.pause();
  }

  hide() {
    if (this.pinned) return;
    this.hush();
    this.item = null;
    this.node.hidden = true;
  }
}

// a text with its matches marked; `marks` are [start, end] in characters as the server counts them
function marked(title, marks) {
  const letters = [...title];
  const pieces = [];
  let at = 0;
  for (const [start, end] of marks) {
    pieces.push(letters.slice(at, start).join(""), make("mark", {}, letters.slice(start, end).join("")));
    at = end;
  }
  return [...pieces, letters.slice(at).join("")];
}

// Buttons that show and hide categories, or the scale of a number. `toggle(category, alone)` is called on a click.
function drawLegend(node, coloring, hidden, toggle) {
  const focused = [...node.children].indexOf(document.activeElement);
  node.replaceChildren();
  if (coloring.kind === "number") {
    const bar = make("span", { class: "ee-scale", role: "img", "aria-label": `scale of ${coloring.label}` });
    bar.style.background = `linear-gradient(to right, ${VIRIDIS.join(",")})`;
    node.append(make("div", { class: "ee-ends" }, make("small", {}, coloring.label), coloring.ends[0], bar, coloring.ends[1]));
    return;
  }
  if (coloring.names.length < 2 && !coloring.label) return;
  coloring.names.forEach((name, category) => {
    const swatch = make("i");
    swatch.style.background = coloring.palette[category];
    const button = make(
      "button",
      { type: "button", "aria-pressed": String(!hidden.has(category)), title: `${name}: click to show or hide, double-click to see it alone, Shift-click to select` },
      swatch,
      make("span", { dir: "auto" }, name),
      make("small", {}, coloring.counts[category].toLocaleString()),
    );
    button.onclick = (event) => toggle(category, event.detail === 2, event);
    node.append(button);
  });
  node.children[focused]?.focus(); // whoever walks by keyboard stays
}

const ICONS = {
  pan: "M12 3v18M3 12h18M12 3l-2.5 2.5M12 3l2.5 2.5M12 21l-2.5-2.5M12 21l2.5-2.5M3 12l2.5-2.5M3 12l2.5 2.5M21 12l-2.5-2.5M21 12l-2.5 2.5",
  select: "M4 4h3M10.500 4h3M17 4h3v3M20 10.500v3M20 17v3h-3M13.500 20h-3M7 20H4v-3M4 13.500v-3M4 7V4",
  lasso: "M12 4c5 0 8 2.500 8 5.500S17 15 12 15s-8-2.500-8-5.500S7 4 12 4M8 14.500c-2 .5-2 3 0 3s2 2 .5 3",
  in: "M12 5v14M5 12h14",
  out: "M5 12h14",
  reset: "M4 12l8-8 8 8M7 10v9h10v-9",
  names: "M5 6V4h14v2M12 4v16M9 20h6",
  density: "M12 4c5 0 8 3 8 8s-3 8-8 8-8-3-8-8 3-8 8-8M12 8.500c2.500 0 4 1.200 4 3.500s-1.500 3.500-4 3.500S8 14.300 8 12s1.500-3.500 4-3.500",
  pictures: "M4 5h16v14H4zM4 16l5-5 4 4 2.500-2.500L20 17M15.500 8.500v.01",
  turn: "M19.500 12a7.500 7.500 0 1 1-2.200-5.300M19.500 4v4h-4",
  save: "M12 4v11M8 11l4 4 4-4M5 20h14",
  keep: "M7 4h10v16l-5-4-5 4z",
};

// One button a tool; `use(tool)` is called on a click.
function drawTools(node, tools, use) {
  node.replaceChildren();
  for (const [tool, title, key] of tools) {
    const button = make("button", { type: "button", title: key ? `${title} (${key})` : title, "aria-label": title, "data-tool": tool });
    button.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${ICONS[tool]}"/></svg>`;
    button.onclick = (event) => use(tool, event);
    node.append(button);
  }
}
