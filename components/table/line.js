// What the table is made of: its header and its lines.

const node = (tag, name, text) => {
  const made = document.createElement(tag);
  if (name) made.className = `ee-table-${name}`;
  if (text !== undefined) made.textContent = text; // data is text, never markup
  return made;
};

const inRole = (role, name, text) => {
  const made = node("div", name, text);
  made.setAttribute("role", role);
  return made;
};

function button(text, act) {
  const made = node("button", "button", text);
  made.type = "button";
  made.onclick = act;
  return made;
}

// widths of all cells, in pixels; the item's takes what is left
function widths({ columns, items, pictures, sounds }) {
  const fixed = [34, Math.max(48, 22 + 8 * items.toLocaleString().length), ...(pictures || sounds ? [56] : [])];
  const [, ...rest] = columns.map(({ number }) => (number ? 96 : 130));
  const sum = [...fixed, ...rest].reduce((all, width) => all + width, 0);
  const px = (each) => each.map((width) => `${width}px`).join(" ");
  const least = pictures || sounds ? 170 : 260; // a text is read, the name of a picture only told apart
  return { least: sum + least, template: `${px(fixed)} minmax(${least}px, 1fr) ${px(rest)}` };
}

// the header's cells; `sort` gets what the column sorts by, "" is the order of the data
function headers({ columns, pictures, sounds }, sort) {
  const made = [inRole("columnheader", "check"), header({ name: "item", sort: "", number: true }, sort, true)];
  made[0].append(node("span", "unseen", "Selected"));
  if (pictures || sounds) made.push(inRole("columnheader", "cell"));
  return [...made, ...columns.map((column) => header(column, sort, false))];
}

function header({ name, sort, number }, act, first) {
  const made = inRole("columnheader", number ? "cell ee-table-number" : "cell");
  if (!sort && !first) { made.textContent = name; return made; }
  const button = node("button", "sort");
  const words = node("span", "", name);
  words.dir = "auto"; // right to left where the text is
  button.append(words, node("i", "arrow"));
  Object.assign(button, { type: "button", title: first ? "In the order of the data" : `Sort by ${name}` });
  button.onclick = () => act(sort);
  made.dataset.sort = sort;
  made.append(button);
  return made;
}

// a line without its content
function blank(offset) {
  const made = inRole("row", "line ee-table-waiting");
  made.id = `ee-table-row-${offset}`;
  made.dataset.offset = offset;
  made.setAttribute("aria-rowindex", offset + 2); // the header is the first
  return made;
}

function fill(line, { item, cells }, { columns, pictures, sounds }) {
  line.classList.remove("ee-table-waiting");
  line.dataset.item = item;
  line.replaceChildren(check(), cell(item.toLocaleString(), true));
  if (pictures) line.append(picture(`${pictures}/${item}/96`));
  if (sounds) line.append(player(`${sounds}/${item}`, cells[0]));
  line.append(...cells.map((text, at) => cell(text, columns[at].number)));
}

function check() {
  const made = inRole("gridcell", "check");
  const box = node("input");
  Object.assign(box, { type: "checkbox", tabIndex: -1 });
  box.setAttribute("aria-label", "select");
  made.append(box);
  return made;
}

function cell(text, number) {
  const made = inRole("gridcell", number ? "cell ee-table-number" : "cell", text);
  if (!number) made.dir = "auto";
  if (text.length > 14) made.title = text;
  return made;
}

function picture(address) {
  const made = inRole("gridcell", "cell ee-table-picture");
  const image = node("img");
  Object.assign(image, { src: address, alt: "", loading: "lazy" }); // the cell beside it names it
  made.append(image);
  return made;
}

// a button that plays a sound and stops it; the browser's own player has no room here
function player(address, name) {
  const made = inRole("gridcell", "cell ee-table-sound");
  const audio = node("audio");
  Object.assign(audio, { src: address, preload: "none" });
  const play = button("", () => (audio.paused ? audio.play().catch(show) : audio.pause()));
  play.tabIndex = -1;
  const show = () => {
    play.textContent = audio.paused ? "▶" : "■";
    play.setAttribute("aria-label", `${audio.paused ? "Play" : "Stop"} ${name}`);
  };
  for (const event of ["play", "pause", "ended"]) audio.addEventListener(event, show);
  for (const event of ["click", "pointerdown", "mousedown"]) made.addEventListener(event, (sent) => sent.stopPropagation());
  audio.addEventListener("pause", () => { audio.currentTime = 0; });
  show();
  made.append(play, audio);
  return made;
}
