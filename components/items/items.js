// A list of items; a click on one sends its number.
const node = (tag, name, text) => {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text !== undefined) made.textContent = text; // data is text, never markup
  return made;
};

function row({ item, rank, score, text, more, picture, color, chosen }, send) {
  const button = node("button");
  button.type = "button";
  button.dataset.item = item;
  if (chosen) button.setAttribute("aria-current", "true");
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
  const words = node("span", "ee-text", text);
  words.dir = "auto"; // right to left where the text is
  button.append(words, node("span", "ee-score", score ?? ""));
  if (more) button.append(node("span", "ee-more", more));
  button.onclick = () => send("picked", item);
  const line = node("li");
  line.append(button);
  return line;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const list = parentElement.querySelector(".ee-items");
  // whoever walks by keyboard stays at the same place of the list
  const focused = [...list.children].findIndex((line) => line.contains(document.activeElement));
  list.replaceChildren(...data.rows.map((each) => row(each, setTriggerValue)));
  list.classList.toggle("ee-full", Boolean(data.full));
  if (focused >= 0) list.children[Math.min(focused, list.children.length - 1)]?.querySelector("button").focus();
}
