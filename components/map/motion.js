// From one projection to the next: every point moves to its new place, so that the eye can follow.

const LONG = 900; // milliseconds

async function glideFrom(map, before) {
  const { scene, data, cloud, order } = map;
  const old = scene.view;
  scene.measure(data.bounds, data.home, map.size());
  const goal = scene.home;
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

function moving(scene, from, to) {
  return new Promise((done) => {
    const began = performance.now();
    const step = (now) => {
      const share = Math.min(1, Math.max(0, (now - began) / LONG));
      const eased = share * share * (3 - 2 * share);
      scene.shift(from.map((part, at) => part + (to[at] - part) * eased));
      if (share < 1) requestAnimationFrame(step);
      else done();
    };
    requestAnimationFrame(step);
  });
}

// places [x0, y0, x1, ...] of the points of `order`, one after the other
function inOrder(places, order) {
  const moved = new Float32Array(order.length * 2);
  order.forEach((point, at) => { moved[at * 2] = places[point * 2]; moved[at * 2 + 1] = places[point * 2 + 1]; });
  return moved;
}
