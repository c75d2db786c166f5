// A picture of the map to keep: an SVG of what is on the screen, with legend and caption, or a PNG of twice its size.

const SLICES = 6; // the points of a color are drawn in so many turns, so that no color covers all others
const STYLE = { "ee-line": "stroke-opacity:.35", "ee-neighbor": "fill:none;stroke-width:1.6", "ee-item": "fill:none;stroke-width:3",
  "ee-query": "stroke-width:1.5", "ee-cursor": "fill:none;stroke-width:2",
  "ee-way": "fill:none;stroke-width:2.5;stroke-linecap:round", "ee-between": "stroke-width:1.5;stroke-opacity:.8" };

const escaped = (words) => words.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

function saveMenu(map) {
  const open = map.root.querySelector(".ee-menu");
  if (open) { open.remove(); return; }
  const choices = [["png", "PNG, twice the size"], ["svg", "SVG, sharp at any size"]].map(([kind, words]) => {
    const button = make("button", { type: "button", "data-save": kind }, words);
    button.onclick = () => { menu.remove(); save(map, kind).catch((error) => { map.status.textContent = `The picture could not be saved: ${error.message}`; }); };
    return button;
  });
  const menu = make("div", { class: "ee-menu", role: "menu", "aria-label": "Save a picture" }, ...choices);
  map.root.append(menu);
  choices[0].focus();
  menu.addEventListener("keydown", (event) => { event.stopPropagation(); if (event.key === "Escape") { menu.remove(); map.root.focus(); } });
}

async function save(map, kind) {
  const { svg, width, height } = await picture(map);
  const file = new Blob([svg], { type: "image/svg+xml" });
  const blob = kind === "svg" ? file : await painted(file, width * 2, height * 2);
  const link = make("a", { href: URL.createObjectURL(blob), download: `${map.data.file}.${kind}` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

async function painted(file, width, height) {
  const image = new Image();
  image.src = URL.createObjectURL(file);
  await image.decode();
  const canvas = make("canvas", { width, height });
  canvas.getContext("2d").drawImage(image, 0, 0, width, height);
  URL.revokeObjectURL(image.src);
  return new Promise((done, failed) => canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error("the picture is too large"))), "image/png"));
}

async function picture(map) {
  const [width, high] = map.size();
  const legend = legendOf(map, width);
  const height = high + legend.height + 30;
  const [ink, paper] = [map.css("text-color"), map.css("background-color")];
  const thumbs = await Promise.all(Array.from(map.thumbs.shown.values(), thumbOf));
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="Source Sans, Helvetica, Arial, sans-serif">
<title>${escaped(map.data.alt)}</title><rect width="100%" height="100%" fill="${paper}"/>
<svg width="${width}" height="${high}">${groundOf(map)}<g stroke-linecap="round" fill="none">${pointsOf(map, width, high)}</g>${thumbs.join("")}
<g stroke="${ink}" fill="${ink}">${marksOf(map, ink, paper)}</g></svg>
<g transform="translate(0 ${high})" font-size="12" fill="${ink}">${legend.svg}<text x="12" y="${legend.height + 16}" opacity=".75">${escaped(map.data.caption)}</text></g></svg>`;
  return { svg, width, height };
}

function pointsOf(map, width, height) {
  const { order, faint, cloud, codes, palette, scene, data } = map;
  const size = data.dims === 3 ? Math.max(3, map.dot() * 0.6) : map.dot();
  const many = order.length > 20000;
  const matrix = data.dims === 3 ? scene.matrix : null;
  const paths = new Map();
  order.forEach((point, at) => {
    const place = scene.where(cloud.at(point), matrix ?? undefined);
    if (!place || place[0] < -9 || place[1] < -9 || place[0] > width + 9 || place[1] > height + 9) return;
    const slice = at < faint ? "" : Math.floor(((at - faint) * SLICES) / (order.length - faint));
    const name = at < faint ? "faint" : `${slice}:${palette[codes[cloud.item(point)]].join()}`;
    if (!paths.has(name)) paths.set(name, []);
    paths.get(name).push(`M${place[0].toFixed(1)} ${place[1].toFixed(1)}h0`);
  });
  return Array.from(paths, ([name, steps]) => {
    const color = name === "faint" ? "128,128,128" : name.split(":")[1];
    const opacity = name === "faint" ? (many ? 0.1 : 0.2) : many ? 0.6 : 0.85;
    return `<path stroke="rgb(${color})" stroke-opacity="${opacity}" stroke-width="${size}" d="${steps.join("")}"/>`;
  }).join("");
}

// Plotly's own drawing of what lies under the points
function groundOf(map) {
  if (map.data.dims === 3 || !map.ground.shown) return "";
  return Array.from(map.plot.querySelectorAll(".cartesianlayer .heatmaplayer, .cartesianlayer .contourlayer"), (node) => new XMLSerializer().serializeToString(node)).join("");
}

function marksOf(map, ink, paper) {
  const primary = map.css("primary-color");
  return Array.from(map.over.children, (node) => {
    const copy = node.cloneNode(true);
    const [name] = copy.getAttribute("class").split(" ");
    if (name === "ee-loop") return "";
    const seen = getComputedStyle(node);
    const own = { "ee-between": `stroke:${seen.stroke};stroke-dasharray:${seen.strokeDasharray}`,
 "ee-item": `stroke:${primary}`, "ee-query": `fill:${primary};stroke:${paper}`, "ee-way": `stroke:${primary}`, "ee-name": `fill:${ink};stroke:${paper};stroke-width:3;paint-order:stroke;font-weight:600` };
    copy.setAttribute("style", [STYLE[name], own[name]].filter(Boolean).join(";"));
    return new XMLSerializer().serializeToString(copy);
  }).join("");
}

async function thumbOf(image) {
  const [x, y] = image.style.transform.match(/-?[\d.]+(?=px)/g);
  const blob = await (await fetch(image.src)).blob();
  const data = await new Promise((done) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.readAsDataURL(blob);
  });
  return `<image x="${x}" y="${y}" width="${THUMB.side}" height="${THUMB.side}" href="${data}"/>`;
}

function legendOf({ coloring, hidden }, width) {
  if (coloring.kind === "number") {
    const stops = VIRIDIS.map((color, at) => `<stop offset="${at / (VIRIDIS.length - 1)}" stop-color="${color}"/>`).join("");
    return { height: 26, svg: `<defs><linearGradient id="scale">${stops}</linearGradient></defs><text x="12" y="18">${escaped(`${coloring.label}  ${coloring.ends[0]}`)}</text>
<rect x="${width / 3}" y="8" width="160" height="11" fill="url(#scale)"/><text x="${width / 3 + 168}" y="18">${escaped(coloring.ends[1])}</text>` };
  }
  let [x, y] = [12, 18];
  const entries = coloring.names.flatMap((name, category) => {
    if (hidden.has(category) || (coloring.names.length < 2 && !coloring.label)) return [];
    const words = `${name} ${coloring.counts[category].toLocaleString()}`;
    const wide = 26 + words.length * 6.6;
    if (x + wide > width && x > 12) [x, y] = [12, y + 18];
    const entry = `<circle cx="${x + 5}" cy="${y - 4}" r="5" fill="${coloring.palette[category]}"/><text x="${x + 15}" y="${y}">${escaped(words)}</text>`;
    x += wide;
    return [entry];
  });
  return { height: entries.length ? y + 8 : 0, svg: entries.join("") };
}
