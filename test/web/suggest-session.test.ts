import assert from "node:assert/strict";
import { mock, test } from "node:test";
import type { Suggestion } from "../../src/web/api/suggest.js";
import { completion, createSuggestSession } from "../../src/web/search/suggest-session.js";

const titles = (...texts: string[]): Suggestion[] => texts.map((text) => ({ text, kind: "title" }));

/** A session whose questions the test answers. */
function openSession(t: import("node:test").TestContext) {
  mock.timers.enable({ apis: ["setTimeout"] });
  t.after(() => mock.timers.reset());
  const asked: { typed: string; signal: AbortSignal; answer(texts: string[]): Promise<void>; fail(): Promise<void> }[] =
    [];
  const shown: string[][] = [];
  const settled = (act: () => void) => {
    act();
    return new Promise<void>((resolve) => setImmediate(resolve));
  };
  const session = createSuggestSession({
    fetch: (typed, signal) =>
      new Promise((resolve, reject) => {
        asked.push({
          typed,
          signal,
          answer: (texts) => settled(() => resolve(titles(...texts))),
          fail: () => settled(() => reject(new Error("gone"))),
        });
      }),
    onChange: ({ suggestions }) => void shown.push(suggestions.map(({ text }) => text)),
  });
  return { session, asked, latest: () => shown.at(-1), tick: (ms: number) => mock.timers.tick(ms) };
}

test("letters typed quickly are asked for once, and an answer that comes late is dropped", async (t) => {
  const { session, asked, latest, tick } = openSession(t);
  session.type("r");
  tick(30);
  session.type("ro");
  tick(60);
  assert.deepEqual(
    asked.map(({ typed }) => typed),
    ["ro"],
  );
  session.type("rot");
  tick(60);
  assert.ok(asked[0]!.signal.aborted);
  await asked[1]!.answer(["Rotating keys"]);
  await asked[0]!.answer(["Roads"]);
  assert.deepEqual(latest(), ["Rotating keys"]);
});

test("until the next answer comes, what still fits is shown, and nothing that adds nothing", async (t) => {
  const { session, asked, latest, tick } = openSession(t);
  session.type("  ro");
  tick(60);
  assert.equal(asked[0]!.typed, "ro");
  await asked[0]!.answer(["Roads", "Rotating keys", "RO"]);
  assert.deepEqual(latest(), ["Roads", "Rotating keys"]);
  session.type("rot");
  assert.deepEqual(latest(), ["Rotating keys"]);
  session.type("rotating keys ");
  assert.deepEqual(latest(), []);
});

test("an empty field asks nothing; a failure shows nothing; closed, an answer on its way shows nothing either", async (t) => {
  const { session, asked, latest, tick } = openSession(t);
  session.type("   ");
  tick(60);
  assert.equal(asked.length, 0);
  session.type("ro");
  tick(60);
  await asked[0]!.answer(["Roads"]);
  session.type("roa");
  tick(60);
  await asked[1]!.fail();
  assert.deepEqual(latest(), []);
  session.type("ro");
  tick(60);
  session.close();
  await asked[2]!.answer(["Roads"]);
  assert.deepEqual(latest(), []);
});

test("the part that was typed is told from what a suggestion adds, whatever its case", () => {
  assert.deepEqual(completion("Rotating keys", "rot"), { typed: "Rot", added: "ating keys" });
  assert.deepEqual(completion("\u0130stanbul", "ist"), { typed: "", added: "\u0130stanbul" });
});
