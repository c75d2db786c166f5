// Two maps side by side: the item under the pointer is pointed out on both, and both show the same part.

// tell the other map which item is under the pointer here, null for none
function pointOut(map, item) {
  if (map.data?.twin) live.dispatchEvent(new CustomEvent("pointed", { detail: { item, from: map } }));
}

function listenToTwin(map) {
  map.pointing = ({ detail: { item, from } }) => {
    if (from === map || !map.data?.twin) return;
    map.pointed = item;
    map.mark();
  };
  map.viewing = ({ detail: from }) => { if (from !== map) followTwin(map); };
  live.addEventListener("pointed", map.pointing);
  live.addEventListener("viewed", map.viewing);
}

function leaveTwin(map) {
  live.removeEventListener("pointed", map.pointing);
  live.removeEventListener("viewed", map.viewing);
}

// tell the other map what is looked at here
function showTwin(map) {
  const { twin } = map.data;
  if (!twin || map.following) return;
  live.view = { pair: twin.pair, view: map.scene.view };
  live.dispatchEvent(new CustomEvent("viewed", { detail: map }));
}

// a story says to the first map what is looked at, and the others follow
function meetTwin(map) {
  if (map.data.stop && map.data.twin.place === 1) showTwin(map);
  else followTwin(map);
}

// look at what the other map looks at; frames in between are left out where they come too fast
function followTwin(map) {
  if (map.gone || map.following || !map.opened || !map.data?.twin || live.view?.pair !== map.data.twin.pair) return;
  map.following = requestAnimationFrame(async () => {
    const { view } = live.view;
    try {
      if (!map.gone && map.opened && String(map.scene.view) !== String(view)) await map.scene.look(view);
    } finally {
      map.following = null;
    }
    if (live.view.view !== view) followTwin(map);
  });
}
