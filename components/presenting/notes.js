// The speaker's notes: they follow the window that plays the story, and can move it. channel.js stands before.

class Notes {
  constructor(root) {
    const part = (name) => root.querySelector(`.ee-${name}`);
    Object.assign(this, { root, now: part("now"), said: part("said"), coming: part("coming"), at: part("at"), time: part("time") });
    Object.assign(this, { step: 1, began: null, ends: new AbortController() });
    const { signal } = this.ends;
    for (const button of root.querySelectorAll("[data-go]")) button.addEventListener("click", () => this.go(Number(button.dataset.go)), { signal });
    window.addEventListener("keydown", (event) => {
      if (!wayOf(event.key) || typing(event)) return;
      event.preventDefault();
      this.go(wayOf(event.key));
    }, { signal });
    this.ticking = setInterval(() => this.tick(), 1000);
  }

  update(data) {
    this.data = data;
    if (!this.channel) {
      this.channel = channelOf(data.story);
      this.channel.onmessage = ({ data: said }) => this.hear(said);
      this.channel.postMessage({ hello: true });
    }
    this.draw();
  }

  hear(said) {
    if (said.left) this.began = null;
    else if (said.step) Object.assign(this, { step: said.step, began: said.began });
    this.draw();
  }

  // the window that plays decides; without one the notes are leafed through
  go(way) {
    if (this.began) { this.channel.postMessage({ go: way }); return; }
    this.step = Math.min(this.data.scenes.length, Math.max(1, this.step + way));
    this.draw();
  }

  draw() {
    const { scenes } = this.data;
    const [scene, next] = [scenes[this.step - 1] ?? scenes.at(-1), scenes[this.step]];
    this.now.textContent = scene.title;
    this.said.textContent = scene.notes || "No notes for this view.";
    this.said.classList.toggle("ee-none", !scene.notes);
    this.coming.textContent = next ? `Next: ${next.title}` : "This is the last view.";
    this.at.textContent = `${this.step} / ${scenes.length}`;
    this.tick();
  }

  tick() {
    const seconds = Math.floor((Date.now() - this.began) / 1000);
    this.time.textContent = this.began ? `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`
      : "Play the story in another window of this browser: these notes follow.";
  }

  destroy() {
    clearInterval(this.ticking);
    this.ends.abort();
    this.channel?.close();
  }
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".ee-notes");
  root.notes ??= new Notes(root);
  root.notes.update(data);
  return () => root.isConnected || root.notes.destroy();
}
