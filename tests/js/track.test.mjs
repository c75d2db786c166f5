import assert from "node:assert/strict";
import { test } from "node:test";
import { load, random } from "./scripts.mjs";

const { Track, HIGHEST } = load("../table/track.js", "Track", "HIGHEST");
const VIEW = 560;

function measured(whole) {
  const track = new Track();
  track.measure(whole, VIEW);
  return track;
}

// what a browser does: it goes to whole pixels inside the height
function go(track, at) {
  track.at = track.within(at);
  track.scrolled = Math.max(0, Math.min(Math.round(track.scrollOf(track.at)), track.height - VIEW));
}

test("what browsers can draw is scrolled as it is", () => {
  const track = measured(HIGHEST);
  for (const at of [0, 1, 5000.5, HIGHEST - VIEW]) {
    track.scroll(at);
    assert.equal(track.at, at);
    assert.equal(track.shift, 0);
    assert.equal(track.scrollOf(at), at);
  }
  assert.equal(track.stuck, false);
});

test("places and scroll positions are each other's, in order, and end at the ends", () => {
  for (const whole of [HIGHEST + 1, 68_000_000, 4e9]) {
    const track = measured(whole);
    assert.equal(track.height, HIGHEST);
    assert.equal(track.scrollOf(0), 0);
    assert.equal(track.scrollOf(whole - VIEW), HIGHEST - VIEW);
    let before = -1;
    for (let share = 0; share <= 1; share += 1 / 4096) {
      const at = share * (whole - VIEW);
      const scrolled = track.scrollOf(at);
      assert.ok(scrolled > before);
      assert.ok(Math.abs(track.placeOf(scrolled) - at) < 0.01);
      before = scrolled;
    }
  }
});

test("a short way moves the rows as far, a long one goes to its place", () => {
  const track = measured(68_000_000);
  track.scroll(6_000_000);
  const { at } = track;
  assert.ok(Math.abs(at - 34_000_000) < 2000);
  track.scroll(6_000_120);
  assert.equal(track.at, at + 120);
  track.scroll(3_000_000);
  assert.ok(Math.abs(track.at - track.placeOf(3_000_000)) < 1e-6);
});

test("every row can be reached in short ways, and the ends stay the ends", () => {
  const next = random(3);
  for (const [from, way] of [[200_000, -1], [67_800_000, 1]]) {
    const track = measured(68_000_000);
    go(track, from);
    let steps = 0;
    while (track.at > 0 && track.at < 68_000_000 - VIEW) {
      assert.ok(steps++ < 4000);
      const { at } = track;
      const limit = track.height - VIEW;
      track.scroll(Math.max(0, Math.min(limit, Math.round(track.scrolled + way * (40 + next() * 300)))));
      assert.ok((track.at - at) * way > 0);
      assert.ok(Math.abs(track.at - at) < VIEW);
      if (track.stuck || next() < 0.2) go(track, track.at);
    }
    assert.equal(track.scrolled, way < 0 ? 0 : track.height - VIEW);
  }
});

test("a table that gets shorter ends where its rows end", () => {
  const track = measured(68_000_000);
  go(track, 60_000_000);
  track.measure(3400, VIEW);
  assert.equal(track.at, 3400 - VIEW);
  track.measure(34, VIEW);
  assert.equal(track.at, 0);
});
