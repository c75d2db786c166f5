// The parts around the points: the card under the pointer, the legend, the toolbar.

const make = (tag, attributes = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children); // strings become text nodes: data is never markup
  return node;
};

class Card {
  constructor(node) {
    this.node = node;
    this.known = new Map();
    this.item = null;
  }

  // the content of item `item`, fetched once
  fetch(address, item) {
    const url = `${address}/${item}`;
    if (!this.known.has(url)) {
      if (this.known.size > 2000) this.known.clear();
      const asked = fetch(url).then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(url))));
      asked.catch(() => this.known.delete(url));
      this.known.set(url, asked);
    }
    return this.known.get(url);
  }

  async show(address, item, x, y) {
    this.item = item;
    const content = await this.fetch(address, item).catch(() => null);
    if (this.item !== item || !content) return;
    this.node.replaceChildren();
    if (content.picture) this.node.append(make("img", { src: content.picture, alt: content.title }));
    this.node.append(make("p", { dir: "auto" }, content.title));
    const list = make("dl");
    for (const [name, value] of content.fields) list.append(make("dt", {}, name), make("dd", {}, value));
    this.node.append(list);
    this.node.hidden = false;
    this.place(x, y);
    const picture = this.node.querySelector("img");
    if (picture) picture.onload = () => this.item === item && this.place(x, y);
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

  hide() {
    this.item = null;
    this.node.hidden = true;
  }
}

const VIRIDIS = ["#440154", "#482878", "#3e4a89", "#31688e", "#26828e", "#1f9e89", "#35b779", "#6ece58", "#b5de2b", "#fde725"];
const MISSING = "#9aa0a6";

// 256 steps of the scale, so that equal numbers share one string
const SCALE = Array.from({ length: 256 }, (_, step) => {
  const at = (step / 255) * (VIRIDIS.length - 1);
  const index = Math.min(VIRIDIS.length - 2, Math.floor(at));
  const mix = (from) => {
    const a = parseInt(VIRIDIS[index].slice(from, from + 2), 16);
    const b = parseInt(VIRIDIS[index + 1].slice(from, from + 2), 16);
    return Math.round(a + (b - a) * (at - index));
  };
  return `rgb(${mix(1)},${mix(3)},${mix(5)})`;
});

const colorsOf = (coloring, values) =>
  Array.from(values, (value) => {
    if (coloring.kind === "category") return coloring.palette[value];
    return Number.isNaN(value) ? MISSING : SCALE[Math.round(value * 255)];
  });

// Buttons that show and hide categories, or the scale of a number. `toggle(category, alone)` is called on a click.
function drawLegend(node, coloring, hidden, toggle) {
  node.replaceChildren();
  if (coloring.kind === "number") {
    const bar = make("span", { class: "ee-scale", role: "img", "aria-label": `scale of ${coloring.label}` });
    bar.style.background = `linear-gradient(to right, ${VIRIDIS.join(",")})`;
    const ends = make("div", { class: "ee-ends" }, make("small", {}, coloring.label), coloring.ends[0], bar, coloring.ends[1]);
    node.append(ends);
    return;
  }
  if (coloring.names.length < 2 && !coloring.label) return;
  coloring.names.forEach((name, category) => {
    const swatch = make("i");
    swatch.style.background = coloring.palette[category];
    const button = make(
      "button",
      { type: "button", "aria-pressed": String(!hidden.has(category)), title: `${name}: click to show or hide, double-click to see it alone` },
      swatch,
      make("span", {}, name),
      make("small", {}, coloring.counts[category].toLocaleString()),
    );
    button.onclick = (event) => toggle(category, event.detail === 2);
    node.append(button);
  });
}

const ICONS = {
  pan: "M12 3v18M3 12h18M12 3l-2.5 2.5M12 3l2.5 2.5M12 21l-2.5-2.5M12 21l2.5-2.5M3 12l2.5-2.5M3 12l2.5 2.5M21 12l-2.5-2.5M21 12l-2.5 2.5",
  select: "M4 4h3M10.500 4h3M17 4h3v3M20 10.500v3M20 17v3h-3M13.500 20h-3M7 20H4v-3M4 13.500v-3M4 7V4",
  lasso: "M12 4c5 0 8 2.500 8 5.500S17 15 12 15s-8-2.500-8-5.500S7 4 12 4M8 14.500c-2 .5-2 3 0 3s2 2 .5 3",
  in: "M12 5v14M5 12h14",
  out: "M5 12h14",
  reset: "M4 12l8-8 8 8M7 10v9h10v-9",
};

// One button a tool; `use(tool)` is called on a click.
function drawTools(node, tools, use) {
  node.replaceChildren();
  for (const [tool, title, key] of tools) {
    const button = make("button", { type: "button", title: `${title} (${key})`, "aria-label": title, "data-tool": tool });
    button.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${ICONS[tool]}"/></svg>`;
    button.onclick = () => use(tool);
    node.append(button);
  }
}
