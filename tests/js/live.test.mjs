import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { load } from "./scripts.mjs";

let shared;
let changes;

beforeEach(() => {
  globalThis.window = {};
  shared = load(["ask.js", "live.js"], "live", "setFilter", "filterOf", "withPart", "hearFilter", "sayFilter");
  changes = [];
  shared.live.addEventListener("filter", (event) => changes.push([shared.live.filter, event.detail]));
});

test("a filter is the text that the core writes", () => {
  shared.setFilter(shared.withPart("words", "käse"), "map");
  shared.setFilter(shared.withPart("values", { topic: ["a", ""] }), "panel");
  assert.equal(shared.live.filter, '{"values":{"topic":["a",""]},"words":"k\\u00e4se"}');
  assert.deepEqual(shared.filterOf(), { values: { topic: ["a", ""] }, words: "käse" });
  assert.equal(shared.withPart("values", {}), '{"words":"k\\u00e4se"}');
  assert.deepEqual(changes.map(([, from]) => from), ["map", "panel"]);
});

test("no condition is no text, and the same text no change", () => {
  shared.setFilter(shared.withPart("words", "cat"));
  shared.setFilter(shared.withPart("words", "cat"));
  shared.setFilter(shared.withPart("words", ""));
  assert.deepEqual(changes.map(([text]) => text), ['{"words":"cat"}', ""]);
});

test("a rerun changes the filter only with news", () => {
  shared.hearFilter("", "data");
  shared.setFilter('{"words":"cat"}');
  shared.hearFilter("", "data");
  assert.equal(shared.live.filter, '{"words":"cat"}');
  shared.hearFilter('{"words":"dog"}', "data");
  assert.equal(shared.live.filter, '{"words":"dog"}');
});

test("what is on its way to the server is newer than what comes from there", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const sent = [];
  const send = (name, text) => sent.push([name, text]);
  shared.hearFilter("", "data");
  for (const words of ["c", "ca", "cat"]) {
    shared.setFilter(shared.withPart("words", words));
    shared.sayFilter(send, 500);
    mock.timers.tick(400);
  }
  shared.hearFilter('{"words":"c"}', "data");
  assert.equal(shared.live.filter, '{"words":"cat"}');
  mock.timers.tick(100);
  assert.deepEqual(sent, [["filtered", '{"words":"cat"}']]);
  shared.sayFilter(send, 0);
  assert.equal(sent.length, 2);
  mock.timers.reset();
});

test("other data begins with its own filter", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const sent = [];
  shared.hearFilter("", "data");
  shared.setFilter('{"words":"cat"}');
  shared.sayFilter((...given) => sent.push(given), 500);
  shared.hearFilter("", "other data");
  mock.timers.tick(1000);
  assert.equal(shared.live.filter, "");
  assert.deepEqual(sent, []);
  mock.timers.reset();
});

test("what is near a picked item is asked for past the page, and only the last answer counts", async () => {
  const live = load(["ask.js", "live.js"], "live", "pick", "outdated");
  const [told, heard, waiting] = [[], [], []];
  Object.assign(live.live, { ask: "/near/ITEM?k=2", points: 9 });
  live.live.addEventListener("near", ({ detail }) => heard.push(detail));
  globalThis.fetch = (address) => new Promise((done) => waiting.push(() => done({ ok: true, json: async () => address })));
  const picks = [live.pick(3, (...said) => told.push(said)), live.pick(7, (...said) => told.push(said))];
  waiting.reverse().forEach((answer) => answer());
  await Promise.all(picks);
  assert.deepEqual(told, [["picked", { item: 7, of: 9 }]]);
  assert.deepEqual(heard, ["/near/7?k=2"]);
});

test("a page from before the pick is outdated, one that shows it or a query is not", async () => {
  const live = load(["ask.js", "live.js"], "live", "pick", "outdated");
  assert.equal(live.outdated(null), false);
  await live.pick(3, () => {});
  assert.equal(live.outdated(null), true);
  assert.equal(live.outdated(5), true);
  assert.equal(live.outdated("query"), false);
  await live.pick(3, () => {});
  assert.equal(live.outdated(3), false);
  assert.equal(live.outdated(5), false);
  globalThis.fetch = async () => null;
  live.live.ask = "/near/one/ITEM?k=2";
  await live.pick(3, () => {});
  assert.equal(live.outdated(5, "/near/one/5?k=2"), true);
  assert.equal(live.outdated(5, "/near/two/5?k=2"), false);
});
