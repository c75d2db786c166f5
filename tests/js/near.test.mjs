import assert from "node:assert/strict";
import { test } from "node:test";
import { load, random } from "./scripts.mjs";

const { NearIndex, insideLoop } = load("near.js", "NearIndex", "insideLoop");
const ARROWS = [[1, 0], [-1, 0], [0, 1], [0, -1]];
const SCALES = [{}, { sx: 40, sy: 40 }, { sx: 3, sy: -25 }];

// clouds of all kinds: { name, xy }
function clouds() {
  const made = (count, place) => Float32Array.from({ length: count * 2 }, place);
  const next = random(7);
  const groups = (_, at) => (at % 6) * 3 + next() * next();
  return [
    { name: "even", xy: made(700, () => next() * 10 - 5) },
    { name: "groups", xy: made(700, groups) },
    { name: "with gaps", xy: made(500, () => (next() < 0.2 ? NaN : next())) },
    { name: "far outliers", xy: made(300, (_, at) => (at < 4 ? 1e6 * (at - 2) : next())) },
    { name: "at equal distances", xy: made(400, (_, at) => (at % 2 ? Math.floor(at / 40) : (at / 2) % 20)) },
    { name: "across", xy: made(200, (_, at) => (at % 2 ? 3 : next())) },
    { name: "down", xy: made(200, (_, at) => (at % 2 ? next() : 3)) },
    { name: "equal", xy: made(50, () => 2) },
    { name: "one", xy: new Float32Array([1, 2]) },
    { name: "none", xy: new Float32Array(0) },
    { name: "nowhere", xy: made(9, (_, at) => [NaN, Infinity, 1, NaN][at % 4]) },
  ];
}

const isThere = (xy, point) => Number.isFinite(xy[point * 2]) && Number.isFinite(xy[point * 2 + 1]);

// the first point of the least cost, looking at all
function least(xy, cost) {
  let [best, lowest] = [-1, Infinity];
  for (let point = 0; point < xy.length / 2; point++) {
    const asked = isThere(xy, point) ? cost(point) : Infinity;
    if (asked < lowest) [best, lowest] = [point, asked];
  }
  return best;
}

// places to ask from: on points, around them, and far out
function* places(xy, seed) {
  const next = random(seed);
  for (let at = 0; at < 60; at++) {
    const point = Math.floor(next() * (xy.length / 2)) * 2;
    if (at % 3 === 0 && isThere(xy, point / 2)) yield [xy[point], xy[point + 1]];
    else yield at % 3 === 1 ? [next() * 12 - 6, next() * 12 - 6] : [next() * 400 - 200, next() * 400 - 200];
  }
}

for (const { name, xy } of clouds()) {
  const index = new NearIndex(xy, xy.length / 2);

  test(`nearest, ${name}: as found by looking at all`, () => {
    for (const { sx = 1, sy = 1 } of SCALES) {
      for (const [x, y] of places(xy, 1)) {
        for (const reach of [0, 0.3, 12, Infinity]) {
          const away = (point) => Math.hypot((xy[point * 2] - x) * sx, (xy[point * 2 + 1] - y) * sy);
          const wanted = least(xy, (point) => (away(point) <= reach ? away(point) : Infinity));
          assert.equal(index.nearest(x, y, reach, { sx, sy }), wanted);
        }
      }
    }
  });

  test(`nearest, ${name}: only what is allowed`, () => {
    const ok = (point) => point % 7 === 3;
    for (const [x, y] of places(xy, 2)) {
      const away = (point) => (ok(point) ? Math.hypot(xy[point * 2] - x, xy[point * 2 + 1] - y) : Infinity);
      assert.equal(index.nearest(x, y, Infinity, { ok }), least(xy, away));
    }
  });

  test(`direction, ${name}: as found by looking at all`, () => {
    for (const { sx = 1, sy = 1 } of SCALES) {
      for (const ok of [undefined, (point) => point % 5 > 1]) {
        for (const [x, y] of places(xy, 3)) {
          for (const arrow of ARROWS) {
            const wanted = least(xy, (point) => arrowCost(xy, point, [x, y], arrow, [sx, sy], ok));
            assert.equal(index.direction(x, y, arrow, { sx, sy, ok }), wanted);
          }
        }
      }
    }
  });

  test(`inBox, ${name}: every point of the box once`, () => {
    const next = random(4);
    for (const [x, y] of places(xy, 5)) {
      const [x1, y1] = [x + next() * 4 - 2, y + next() * 4 - 2];
      const found = [];
      index.inBox(x, y, x1, y1, (point) => found.push(point));
      const inside = (value, a, b) => value >= Math.min(a, b) && value <= Math.max(a, b);
      const all = Array.from({ length: xy.length / 2 }, (_, point) => point);
      const wanted = all.filter((point) => inside(xy[point * 2], x, x1) && inside(xy[point * 2 + 1], y, y1));
      assert.deepEqual(found.sort((a, b) => a - b), wanted);
    }
  });
}

