// Fusion that learns, over a real library with the bundled models.

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { openEngine } from "../../src/index.js";
import { temporaryFolder } from "../temporary-folder.js";
import { coded, openTemporary } from "./temporary.js";

const animals = ["whale", "bee", "horse", "falcon", "otter", "lynx", "heron", "mole"];
const places = ["river", "forest", "harbour", "meadow"];

test("what is learned is kept only where it is better on queries held out, holds from then on, and can be forgotten", async (t) => {
  const library = join(temporaryFolder(), "library");
  const engine = await openEngine({ library });
  const pairs = animals.flatMap((animal) => places.map((place) => ({ animal, place })));
  await engine.put(
    pairs.map(({ animal, place }) => ({
      id: `${animal}-${place}`,
      text: `Report on the ${animal} seen near the ${place}. Observers noted the ${animal} twice.`,
    })),
  );
  // Whatever is found, this judgement asks for documents that a search ranks first anyhow: nothing can be better.
  const easy = pairs.map(({ animal, place }) => ({
    text: `${animal} ${place}`,
    judgements: { [`${animal}-${place}`]: 1 },
  }));
  const nothing = await engine.ranking.tune(easy);
  assert.equal(nothing.kept, false);
  assert.equal(engine.ranking.learned(), undefined);
  assert.equal((await engine.status()).ranking, null);
  assert.equal(nothing.settings.length, 18);
  assert.ok(nothing.defaultNdcg > 0.9);

  await assert.rejects(
    engine.ranking.tune(easy.slice(0, 5)),
    coded("INVALID_INPUT", /20 judged queries or more; found 5/),
  );
  await assert.rejects(engine.ranking.tune([{ text: " ", judgements: {} }]), coded("INVALID_INPUT", /blank/));
  await engine.close();

  // The writer's own verb stands for a tuning that was worth it.
  const learned = {
    ...{ lexicalWeight: 0.3, feedback: "none", learnedAt: "2026-01-01T00:00:00.000Z", queries: 32 },
    ...{ defaultNdcg: 0.5, heldOutNdcg: 0.6, pValue: 0.01 },
  } as const;
  const { openWriter } = await import("../../src/store/writer.js");
  const { writeRanking } = await import("../../src/store/ranking-schema.js");
  const writer = openWriter(library);
  const generation = writer.db.prepare<[], string>("SELECT model_version FROM generations").pluck().get()!;
  writeRanking(writer.db, { modelVersion: generation, learnedAtMs: 1, ranking: JSON.stringify(learned) });
  writeRanking(writer.db, { modelVersion: "other@1", learnedAtMs: 1, ranking: JSON.stringify(learned) });
  writer.close();

  const again = await openTemporary(t, { library });
  assert.deepEqual(again.ranking.learned(), learned);
  assert.deepEqual((await again.status()).ranking, learned);
  const { fusion, feedback } = await again.search({ query: "otter harbour" });
  assert.deepEqual(fusion, { source: "learned", method: "convex", lexicalWeight: 0.3 });
  assert.equal(feedback, undefined);
  const standard = await again.search({ query: "otter harbour", fusion: "default" });
  assert.equal(standard.fusion.source, "default");
  assert.equal(standard.feedback?.method, "rocchio");
  const own = await again.search({ query: "otter harbour", fusion: { method: "convex", lexicalWeight: 0.9 } });
  assert.deepEqual(own.fusion, { source: "request", method: "convex", lexicalWeight: 0.9 });
  await again.ranking.clear();
  assert.equal(again.ranking.learned(), undefined);
  assert.equal((await again.search({ query: "otter harbour" })).fusion.source, "default");
});
