// The line that counts: how many are there, in view, matching, selected.

// how many are drawn, there, matching and selected: never only what is drawn
function tell(map) {
  const { points, whole } = map.data;
  const drawn = map.order.length;
  map.root.dataset.points = points;
  map.root.dataset.drawn = drawn;
  map.root.dataset.bright = drawn - map.faint;
  map.root.dataset.selected = map.count;
  const within = whole ? here(map) : map.cloud.total;
  const of = within < points ? `${within.toLocaleString()} of ${points.toLocaleString()} points in view` : `${points.toLocaleString()} ${points === 1 ? "point" : "points"}`;
  const shown = map.cloud.count < within ? `, ${map.cloud.count.toLocaleString()} of them drawn: a fair sample` : "";
  const said = [of + shown];
  if (drawn < map.cloud.count) said.push(`${(map.cloud.count - drawn).toLocaleString()} hidden by the legend`);
  if (map.problem) said.unshift(map.problem);
  if (map.match) said.push(`${map.matching.toLocaleString()} match`);
  if (map.count) said.push(`${map.count.toLocaleString()} selected`);
  if (said.length > 2) said.push(`${(drawn - map.faint).toLocaleString()} stand out`);
  map.status.textContent = said.join(" · ");
}

// how many points of a map that is drawn as a whole lie in the view
function here(map) {
  let found = 0;
  if (map.data.dims === 3) {
    const matrix = map.scene.matrix;
    const [width, height] = map.size();
    for (let point = 0; point < map.cloud.count; point++) {
      const at = map.scene.where(map.cloud.at(point), matrix);
      if (at && at[0] >= 0 && at[1] >= 0 && at[0] <= width && at[1] <= height) found += 1;
    }
    return found;
  }
  const [x0, x1, y0, y1] = map.scene.view;
  map.cloud.index().inBox(x0, y0, x1, y1, () => { found += 1; });
  return found;
}
