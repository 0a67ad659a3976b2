import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "../temporary-folder.js";
import { coded, openTemporary } from "./temporary.js";

test("headings are suggested behind titles and before words, and no kind takes the room of another", async (t) => {
  const engine = await openTemporary(t);
  const notes = join(temporaryFolder(), "notes");
  mkdirSync(notes);
  writeFileSync(
    join(notes, "keys.md"),
    "# Keys\n\nOf the house.\n\n## Rotating them\n\nEvery ninety days.\n\n## Rotas\n\nWhose turn.\n",
  );
  await engine.ingestPaths([notes]);
  await engine.put([
    ...["a", "b", "c"].map((id) => ({ id, title: `Rotunda ${id}`, text: "A round building." })),
    { id: "d", title: "rotas", text: "Who is on duty." },
  ]);
  const texts = async (query: string, limit: number) =>
    (await engine.suggest({ query, limit })).map(({ text, kind }) => `${kind} ${text}`);
  assert.deepEqual(await texts("rot", 5), [
    "title rotas",
    "title Rotunda a",
    "title Rotunda b",
    "heading Rotating them",
    "word rotunda",
  ]);
  assert.deepEqual(await texts("rotating ", 5), ["heading Rotating them"]);
  assert.deepEqual(await engine.tenant("acme").suggest({ query: "rot" }), []);
  await engine.remove(["notes/keys.md"]);
  assert.deepEqual(await texts("rotating ", 5), []);
});

test("titles and earlier queries are suggested, each tenant's own, and none of a document that is gone", async (t) => {
  const engine = await openTemporary(t);
  const acme = engine.tenant("acme");
  await engine.put([
    { id: "a", title: "Rotating keys", text: "Keys are rotated every ninety days." },
    { id: "b", title: "rotas of the week", text: "Who is on duty." },
    { id: "c", title: "Bread", text: "Bake it." },
  ]);
  await acme.put([{ id: "s", title: "Rotten secrets", text: "Nobody else must see this." }]);
  // Completed words have tests of their own (words.test.ts).
  const texts = async (query: string, limit = 8) =>
    (await engine.suggest({ query, limit }))
      .filter(({ kind }) => kind !== "word")
      .map(({ text, kind }) => `${kind} ${text}`);

  assert.deepEqual(await texts("Rot"), ["title rotas of the week", "title Rotating keys"]);
  assert.deepEqual(await texts(" rotating k"), ["title Rotating keys"]);
  assert.deepEqual(await texts("x"), []);
  assert.deepEqual(await texts(" "), []);
  assert.deepEqual(await acme.suggest({ query: "rot" }), [
    { text: "Rotten secrets", kind: "title" },
    { text: "rotten", kind: "word" },
  ]);

  await engine.search({ query: "rotate  the keys" });
  await engine.search({ query: "rota duty" });
  await engine.search({ query: "Rotate the keys" });
  await acme.search({ query: "rotten eggs" });
  assert.deepEqual(await texts("rot"), [
    "query Rotate the keys",
    "query rota duty",
    "title rotas of the week",
    "title Rotating keys",
  ]);
  assert.equal((await texts("rot", 2)).length, 2);
  // What found nothing is no suggestion.
  await engine.search({ query: "rotunda", filter: { id: "nothing" } });
  assert.ok(!(await texts("rotu")).length);

  await engine.remove(["a"]);
  assert.ok(!(await texts("rot")).includes("title Rotating keys"));
  await acme.drop();
  assert.deepEqual(await acme.suggest({ query: "rot" }), []);
  await assert.rejects(engine.suggest({ query: "x", limit: 0 }), coded("INVALID_INPUT", /limit/));
});
