import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { load } from "./scripts.mjs";

let shared;

beforeEach(() => {
  globalThis.window = {};
  globalThis.requestAnimationFrame = (step) => { setTimeout(step); return 1; };
  globalThis.cancelAnimationFrame = () => {};
  shared = load(["ask.js", "live.js", "twins.js"], "live", "listenToTwin", "leaveTwin", "pointOut", "showTwin", "followTwin", "meetTwin");
});

// a map as far as these functions know it
function made(place, pair = "ab") {
  const map = { data: { twin: { pair, place } }, opened: "a map", pointed: null, marked: 0, looked: [] };
  map.mark = () => { map.marked += 1; };
  map.scene = { view: [0, 1, 0, 1], look: async (view) => { map.scene.view = view; map.looked.push(view); shared.showTwin(map); } };
  shared.listenToTwin(map);
  return map;
}

const soon = () => new Promise((done) => { setTimeout(done, 20); });

test("what is under the pointer is pointed out on the other map only", () => {
  const [one, other] = [made(1), made(2)];
  shared.pointOut(one, 7);
  assert.deepEqual([one.pointed, one.marked, other.pointed, other.marked], [null, 0, 7, 1]);
  shared.pointOut(one, null);
  assert.equal(other.pointed, null);
});

test("the other map looks at the same part, and does not answer", async () => {
  const [one, other] = [made(1), made(2)];
  one.scene.view = [2, 3, 2, 3];
  shared.showTwin(one);
  await soon();
  assert.deepEqual(other.scene.view, [2, 3, 2, 3]);
  assert.deepEqual([one.looked.length, other.looked.length], [0, 1]);
});

test("only the last of many views need be looked at", async () => {
  const [one, other] = [made(1), made(2)];
  for (let step = 1; step <= 50; step++) { one.scene.view = [step, step + 1, 0, 1]; shared.showTwin(one); }
  await soon();
  assert.deepEqual(other.scene.view, [50, 51, 0, 1]);
  assert.ok(other.looked.length < 5);
});

test("a map that is not drawn, or not any more, looks at nothing", async () => {
  const [one, yet, closed] = [made(1), made(2), made(3)];
  yet.opened = "";
  one.scene.view = [2, 3, 2, 3];
  shared.showTwin(one);
  closed.gone = true; // its turn had come already
  await soon();
  assert.deepEqual([yet.looked, closed.looked], [[], []]);
});

test("in a story the first map leads, also where another part was looked at before", async () => {
  const [before, one, other] = [made(1), made(1), made(2)];
  before.scene.view = [8, 9, 8, 9];
  shared.showTwin(before);
  before.data = {};
  await soon();
  for (const map of [one, other]) map.data.stop = { name: "a stop" };
  one.scene.view = [2, 3, 2, 3];
  for (const map of [one, other]) shared.meetTwin(map);
  await soon();
  assert.deepEqual([one.scene.view, other.scene.view], [[2, 3, 2, 3], [2, 3, 2, 3]]);
});

test("a map alone, another pair, and a map that is gone hear nothing", async () => {
  const [one, other, alone, gone] = [made(1), made(2, "cd"), made(1), made(2)];
  alone.data = {};
  shared.leaveTwin(gone);
  shared.pointOut(one, 3);
  one.scene.view = [2, 3, 2, 3];
  shared.showTwin(one);
  await soon();
  assert.deepEqual(other.looked, []);
  assert.deepEqual(alone.looked, []);
  assert.deepEqual([gone.pointed, gone.looked, alone.pointed], [null, [], null]);
});
