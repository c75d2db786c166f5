// Fingers on a 2-D map: one moves it, two zoom it. Plotly knows only the first.

function listenToTouch(map) {
  const { stage } = map;
  let start = null;
  const read = (touches) => {
    const { left, top } = map.plot.getBoundingClientRect();
    const at = Array.from(touches).slice(0, 2).map((touch) => [touch.clientX - left, touch.clientY - top]);
    const middle = [0, 1].map((axis) => at.reduce((sum, place) => sum + place[axis], 0) / at.length);
    return { middle, apart: at.length === 2 ? Math.hypot(at[0][0] - at[1][0], at[0][1] - at[1][1]) : 0 };
  };
  const begin = (event) => {
    if (map.data?.dims !== 2 || map.tool !== "pan" || !map.scene || !map.plot.contains(event.target)) return;
    event.stopPropagation(); // not for Plotly
    const { middle, apart } = read(event.touches);
    start = event.touches.length ? { apart, under: map.scene.place(...middle), view: map.scene.view } : null;
  };
  stage.addEventListener("touchstart", begin, { capture: true, passive: true });
  stage.addEventListener("touchmove", (event) => {
    if (!start) return;
    event.stopPropagation();
    event.preventDefault();
    const { middle, apart } = read(event.touches);
    map.card.hide();
    map.scene.look(pinched(start, middle, apart, map.size()));
  }, { capture: true, passive: false });
  stage.addEventListener("touchend", (event) => { if (start) begin(event); }, { capture: true, passive: true });
}

// The range that has the place that was under the fingers under them still; `apart` in pixels, 0 for one finger.
function pinched({ apart: before, under, view: [x0, x1, y0, y1] }, [px, py], apart, [width, height]) {
  const scale = before && apart ? before / apart : 1;
  const [wide, high] = [(x1 - x0) * scale, (y1 - y0) * scale];
  const [x, y] = [under[0] - (px / width) * wide, under[1] - (1 - py / height) * high];
  return [x, x + wide, y, y + high];
}
