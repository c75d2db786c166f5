// From one projection to the next every point moves to its new place, and from one stop of a story to the next the view
// moves, so that the eye can follow.

const LONG = 900; // milliseconds

async function glideFrom(map, before, view) {
  const { scene, data, cloud, order } = map;
  const old = scene.view;
  scene.measure(data.bounds, data.home, map.size());
  const goal = view ? fitted(view, map.size()) : scene.home;
  // where the points are on the screen now, in the range of the new map
  const start = Float32Array.from(before.places, (part, at) => {
    const [low, high] = at % 2 ? [2, 3] : [0, 1];
    return goal[low] + ((part - old[low]) / (old[high] - old[low])) * (goal[high] - goal[low]);
  });
  const [from, to] = [inOrder(start, order), inOrder(cloud.places, order)];
  map.root.dataset.moving = "true";
  try {
    await map.ground.clear();
    scene.shift(from);
    await scene.look(goal);
    await moving(scene, from, to);
  } finally {
    delete map.root.dataset.moving;
  }
}

const between = (from, to, share) => from.map((part, at) => part + (to[at] - part) * share);

// frame by frame: `draw` gets the share of the way, which begins and ends slowly, until it says that there is no more
function frames(draw) {
  return new Promise((done) => {
    const began = performance.now();
    const step = async (now) => {
      const share = Math.min(1, Math.max(0, (now - began) / LONG));
      const more = await draw(share * share * (3 - 2 * share));
      if (share < 1 && more !== false) requestAnimationFrame(step);
      else done();
    };
    requestAnimationFrame(step);
  });
}

const moving = (scene, from, to) => frames((share) => { scene.shift(between(from, to, share)); });

// to another part of the same map; whoever takes hold of the map on the way stays there
async function travel(map) {
  const { scene, data } = map;
  if (data.twin?.place > 1) return; // it follows the first
  const [from, asked] = [scene.view, recalled(data)];
  const to = asked && data.dims === 2 ? fitted(asked, map.size()) : asked ?? scene.home;
  if (!to || String(from) === String(to)) return;
  if (calm() || document.hidden || data.dims === 3) { await scene.look(to); return; }
  const journey = (map.journey = {});
  await frames(async (share) => {
    if (map.journey !== journey || map.scene !== scene || map.root.dataset.moving) return false;
    await scene.look(between(from, to, share));
    return true;
  });
}

// places [x0, y0, x1, ...] of the points of `order`, one after the other
function inOrder(places, order) {
  const moved = new Float32Array(order.length * 2);
  order.forEach((point, at) => { moved[at * 2] = places[point * 2]; moved[at * 2 + 1] = places[point * 2 + 1]; });
  return moved;
}
