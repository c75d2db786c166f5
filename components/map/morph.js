// A slider from one map to another of the same items: every point goes straight from its place here to its place there.

const SLOW = 2600; // milliseconds from one end to the other

class Morph {
  constructor(map, node) {
    const part = (name) => node.querySelector(name);
    Object.assign(this, { map, node, slider: part("input"), button: part("button"), ends: node.querySelectorAll("span"), share: 0, opened: "" });
    this.slider.addEventListener("input", () => { this.stop(); this.show(this.slider.value / 100); });
    this.slider.addEventListener("keydown", (event) => event.stopPropagation());
    this.button.addEventListener("click", () => this.play());
  }

  // `morph` { map, ends, labels } of the data that is drawn, or nothing
  async offer(morph) {
    this.node.hidden = !morph;
    const opened = morph ? `${this.map.opened} ${morph.map}` : "";
    if (opened === this.opened) return;
    Object.assign(this, { opened, from: null, to: null, here: null, there: null });
    this.stop();
    if (!morph) return;
    morph.ends.forEach((name, at) => { this.ends[at].textContent = name; this.ends[at].title = name; });
    const there = await fetchCloud({ map: morph.map, dims: 2, whole: true });
    if (this.opened !== opened) return;
    [this.from, this.to] = [this.map.cloud.places.slice(), there.places];
    this.show(this.slider.value / 100);
    this.there = await fetchJson(morph.labels.at(-1)).catch(() => null);
  }

  show(share) {
    const { map, from, to } = this;
    this.share = share;
    this.slider.value = Math.round(share * 100);
    if (!from) return;
    const { places } = map.cloud;
    for (let at = 0; at < places.length; at++) places[at] = from[at] + (to[at] - from[at]) * share;
    Object.assign(map.cloud, { near: null });
    map.screen = null;
    map.scene.shift(inOrder(places, map.order));
    this.name(share);
    map.mark();
  }

  // names stand where they belong only at the ends
  name(share) {
    const { map } = this;
    if (!this.here && map.names.list !== this.there) this.here = map.names.list;
    const list = share === 0 ? this.here : share === 1 ? this.there : null;
    if (map.names.list !== list) map.names.set(list);
  }

  // to the end that is farther; who does not want motion is there at once
  play() {
    this.stop();
    const [start, goal, began] = [this.share, this.share < 0.5 ? 1 : 0, performance.now()];
    if (calm()) { this.show(goal); return; }
    const step = (now) => {
      const part = Math.min(1, Math.max(0, (now - began) / (SLOW * Math.abs(goal - start))));
      this.show(start + (goal - start) * part * part * (3 - 2 * part));
      this.playing = part < 1 ? requestAnimationFrame(step) : null;
    };
    this.playing = requestAnimationFrame(step);
  }

  stop() {
    cancelAnimationFrame(this.playing);
    this.playing = null;
  }
}
