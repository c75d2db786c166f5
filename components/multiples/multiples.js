// Many small maps of the same items: each a picture to compare with the others, and a button that chooses it.
// loading.js and colors.js of the map stand before this file.

const node = (tag, name, text = "") => Object.assign(document.createElement(tag), { className: name, textContent: text });
const DENSE = 4000; // points from which they are drawn smaller

const kept = new Map();
const once = (address, read) => {
  if (!kept.has(address)) {
    if (kept.size > 80) kept.clear();
    const asked = read(address);
    asked.catch(() => kept.delete(address));
    kept.set(address, asked);
  }
  return kept.get(address);
};

// puts the places of `home` [x0, y0, x1, y1] into a square of `side`, one unit as long across as it is down
function fitted(places, [x0, y0, x1, y1], side) {
  const unit = (side * 0.94) / (Math.max(x1 - x0, y1 - y0) || 1);
  const [x, y] = [(x0 + x1) / 2, (y0 + y1) / 2];
  return (point) => [side / 2 + (places[point * 2] - x) * unit, side / 2 - (places[point * 2 + 1] - y) * unit];
}

function paint(canvas, places, home, codes, palette) {
  const side = Math.round((canvas.clientWidth || 160) * Math.min(2, window.devicePixelRatio || 1));
  Object.assign(canvas, { width: side, height: side });
  const context = canvas.getContext("2d");
  const where = fitted(places, home, side);
  const count = places.length / 2;
  const size = (count > DENSE ? 1.5 : 3) * (side / 200);
  context.globalAlpha = count > DENSE ? 0.5 : 0.8;
  for (let turn = 0; turn < 7; turn++) { // in turns, so that no color covers all others
    for (let point = turn; point < count; point += 7) {
      const [x, y] = where(point);
      context.fillStyle = palette[codes[point]];
      context.fillRect(x - size / 2, y - size / 2, size, size);
    }
  }
}

class Multiples {
  constructor(root) { Object.assign(this, { root, told: "" }); }

  async update({ cells, coloring, columns, still = false }, send) {
    Object.assign(this, { send, still });
    const told = JSON.stringify([cells, coloring]);
    if (this.told === told) return;
    this.told = told;
    this.root.style.setProperty("--ee-columns", columns);
    const focused = [...this.root.children].indexOf(document.activeElement);
    this.root.replaceChildren(...cells.map((cell, at) => this.button(cell, at)));
    this.root.children[focused]?.focus();
    const [legend, raw] = await Promise.all([once(coloring.legend, fetchJson), once(coloring.address, fetchBytes)]);
    const codes = legend.bytes === 2 ? new Uint16Array(raw) : new Uint8Array(raw);
    const palette = paletteOf(legend).map((color) => `rgb(${color.join()})`);
    await Promise.all(cells.map(async ({ map, home }, at) => {
      if (!map) return;
      const places = new Float32Array(await once(map.replace("/maps/", "/coords/"), fetchBytes));
      if (this.told === told) paint(this.root.children[at].querySelector("canvas"), places, home, codes, palette);
    }));
    if (this.told === told) this.root.dataset.drawn = cells.filter(({ map }) => map).length;
  }

  button({ title, note, map, chosen }, at) {
    const button = node("button", "");
    Object.assign(button, { type: "button", disabled: !map || this.still });
    if (chosen) button.setAttribute("aria-current", "true");
    const canvas = node("canvas", "");
    canvas.setAttribute("aria-hidden", "true");
    button.append(canvas, node("b", "", title), node("small", "", note));
    button.onclick = () => this.send("chosen", at);
    return button;
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".ee-multiples");
  root.multiples ??= new Multiples(root);
  root.multiples.update(data, setTriggerValue).catch((error) => { root.textContent = `The maps could not be drawn: ${error.message}`; });
}
