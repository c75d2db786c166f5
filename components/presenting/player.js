// A story on the whole window: words over the map, keys, a laser, questions from the floor. channel.js stands before.

const HOLD = 450; // milliseconds after which a press that stands still is the laser
const MAP_KEYS = "+=-0ndgt"; // what the map may hear while a story is played

class Player {
  constructor(root) {
    const part = (name) => root.querySelector(`.ee-${name}`);
    Object.assign(this, { root, title: part("title"), caption: part("caption"), where: part("where"), answer: part("answer") });
    Object.assign(this, { form: part("ask"), field: part("ask input"), laser: part("laser"), began: Date.now(), ends: new AbortController() });
    const on = (target, name, hear, more = {}) => target.addEventListener(name, hear, { signal: this.ends.signal, ...more });
    on(window, "resize", () => this.data && this.fit());
    on(window, "keydown", (event) => this.key(event), { capture: true });
    on(window, "pointermove", (event) => this.follow(event), { capture: true });
    on(window, "pointerdown", (event) => this.press(event), { capture: true });
    for (const name of ["pointerup", "pointercancel"]) on(window, name, () => this.release(), { capture: true });
    // the map is not moved by the hand that points
    on(window, "mousemove", (event) => this.held && event.stopImmediatePropagation(), { capture: true });
    for (const button of root.querySelectorAll("[data-go]")) on(button, "click", () => this.go(Number(button.dataset.go)));
    on(part("question"), "click", () => this.ask());
    on(part("leave"), "click", () => this.send("left", true));
    on(this.form, "submit", (event) => {
      event.preventDefault();
      if (this.field.value.trim()) this.send("asked", this.field.value.trim());
      this.close();
    });
  }

  update(data, send) {
    if (this.data?.story !== data.story) this.words = {};
    Object.assign(this, { data, send });
    Object.assign(this.words, data.words);
    // the answer to an earlier press is no news while a later one is on its way
    if (data.step === this.wanted || !(Date.now() - this.pressed < 3000)) this.wanted = data.step;
    if (this.channel?.name !== `embedding-story-${data.story}`) this.listen(data.story);
    this.say();
    this.tell();
  }

  // An answer takes the place of the words: over the map it would hide what it is about. What a view that is yet to
  // come says is there before its map is, where it is known.
  say() {
    const answer = this.wanted === this.data.step ? this.data.answer : null;
    const [title, caption] = answer ? [`“${answer.asked}”`, answer.note] : this.words[this.wanted] ?? [];
    this.where.textContent = `${this.wanted} / ${this.data.count}`;
    if (title === undefined) return;
    this.root.toggleAttribute("data-asked", Boolean(answer));
    this.title.textContent = title;
    this.caption.textContent = caption;
    this.answer.replaceChildren(...(answer?.found ?? []).map((text) => Object.assign(document.createElement("li"), { textContent: text, dir: "auto" })));
    this.fit();
  }

  // words that have no room are smaller: nobody scrolls in a talk
  fit() {
    const box = this.title.parentElement;
    for (let size = 1; size > 0.4; size -= 0.06) {
      box.style.setProperty("--ee-size", size);
      if (box.scrollHeight <= box.clientHeight) break;
    }
  }

  listen(story) {
    this.channel?.close();
    this.channel = channelOf(story);
    this.channel.onmessage = ({ data }) => (data.go ? this.go(Math.sign(data.go)) : data.hello && this.tell());
  }

  tell() { this.channel.postMessage({ step: this.wanted, began: this.began }); }

  go(way) {
    const step = Math.min(this.data.count, Math.max(1, this.wanted + way));
    if (step === this.wanted) return;
    Object.assign(this, { wanted: step, pressed: Date.now() });
    this.say();
    this.send("went", step);
    this.tell();
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const asking = event.target === this.field;
    const pressed = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (pressed === "Escape") this.escape();
    else if (asking || typing(event)) return;
    else if (wayOf(pressed)) this.go(wayOf(pressed));
    else if (pressed === "Home" || pressed === "End") this.go(pressed === "End" ? this.data.count : -this.data.count);
    else if (pressed === "q" || pressed === "/") this.ask();
    else if (pressed === "l") this.point(!this.pointing);
    else if (pressed === "s") this.openNotes();
    else if (pressed === "f") this.fill();
    else if (pressed.length > 1 || MAP_KEYS.includes(pressed)) return;
    event.preventDefault();
    event.stopImmediatePropagation(); // the map has other uses for these keys
  }

  escape() {
    if (!this.form.hidden) this.close();
    else if (this.pointing) this.point(false);
    else if (this.data.turned) this.turnBack();
    else this.send("left", true);
  }

  // the view as it was kept
  turnBack() {
    if (window.embeddingLive) window.embeddingLive.picked = null;
    this.send("asked", "");
  }

  openNotes() {
    if (this.speaker && !this.speaker.closed) this.speaker.focus();
    else this.speaker = window.open(this.data.notes, "_blank", "popup,width=760,height=620");
  }

  fill() {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen().catch(() => {}); // some browsers do not allow it
  }

  ask() {
    this.form.hidden = false;
    this.field.value = "";
    this.field.focus();
  }

  close() {
    this.form.hidden = true;
    this.field.blur();
  }

  point(on) {
    this.pointing = on;
    this.show();
  }

  press(event) {
    this.at = [event.clientX, event.clientY];
    if (event.pointerType !== "mouse" || event.button || !event.target.closest(".ee-stage")) return;
    this.pressing = setTimeout(() => { this.held = true; this.show(); }, HOLD);
  }

  follow(event) {
    if (this.at && !this.held && Math.hypot(event.clientX - this.at[0], event.clientY - this.at[1]) > 5) clearTimeout(this.pressing);
    if (!this.pressing || this.held) this.at = [event.clientX, event.clientY];
    if (this.held || this.pointing) this.show(event);
  }

  release() {
    clearTimeout(this.pressing);
    Object.assign(this, { pressing: null, held: false });
    this.show();
  }

  show(event) {
    const [x, y] = event ? [event.clientX, event.clientY] : this.at ?? [innerWidth / 2, innerHeight / 2];
    this.laser.hidden = !(this.held || this.pointing);
    this.laser.style.transform = `translate(${x}px, ${y}px)`;
  }

  destroy() {
    clearTimeout(this.pressing);
    this.ends.abort();
    this.channel?.postMessage({ left: true });
    this.channel?.close();
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".ee-player");
  root.player ??= new Player(root);
  root.player.update(data, setTriggerValue);
  return () => root.isConnected || root.player.destroy();
}
