// The list of lessons: each a button with its number, title, summary, time, and how far one has come.

const node = (tag, name, text = "") => Object.assign(document.createElement(tag), { className: name, textContent: text });

function entry({ id, number, title, summary, minutes, steps }, done, send) {
  const button = node("button", "");
  Object.assign(button, { type: "button", onclick: () => send("chosen", { id, done }) });
  const share = Math.min(done / steps, 1);
  const far = share === 1 ? "done" : `${done ? `${done} of ` : ""}${steps} steps${done ? " done" : ""}`;
  const words = node("span", "ee-words");
  words.append(node("b", "", title), node("span", "", summary), node("small", "", `${minutes} minutes · ${far}`));
  const bar = node("i", "");
  bar.append(Object.assign(node("i", ""), { style: `width: ${share * 100}%` }));
  bar.setAttribute("aria-hidden", "true"); // the line above says it
  if (share) words.append(bar);
  button.append(node("span", "ee-number", number), words);
  const item = node("li", "");
  item.append(button);
  return item;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const kept = gone(data.learned);
  const entries = data.lessons.map((lesson) => entry(lesson, kept[lesson.id] ?? 0, setTriggerValue));
  parentElement.querySelector(".ee-contents").replaceChildren(...entries);
}
