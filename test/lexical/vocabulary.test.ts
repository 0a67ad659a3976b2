import assert from "node:assert/strict";
import { test } from "node:test";
import { Analyser, ImpactIndex, TextBatch } from "../../src/lexical/index.js";

const analyser = new Analyser();

function indexOf(batches: readonly (readonly string[])[]): ImpactIndex {
  const index = new ImpactIndex({ kind: "frequencies", version: analyser.version });
  for (const texts of batches) {
    const batch = new TextBatch(analyser, index.endRow);
    for (const text of texts) batch.add(text);
    index.add(batch.finish());
  }
  return index;
}

const index = indexOf([
  ["Rotating the keys", "rotation of keys", "rotations rotation"],
  ["the rotor", "Rotation", "café rotates"],
]);

test("words that begin with a prefix come most frequent first, unstemmed, over all segments", () => {
  const words = index.vocabulary().startingWith("ROTA");
  assert.deepEqual(
    words.map(({ word, occurrences }) => [word, occurrences]),
    [
      ["rotation", 3],
      ["rotates", 1],
      ["rotating", 1],
      ["rotations", 1],
    ],
  );
  assert.deepEqual(words[0], { word: "rotation", term: "rotat", rows: 5, occurrences: 3 });
  assert.equal(index.vocabulary().startingWith("r", { limit: 2 }).length, 2);
  assert.deepEqual(index.vocabulary().startingWith("zebra"), []);
  assert.deepEqual(index.vocabulary().startingWith("cafÉ")[0]?.word, "cafe");
});

test("a typo finds the words near it, nearest first", () => {
  const similar = (word: string, distance?: 1 | 2) =>
    index
      .vocabulary()
      .similarTo(word, distance && { distance })
      .map(({ word, distance }) => `${word} ${distance}`);
  assert.deepEqual(similar("rotatoin"), ["rotation 1", "rotating 2", "rotations 2"]);
  assert.deepEqual(similar("rotatoin", 1), ["rotation 1"]);
  assert.deepEqual(similar("Kéy"), ["keys 1"]);
  assert.deepEqual(similar("keys", 1), ["keys 0"]);
});

test("a word is found as it is typed, with the rows of its term", () => {
  assert.deepEqual(index.vocabulary().find("Keys"), { word: "keys", term: "kei", rows: 2, occurrences: 2 });
  assert.equal(index.vocabulary().find("rota"), undefined);
});

test("a word that only deleted rows had is not known any more", () => {
  const shrinking = indexOf([["lonely word", "other word"]]);
  assert.equal(shrinking.vocabulary().find("lonely")?.rows, 1);
  shrinking.remove([0]);
  assert.equal(shrinking.vocabulary().find("lonely"), undefined);
  assert.deepEqual(shrinking.vocabulary().similarTo("lonley"), []);
  while (shrinking.maintain(1));
  assert.deepEqual(
    shrinking
      .vocabulary()
      .startingWith("o")
      .map(({ word }) => word),
    ["other"],
  );
});
