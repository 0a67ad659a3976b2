import assert from "node:assert/strict";
import { test } from "node:test";
import { nearestName } from "../../src/input/nearest-name.js";

const known = ["pooling", "queryPrefix", "passagePrefix", "maxTokens"];

test("a misspelling leads to the name it means", () => {
  assert.equal(nearestName("poling", known), "pooling");
  assert.equal(nearestName("querryPrefix", known), "queryPrefix");
  assert.equal(nearestName("queryprefix", known), "queryPrefix");
  assert.equal(nearestName("maxTokesn", known), "maxTokens");
  assert.equal(nearestName("max_tokens", known), "maxTokens");
});

test("a name that is like none of them leads nowhere", () => {
  assert.equal(nearestName("licence", known), undefined);
  assert.equal(nearestName("anything", []), undefined);
});
