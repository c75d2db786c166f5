// The words of a lesson: a line that says how far one is, a title, and paragraphs; marked words tell what they mean.

const node = (tag, name, text = "") => Object.assign(document.createElement(tag), { className: name, textContent: text });
const TAGS = { strong: "strong", em: "em", code: "code", plain: "span", term: "span", fact: "span" };
let tips = 0;

// a word with a tip, which shows on hover and on focus; Escape puts it away
function told({ look, text, tip }) {
  const word = node("span", `ee-${look}`, text);
  const note = node("span", "ee-tip", look !== "term" ? `Computed: ${tip}` : tip);
  note.id = `ee-tip-${tips += 1}`;
  note.setAttribute("role", "tooltip");
  Object.assign(word, { tabIndex: 0 });
  word.setAttribute("aria-describedby", note.id);
  const holder = node("span", "ee-told");
  const show = (is) => {
    holder.classList.toggle("ee-open", is);
    note.style.setProperty("--ee-shift", "0px");
    if (!is) return;
    const { left, right } = note.getBoundingClientRect();
    const over = Math.max(0, right - document.documentElement.clientWidth + 8) - Math.max(0, 8 - left);
    note.style.setProperty("--ee-shift", `${-over}px`);
  };
  word.onmouseenter = () => show(true);
  word.onfocus = () => show(true);
  word.onmouseleave = () => show(document.activeElement === word);
  word.onblur = () => show(false);
  word.onkeydown = (event) => { if (event.key === "Escape") show(false); };
  holder.append(word, note);
  return holder;
}

const piece = (run) => (run.tip ? told(run) : node(TAGS[run.look], "", run.text));

function paragraphs(blocks) {
  const made = [];
  for (const { kind, runs } of blocks) {
    const block = node(kind, "");
    block.append(...runs.map(piece));
    if (kind === "p") made.push(block);
    else if (made.at(-1)?.tagName === "UL") made.at(-1).append(block);
    else {
      made.push(node("ul", ""));
      made.at(-1).append(block);
    }
  }
  return made;
}

// one part a step; each is a button that goes there
function line({ steps, at }, send) {
  const nav = node("nav", "ee-steps");
  nav.setAttribute("aria-label", "Steps");
  steps.forEach((label, place) => {
    const part = node("button", place < at ? "ee-past" : "");
    Object.assign(part, { type: "button", title: label, onclick: () => send("step", place + 1) });
    part.setAttribute("aria-label", label);
    if (place === at) part.setAttribute("aria-current", "step");
    nav.append(part);
  });
  return nav;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".ee-prose");
  const now = JSON.stringify(data);
  if (root.dataset.now === now) return;
  gone(data.learned);
  // who came from another step, or from the list, whose button is gone
  const turned = data.steps.length > 0 && root.dataset.at !== String(data.at)
    && (root.dataset.at !== undefined || document.activeElement === document.body);
  Object.assign(root.dataset, { now, at: data.at });
  const head = [];
  if (data.steps.length) head.push(line(data, setTriggerValue));
  if (data.kicker) head.push(node("small", "ee-kicker", data.kicker));
  if (data.title) head.push(Object.assign(node("h2", "", data.title), { tabIndex: -1 }));
  root.replaceChildren(...head, ...paragraphs(data.blocks));
  if (turned) { // a new step begins at its top, also for who hears it read
    root.scrollIntoView({ block: root.offsetHeight < innerHeight / 2 ? "center" : "start" });
    root.querySelector("h2")?.focus({ preventScroll: true });
  }
}
