// The view outlives the page: kept in this tab, and in the address, where a link carries it.

const tag = (data) => data.map.slice(-64, -56);

function remember(data, view) {
  const short = view.map((part) => Number(part.toPrecision(6)));
  try { sessionStorage.setItem(`ee-view:${data.map}`, JSON.stringify(short)); } catch { /* a full or closed storage only forgets the view */ }
  const address = new URL(location.href);
  address.searchParams.set("view", `${tag(data)}:${short.join(",")}`);
  history.replaceState(history.state, "", address);
}

// the view of a link, or the one that this tab had; null for one of another map, or none that can be read
function recalled(data) {
  const [map, numbers = ""] = (new URLSearchParams(location.search).get("view") ?? "").split(":");
  const linked = numbers.split(",").map(Number);
  if (map === tag(data) && sound(linked, data.dims)) return linked;
  try {
    const kept = JSON.parse(sessionStorage.getItem(`ee-view:${data.map}`));
    return sound(kept, data.dims) ? kept : null;
  } catch { return null; }
}

function sound(view, dims) {
  if (!Array.isArray(view) || !view.every((part) => Number.isFinite(part) && Math.abs(part) < 1e15)) return false;
  return dims === 3 ? view.length === 9 && view.slice(0, 3).some(Boolean) : view.length === 4 && view[0] < view[1] && view[2] < view[3];
}
