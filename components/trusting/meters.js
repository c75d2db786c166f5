// Figures as lines: a name, the value, a thin bar, and one sentence.

const node = (tag, name, text = "") => Object.assign(document.createElement(tag), { className: name, textContent: text });
const percent = (share) => `${Math.min(1, Math.max(0, share)) * 100}%`;

function bar({ share, band, tick }) {
  const track = node("div", "ee-bar");
  track.setAttribute("aria-hidden", "true"); // the text says it all
  const part = (name, style) => {
    const piece = node("i", name);
    Object.assign(piece.style, style);
    track.append(piece);
  };
  if (share !== null) part("", { width: percent(share) });
  if (band) part("ee-band", { left: percent(band[0]), width: percent(band[1] - band[0]) });
  if (tick !== null) part("ee-tick", { left: percent(tick) });
  return track;
}

function line(meter) {
  const entry = node("div", "ee-meter");
  entry.setAttribute("role", "listitem");
  const head = node("div", "ee-head");
  head.append(node("b", "", meter.label), node("small", "", meter.aside), node("strong", "", meter.value));
  entry.append(head, bar(meter), node("p", "", meter.says));
  return entry;
}

export default function ({ data, parentElement }) {
  parentElement.querySelector(".ee-meters").replaceChildren(...data.meters.map(line));
}
