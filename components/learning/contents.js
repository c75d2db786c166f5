// The list of lessons: each a button with its number, title, summary, time, and how far one has come.

const node = (tag, name, text = "") => Object.assign(document.createElement(tag), { className: name, textContent: text });

function entry({ id, number, title, summary, aside, share }, send) {
  const button = node("button", "");
  Object.assign(button, { type: "button", onclick: () => send("chosen", id) });
  const words = node("span", "ee-words");
  words.append(node("b", "", title), node("span", "", summary), node("small", "", aside));
  const bar = node("i", "");
  bar.append(Object.assign(node("i", ""), { style: `width: ${share * 100}%` }));
  bar.setAttribute("aria-hidden", "true"); // the aside says it
  if (share) words.append(bar);
  button.append(node("span", "ee-number", number), words);
  const item = node("li", "");
  item.append(button);
  return item;
}

export default function ({ data, parentElement, setTriggerValue }) {
  parentElement.querySelector(".ee-contents").replaceChildren(...data.lessons.map((lesson) => entry(lesson, setTriggerValue)));
}
