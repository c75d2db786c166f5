// What the colors of small maps say, in one line.

const node = (tag, name, text = "") => Object.assign(document.createElement(tag), { className: name, textContent: text });

export default function ({ data, parentElement }) {
  const parts = [node("b", "", data.label)];
  if (data.ends.some(Boolean)) parts.push(node("span", "", data.ends[0]), node("i", "ee-rising"), node("span", "", data.ends[1]));
  data.names.forEach((name, at) => {
    const entry = node("span", "");
    const dot = node("i", "ee-dot");
    dot.style.background = data.palette[at];
    entry.append(dot, document.createTextNode(name));
    parts.push(entry);
  });
  parentElement.querySelector(".ee-legend-line").replaceChildren(...parts);
}
