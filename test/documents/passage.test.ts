import assert from "node:assert/strict";
import test from "node:test";
import { passageHash, passageOf } from "../../src/documents/passage.js";

test("a passage is the chunk's text under its title and headings", () => {
  assert.equal(passageOf("Guide", ["Setup", "Linux"], "Run it."), "Guide\nSetup\nLinux\nRun it.");
});

test("what the text begins with, and what was said already, is not repeated", () => {
  assert.equal(passageOf("Guide", ["Guide", "Setup"], "Setup\n\nRun it."), "Guide\nSetup\n\nRun it.");
  assert.equal(passageOf("", [], "Run it."), "Run it.");
});

test("equal passages have equal hashes of 16 bytes, others do not", () => {
  assert.deepEqual(passageHash("a"), passageHash("a"));
  assert.notDeepEqual(passageHash("a"), passageHash("b"));
  assert.equal(passageHash("a").length, 16);
});