function arrowCost(xy, point, [x, y], [dx, dy], [sx, sy], ok) {
  const [across, down] = [(xy[point * 2] - x) * sx, (xy[point * 2 + 1] - y) * sy];
  const along = across * dx + down * dy;
  const meant = along > 0.5 && (!ok || ok(point));
  return meant ? along + 2 * Math.abs(across * dy - down * dx) : Infinity;
}

test("of equal points the first is found", () => {
  const index = new NearIndex(new Float32Array(40).fill(2));
  assert.equal(index.nearest(2, 2, 0), 0);
  assert.equal(index.nearest(2, 2, 1, { ok: (point) => point > 4 }), 5);
});

test("only the first `count` points are found", () => {
  const index = new NearIndex(new Float32Array([0, 0, 5, 5]), 1);
  assert.equal(index.nearest(5, 5, Infinity), 0);
});

test("a place that is no number is near nothing", () => {
  const index = new NearIndex(new Float32Array([0, 0, 5, 5]));
  assert.equal(index.nearest(NaN, 0, Infinity), -1);
  assert.equal(index.direction(0, NaN, [1, 0]), -1);
  index.inBox(NaN, 0, 1, 1, () => assert.fail());
});

test("a near point is found without looking at the far ones", () => {
  const next = random(8);
  const xy = Float32Array.from({ length: 40000 }, () => next());
  let asked = 0;
  const ok = () => ++asked > 0;
  const index = new NearIndex(xy, 20000);
  index.nearest(0.5, 0.5, Infinity, { ok });
  for (const arrow of ARROWS) index.direction(0.5, 0.5, arrow, { sx: 1000, sy: 1000, ok });
  assert.ok(asked > 0 && asked < 200);
});

test("an endless box holds every place", () => {
  const xy = new Float32Array([0, 0, NaN, 1, 5, 5]);
  const found = [];
  new NearIndex(xy).inBox(-Infinity, -Infinity, Infinity, Infinity, (point) => found.push(point));
  assert.deepEqual(found.sort((a, b) => a - b), [0, 2]);
});

test("inside a loop: even-odd", () => {
  const square = [[0, 0], [10, 0], [10, 10], [0, 10]];
  assert.ok(insideLoop(square, 5, 5));
  assert.ok(!insideLoop(square, 15, 5));
  assert.ok(!insideLoop(square, 5, -1));
  const star = [0, 2, 4, 1, 3].map((corner) => [Math.sin(corner * 1.2566) * 10, Math.cos(corner * 1.2566) * 10]);
  assert.ok(insideLoop(star, 0, 8));
  assert.ok(!insideLoop(star, 0, 0)); // wound around twice
  const notch = [[0, 0], [10, 0], [10, 10], [5, 2], [0, 10]];
  assert.ok(!insideLoop(notch, 5, 6) && insideLoop(notch, 1, 5) && insideLoop(notch, 9, 5));
});

test("nothing is inside a loop without an area, and no place is nowhere", () => {
  for (const loop of [[], [[1, 1]], [[0, 0], [5, 5]]]) assert.ok(!insideLoop(loop, 1, 1));
  assert.ok(!insideLoop([[0, 0], [10, 0], [10, 10], [0, 10]], NaN, NaN));
});
