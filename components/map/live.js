// What the map and the panels of one page share at once, before the page is drawn again: the filter that is being set,
// and what is near the item that was just picked.

const live = (window.embeddingLive ??= Object.assign(new EventTarget(), { filter: "" }));

function setFilter(text, from) {
  if (live.filter === text) return;
  live.filter = text;
  live.dispatchEvent(new CustomEvent("filter", { detail: from }));
}

const filterOf = () => (live.filter ? JSON.parse(live.filter) : {});

// `part` of the filter replaced; an empty part is no condition. The text is that of the core: keys in order, no blanks,
// all in ASCII.
function withPart(part, value) {
  const filter = { ...filterOf(), [part]: value };
  const set = Object.keys(filter).sort().filter((name) => (typeof filter[name] === "object"
    ? Object.keys(filter[name]).length : filter[name]));
  const escaped = (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return set.length ? JSON.stringify(Object.fromEntries(set.map((name) => [name, filter[name]])))
    .replace(/[\u007f-\uffff]/g, escaped) : "";
}

// The filter that a rerun brings: it counts if it is news, and nothing newer is on its way to the server.
function hearFilter(text, dataset, from) {
  if (live.dataset !== dataset) { clearTimeout(live.saying); live.saying = null; }
  const news = live.dataset !== dataset || live.told !== text;
  Object.assign(live, { dataset, told: text });
  // an answer to something that was said earlier is no news
  const late = live.said !== undefined && live.said !== text && Date.now() - live.saidAt < 3000;
  if (news && !live.saying && !late) setFilter(text, from);
}

// Tell the server the filter, once nobody has changed it for `after` milliseconds; at once with 0.
function sayFilter(send, after) {
  clearTimeout(live.saying);
  const say = () => { Object.assign(live, { saying: null, said: live.filter, saidAt: Date.now() }); send("filtered", live.filter); };
  if (after) live.saying = setTimeout(say, after);
  else say();
}

// Pick an item: what is near it is fetched past the page and drawn; then the page is told, and says the same.
async function pick(item, send) {
  const picked = live.picked = { item, at: Date.now(), space: spaceOf(live.ask) };
  const { points } = live;
  const answer = live.ask ? await ask(live.ask.replace("ITEM", item)).catch(() => null) : null;
  const found = answer?.ok ? await answer.json().catch(() => null) : null;
  if (found && live.picked === picked) {
    live.dispatchEvent(new CustomEvent("near", { detail: found }));
    await drawn(); // drawing the page again would hold up what the visitor waits for
  }
  if (live.picked === picked) send("picked", { item, of: points }); // while data grows, its items get other numbers
}

const drawn = () => new Promise((done) => {
  setTimeout(done, 200); // a page that nobody sees has no frames
  globalThis.requestAnimationFrame?.(() => requestAnimationFrame(done));
});

const spaceOf = (ask) => (ask ?? "").split("?")[0].split("/").slice(0, -1).join("/");

// Whether a page, of which this is the middle (an item, "query", or null), was drawn before something else was picked.
// `ask` is where it asks what is near: of another space it is newer.
function outdated(middle, ask) {
  const { picked } = live;
  const other = picked && ask && spaceOf(ask) !== picked.space;
  if (!picked || other || [picked.item, "query"].includes(middle) || Date.now() - picked.at > 3000) live.picked = null;
  return Boolean(live.picked);
}
