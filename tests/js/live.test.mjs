import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { load } from "./scripts.mjs";

let shared;
let changes;

beforeEach(() => {
  globalThis.window = {};
  shared = load("live.js", "live", "setFilter", "filterOf", "withPart", "hearFilter", "sayFilter");
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
