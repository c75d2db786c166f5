// Layers over the points: names of groups and regions, and pictures in place of points.

const LABEL = { size: [13, 11.5, 10.5], pad: 2 };
const THUMB = { side: 42, most: 250, from: 1.8, few: 300 };

class Names {
  constructor(svg) { Object.assign(this, { svg, labels: [], on: true }); }

  // names as the server sends them, { names, places, levels }, or null for none
  set(list) {
    this.list = list;
    const context = document.createElement("canvas").getContext("2d");
    const style = getComputedStyle(this.svg);
    const [font, large] = [style.fontFamily, Number(style.getPropertyValue("--ee-large")) || 1];
    const { names, places, levels } = list ?? { names: [] };
    this.labels = names.map((name, place) => {
      const size = (LABEL.size[levels[place]] ?? 10) * large;
      const shown = name.length > 42 ? `${name.slice(0, 41)}…` : name;
      context.font = `${levels[place] ? 500 : 650} ${size}px ${font}`;
      return { name: shown, whole: name, place: places[place], level: levels[place], rank: place, size,
        width: context.measureText(shown).width + LABEL.pad * 2, height: size * 1.3 };
    });
  }

  // all but those of level 0 whose group is hidden
  draw(where, zoom, view, hidden, taken) {
    if (!this.on) return;
    const shown = levelsShown(zoom);
    const placed = [];
    for (const label of this.labels) {
      const at = shown.includes(label.level) && !(label.level === 0 && hidden.has(label.whole)) ? where(label.place) : null;
      if (at) placed.push({ ...label, x: at[0], y: at[1] });
    }
    const most = Math.round(16 * Math.max(1, zoom) ** 2); // far out a few names say more than many
    for (const { index, left, top } of placeLabels(placed, view, taken).slice(0, most)) {
      const { name, size, level, width, height } = placed[index];
      draw(this.svg, "text", { class: `ee-name ee-level-${level}`, x: left + width / 2, y: top + height * 0.78,
        "font-size": size, "text-anchor": "middle" }, name);
    }
  }
}

// where pictures are, so that no name covers them
const boxes = (placed) => placed.map(({ x, y }) => ({ left: x - THUMB.side / 2, top: y - THUMB.side / 2, width: THUMB.side, height: THUMB.side }));

class Thumbs {
  constructor(node) { Object.assign(this, { node, on: true, shown: new Map() }); }

  clear() {
    for (const image of this.shown.values()) image.remove();
    this.shown.clear();
  }

  // `candidates` [{ index, x, y }] in pixels; nothing far out, where pictures could not be told apart
  draw(candidates, zoom, view, address, colorOf) {
    const wanted = this.on && address && (zoom >= THUMB.from || candidates.length <= THUMB.few);
    const placed = wanted ? placeThumbs(candidates, THUMB.side, view, THUMB.most) : [];
    const before = this.shown;
    this.shown = new Map();
    for (const { index, x, y } of placed) {
      const image = before.get(index) ?? this.image(`${address}/${index}/96`);
      image.style.transform = `translate(${x - THUMB.side / 2}px, ${y - THUMB.side / 2}px)`;
      image.style.outline = `2px solid rgb(${colorOf(index)})`;
      this.shown.set(index, image);
      before.delete(index);
    }
    for (const image of before.values()) image.remove();
    return placed;
  }

  image(src) {
    const image = make("img", { src: urlOf(src), alt: "", draggable: "false" });
    this.node.append(image);
    return image;
  }
}

// the bright points of the view, in pixels: where there are very many, those around its middle
function inView({ scene, cloud }, looks) {
  const [x0, x1, y0, y1] = scene.view;
  const found = [];
  for (const share of [0.3, 0.6, 1]) {
    const [x, y, wide, high] = [(x0 + x1) / 2, (y0 + y1) / 2, ((x1 - x0) / 2) * share, ((y1 - y0) / 2) * share];
    found.length = 0;
    cloud.index().inBox(x - wide, y - high, x + wide, y + high, (point) => {
      if (looks(cloud.item(point)) === 2) found.push(point);
    });
    if (found.length > 2000) break;
  }
  return found.map((point) => {
    const [px, py] = scene.where(cloud.at(point));
    return { index: cloud.item(point), x: px, y: py };
  });
}
