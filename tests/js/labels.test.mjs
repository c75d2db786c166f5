import assert from "node:assert/strict";
import { test } from "node:test";
import { load, random } from "./scripts.mjs";

const { placeLabels, levelsShown, placeThumbs } = load("labels.js", "placeLabels", "levelsShown", "placeThumbs");
const VIEW = { width: 900, height: 600 };
const label = (x, y, more = {}) => ({ x, y, width: 60, height: 16, rank: 0, level: 0, ...more });

// `count` labels anywhere in and around the view
function many(count, seed) {
  const next = random(seed);
  return Array.from({ length: count }, (_, rank) => label(next() * 1000 - 50, next() * 700 - 50, {
    width: 20 + next() * 140, height: 12 + next() * 8, rank, level: Math.floor(next() * 3),
  }));
}

const boxes = (labels, placed) => placed.map(({ index, left, top }) => {
  const { width, height } = labels[index];
  return { left, top, right: left + width, bottom: top + height };
});

const apart = (a, b) => Math.max(b.left - a.right, a.left - b.right, b.top - a.bottom, a.top - b.bottom);

test("labels lie inside the view, apart from each other and from what is taken", () => {
  const taken = [{ left: 0, top: 0, width: 200, height: 120 }, { left: 700, top: 300, width: 80, height: 300 }];
  const kept = taken.map(({ left, top, width, height }) => ({ left, top, right: left + width, bottom: top + height }));
  for (const seed of [1, 2, 3]) {
    const labels = many(300, seed);
    const all = boxes(labels, placeLabels(labels, VIEW, taken));
    assert.ok(all.length > 20);
    for (const box of all) {
      assert.ok(box.left >= 4 && box.top >= 4 && box.right <= 896 && box.bottom <= 596);
      for (const other of [...all, ...kept]) assert.ok(other === box || apart(box, other) > 3 - 1e-9);
    }
  }
});

test("a label lies on its place, or 8 pixels beside it", () => {
  const labels = many(300, 4);
  for (const { index, left, top } of placeLabels(labels, VIEW)) {
    const { x, y, width, height } = labels[index];
    const tries = [[x - width / 2, y - height / 2], [x - width / 2, y - 8 - height], [x - width / 2, y + 8],
      [x - 8 - width, y - height / 2], [x + 8, y - height / 2]];
    assert.ok(tries.some((place) => place[0] === left && place[1] === top));
  }
});

test("what is left out has no room", () => {
  const labels = many(300, 5);
  const placed = placeLabels(labels, VIEW);
  const there = new Set(placed.map(({ index }) => index));
  const taken = placed.map(({ index, left, top }) => ({ ...labels[index], left, top }));
  const rest = labels.filter((_, index) => !there.has(index));
  assert.ok(rest.length > 20);
  assert.deepEqual(placeLabels(rest, VIEW, taken), []);
});

test("on its place, then above, below, left, right", () => {
  const one = label(450, 300);
  const five = Array.from({ length: 6 }, () => ({ ...one, height: 9 }));
  const places = placeLabels([five[0]], VIEW).map(({ left, top }) => [left, top]);
  assert.deepEqual(places, [[420, 295.5]]);
  const middle = { left: 449, top: 299, width: 2, height: 2 };
  const around = placeLabels(five, VIEW, [middle]).map(({ left, top }) => [left, top]);
  assert.deepEqual(around, [[420, 283], [420, 308], [382, 295.5], [458, 295.5]]);
});

test("a low level comes first, then a low rank, then the first given", () => {
  const same = [{ level: 1 }, { rank: 2 }, { rank: 1 }, { rank: 1 }].map((more) => label(450, 300, more));
  const order = (labels) => placeLabels(labels, { width: 900, height: 5000 }).map(({ index }) => index);
  // of two places close by, one is left for the less important
  assert.deepEqual(order(same), [2]);
  assert.deepEqual(order(same.map((other) => ({ ...other, height: 9 }))), [2, 3, 1]);
});

test("the same labels lie the same, and are not changed", () => {
  const labels = many(200, 6);
  const copy = structuredClone(labels);
  const taken = [{ left: 5, top: 5, width: 50, height: 50 }];
  assert.deepEqual(placeLabels(labels, VIEW, taken), placeLabels(copy, VIEW, taken));
  assert.deepEqual(labels, copy);
  assert.equal(taken.length, 1);
});

test("no labels, no places, no view: nothing", () => {
  assert.deepEqual(placeLabels([], VIEW), []);
  assert.deepEqual(placeLabels([label(NaN, 20), label(20, Infinity), label(450, 300, { width: NaN })], VIEW), []);
  assert.deepEqual(placeLabels([label(450, 300)], { width: 0, height: 0 }), []);
  assert.deepEqual(placeLabels([label(450, 300, { width: 893 })], VIEW), []);
});

test("more levels are shown the nearer one is", () => {
  const shown = [0.2, 1, 1.59, 1.6, 3.99, 4, 100, NaN].map((zoom) => levelsShown(zoom).length);
  assert.deepEqual(shown, [1, 1, 1, 2, 2, 3, 3, 1]);
  assert.deepEqual(levelsShown(9), [0, 1, 2]);
});

const spots = (count, seed) => {
  const next = random(seed);
  const spot = (_, index) => ({ index: index + 5, x: next() * 1100 - 100, y: next() * 800 - 100 });
  return Array.from({ length: count }, spot);
};

// the same by looking at all that is placed
function plainly(candidates, size, view, most) {
  const away = ({ x, y }) => (x - view.width / 2) ** 2 + (y - view.height / 2) ** 2;
  const reaches = (at, length) => at > -size / 2 && at < length + size / 2;
  const seen = candidates.filter(({ x, y }) => reaches(x, view.width) && reaches(y, view.height));
  const placed = [];
  for (const one of seen.sort((a, b) => away(a) - away(b))) {
    const over = placed.some((two) => Math.abs(one.x - two.x) < size + 2 && Math.abs(one.y - two.y) < size + 2);
    if (!over && placed.length < most) placed.push(one);
  }
  return placed;
}

test("pictures: as found by looking at all", () => {
  const cases = [[0, 42, 9], [1, 42, 9], [300, 42, 50], [3000, 42, 1000], [3000, 11, 1000], [500, 300, 9], [50, 42, 0]];
  for (const [count, size, most] of cases) {
    const candidates = spots(count, count + size);
    const placed = placeThumbs(candidates, size, VIEW, most);
    assert.deepEqual(placed, plainly(candidates, size, VIEW, most));
  }
});

test("pictures lie 2 pixels apart and reach into the view", () => {
  const row = [0, 43, 44, 88].map((x, index) => ({ index, x: 450 + x, y: 300 }));
  assert.deepEqual(placeThumbs(row, 42, VIEW, 9).map(({ index }) => index), [0, 2, 3]);
  const edge = [-22, -20, 921, 920].map((x, index) => ({ index, x, y: 300 + index * 50 }));
  assert.deepEqual(placeThumbs(edge, 42, VIEW, 9).map(({ index }) => index).sort(), [1, 3]);
});

test("pictures: equal places show the first, no place shows none", () => {
  const same = [3, 4, 5].map((index) => ({ index, x: 100, y: 100 }));
  assert.deepEqual(placeThumbs(same, 42, VIEW, 9), [same[0]]);
  assert.deepEqual(placeThumbs([{ index: 0, x: NaN, y: 5 }, { index: 1, x: 5, y: Infinity }], 42, VIEW, 9), []);
});
