// A list of items; a click on one sends its number.
const node = (tag, name, text) => {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text !== undefined) made.textContent = text; // data is text, never markup
  return made;
};

function player(source, name) {
  const made = node("audio");
  Object.assign(made, { controls: true, preload: "none", src: source });
  made.setAttribute("aria-label", name);
  return made;
}

// a text in parts, some of which are marked: the stronger, the higher their weight (0 to 1)
function marked(parts) {
  const made = node("span", "ee-text ee-whole");
  for (const [said, weight] of parts) {
    const part = node(weight ? "mark" : "span", "", said);
    if (weight) part.style.setProperty("--ee-weight", `${Math.round(12 + 48 * weight)}%`);
    made.append(part);
  }
  return made;
}

function row({ item, rank, score, text, parts, more, picture, sound, color }, send) {
  const button = node("button");
  button.type = "button";
  button.dataset.item = item;
  if (picture) button.title = [text, more].filter(Boolean).join("\n"); // a gallery shows no more of it
  button.append(rank === undefined ? node("span") : node("span", "ee-rank", rank));
  if (picture) {
    const image = node("img");
    image.src = picture;
    image.alt = text;
    image.loading = "lazy";
    button.append(image);
  } else {
    const swatch = node("i", color ? "ee-swatch" : "");
    if (color) swatch.style.background = color;
    button.append(swatch);
  }
  const words = parts ? marked(parts) : node("span", "ee-text", text);
  words.dir = "auto"; // right to left where the text is
  button.append(words, node("span", "ee-score", score ?? ""));
  if (more) button.append(node("span", "ee-more", more));
  button.onclick = () => send(item);
  const line = node("li");
  line.append(button);
  if (sound) line.append(player(sound, text)); // beside the button: a player has buttons of its own
  return line;
}

function fill(list, rows, send) {
  // what is shown already stays: a sound goes on playing when the page is drawn again
  const told = JSON.stringify(rows);
  list.send = send;
  if (list.told === told) return;
  list.told = told;
  // whoever walks by keyboard stays at the same place of the list
  const focused = [...list.children].findIndex((line) => line.contains(document.activeElement));
  for (const each of list.querySelectorAll("audio")) each.pause(); // it would play on unseen
  list.replaceChildren(...rows.map((each) => row(each, (item) => list.send(item))));
  if (focused >= 0) list.children[Math.min(focused, list.children.length - 1)]?.querySelector("button").focus();
}

// asking why these costs the server nothing until it is asked
function offerWhy(parent, offered, send) {
  const there = parent.querySelector(".ee-why");
  if (!offered) { there?.remove(); return; }
  const button = there ?? parent.appendChild(node("button", "ee-why", "Why these"));
  button.type = "button";
  button.title = "What in each of these is nearest to what was asked.";
  button.onclick = () => send("why", true);
}

// what is near an item: fetched again here, it comes from what the browser keeps
async function source(data) {
  if (!data.source) return data.rows;
  const answer = await fetch(data.source).catch(() => null);
  return answer?.ok ? (await answer.json())[data.near] : [];
}

export default function ({ data, parentElement, setTriggerValue }) {
  const list = parentElement.querySelector(".ee-items");
  const send = (item) => {
    if (data.near) { pick(item, setTriggerValue); return; }
    if (data.opens) list.scrollIntoView({ block: "start" }); // what takes its place begins where it begins
    setTriggerValue("picked", item); // or a group
  };
  list.classList.toggle("ee-full", data.near === "center");
  list.classList.toggle("ee-gallery", Boolean(data.gallery));
  if (!data.near) { fill(list, data.rows, send); return undefined; }
  offerWhy(parentElement, data.why, setTriggerValue);
  let newer = outdated(data.middle, data.source);
  const hear = ({ detail }) => { newer = true; fill(list, detail[data.near], send); };
  live.addEventListener("near", hear);
  if (!newer) source(data).then((rows) => newer || fill(list, rows, send));
  return () => { newer = true; live.removeEventListener("near", hear); };
}
