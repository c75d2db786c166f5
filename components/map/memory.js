// The view outlives the map: kept while the page is open, and in the address, where a link carries it.

const views = (window.embeddingViews ??= new Map());

const tag = (data) => data.map.slice(-64, -56);

function remember(data, view) {
  if (data.stop) return; // a story says by itself what is looked at
  views.set(data.map, view.map((part) => Number(part.toPrecision(6))));
  writeAddress(data, view);
}

function writeAddress(data, view) {
  // a twin shows what the first map shows; a file's address stays what it is
  if (data.twin?.place > 1 || data.stop || globalThis.embeddingSource) return;
  const url = new URL(location.href);
  const said = named(data, view);
  if (url.searchParams.get("view") === said) return;
  url.searchParams.set("view", said);
  history.replaceState(history.state, "", url);
}

// The page writes its own part of the address when it has run, and knows nothing of the view: it is added again.
function keepAddress(map) {
  const again = () => {
    const kept = map.gone ? null : stored(map.data);
    if (kept) writeAddress(map.data, kept);
  };
  clearTimeout(map.timers.address);
  map.timers.address = setTimeout(() => { again(); map.timers.address = setTimeout(again, 1500); }, 250);
}

// the view of the story's stop or of a link, or the one that this tab had; null for one of another map, or none that
// can be read
function recalled(data) {
  const [map, numbers = ""] = (data.stop?.view ?? new URLSearchParams(location.search).get("view") ?? "").split(":");
  const asked = numbers.split(",").map(Number);
  if (map === tag(data) && sound(asked, data.dims)) return asked;
  return data.stop ? null : stored(data);
}

// how a view is named in a link
const named = (data, view) => `${tag(data)}:${view.map((part) => Number(part.toPrecision(6))).join(",")}`;

const stored = (data) => views.get(data.map) ?? null;

function sound(view, dims) {
  if (!Array.isArray(view) || !view.every((part) => Number.isFinite(part) && Math.abs(part) < 1e15)) return false;
  return dims === 3 ? view.length === 9 && view.slice(0, 3).some(Boolean) : view.length === 4 && view[0] < view[1] && view[2] < view[3];
}
