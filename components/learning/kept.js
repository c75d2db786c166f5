// How many steps of each lesson were gone through: kept by this browser, so that on one server everybody has their own.

const KEPT = "embedding-explorer-lessons";

// what is kept, after what the server knows of this visit was added
function gone(now = {}) {
  let kept = {};
  try { // storage may be forbidden, or hold what somebody else put there
    kept = Object.fromEntries(Object.entries(JSON.parse(localStorage.getItem(KEPT)) ?? {}).filter(([, steps]) => steps > 0));
  } catch { /* nothing is kept */ }
  for (const [lesson, steps] of Object.entries(now)) kept[lesson] = Math.max(steps, kept[lesson] ?? 0);
  try {
    if (Object.keys(now).length) localStorage.setItem(KEPT, JSON.stringify(kept));
  } catch { /* it lasts as long as the visit */ }
  return kept;
}
