import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import fc from "fast-check";
import { cachePath } from "../../src/store/cache-file.js";
import { readCacheStatus } from "../../src/store/cache-status.js";
import {
  type EmbeddingCacheOptions,
  type EmbeddingSpace,
  openEmbeddingCache,
} from "../../src/store/embedding-cache.js";
import { temporaryFolder } from "../temporary-folder.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const passages = { tenant: "", modelVersion: "model@1", kind: "passage" } as const;

/** A cache whose clock and notices belong to the test. With `memoryBytes` 0, every answer comes from the file. */
function openCache(t: TestContext, library: string, options: Partial<EmbeddingCacheOptions> = {}) {
  const clock = { now: 1_700_000_000_000 };
  const notices: string[] = [];
  const cache = openEmbeddingCache(library, {
    memoryBytes: 0,
    diskBytes: 1 << 30,
    ttlMs: 30 * DAY,
    now: () => clock.now,
    onNotice: (notice) => notices.push(notice),
    ...options,
  });
  t.after(() => cache.close());
  const keep = async (texts: string[], space: EmbeddingSpace = passages, width = 4) => {
    const keys = cache.keysOf(space, texts);
    cache.keep(
      space,
      keys.map((key, i) => ({ key, vector: vectorOf(texts[i]!, width), tokens: texts[i]!.length, costMs: 2 })),
    );
    await cache.settled();
  };
  const find = (texts: string[], space: EmbeddingSpace = passages) =>
    cache.find(cache.keysOf(space, texts)).map((entry) => (entry ? [...entry.vector] : undefined));
  return { cache, clock, notices, keep, find };
}

function vectorOf(text: string, width = 4): Float32Array {
  return Float32Array.from({ length: width }, (_, i) => Math.fround(text.length + i / 7 + (text.charCodeAt(i) || 0)));
}

const held = (text: string, width = 4) => [...vectorOf(text, width)];

test("what was kept is found again bit for bit, after reopening too, each text at its place", async (t) => {
  const library = temporaryFolder();
  const first = openCache(t, library);
  await first.keep(["alpha", "beta"]);
  assert.deepEqual(first.find(["beta", "gamma", "alpha"]), [held("beta"), undefined, held("alpha")]);
  await first.cache.close();
  const second = openCache(t, library);
  assert.deepEqual(second.find(["alpha", "beta"]), [held("alpha"), held("beta")]);
});

test("tenant, model and kind are part of the key", async (t) => {
  const { keep, find } = openCache(t, temporaryFolder());
  await keep(["alpha"]);
  assert.deepEqual(find(["alpha"], { ...passages, tenant: "b" }), [undefined]);
  assert.deepEqual(find(["alpha"], { ...passages, modelVersion: "model@2" }), [undefined]);
  assert.deepEqual(find(["alpha"], { ...passages, kind: "query" }), [undefined]);
  assert.deepEqual(find(["alpha"]), [held("alpha")]);
});

test("what the memory holds is not asked of the file, and the counts say which level answered", async (t) => {
  const library = temporaryFolder();
  const first = openCache(t, library, { memoryBytes: 1 << 20 });
  await first.keep(["alpha", "beta"]);
  first.find(["alpha", "beta", "gamma"]);
  await first.cache.close();
  const second = openCache(t, library, { memoryBytes: 1 << 20 });
  second.find(["alpha"]);
  second.find(["alpha", "alpha"]);
  await second.cache.close();
  const status = readCacheStatus(library);
  assert.equal(status.state, "ready");
  assert.deepEqual(status.state === "ready" && { entries: status.entries, totals: status.totals }, {
    entries: 2,
    totals: { memoryHits: 4, diskHits: 1, misses: 1, savedBytes: 5 * 16, savedTokens: 5 + 4 + 15, savedMs: 10 },
  });
});

test("the memory is bounded by bytes, and a hit does not hold the buffer of the batch it came with", async (t) => {
  const { cache, keep } = openCache(t, temporaryFolder(), { memoryBytes: 40 * (16 + 400), diskBytes: 0 });
  const texts = Array.from({ length: 100 }, (_, i) => `text ${i}`);
  await keep(texts);
  const found = cache.find(cache.keysOf(passages, texts));
  assert.equal(found.filter((entry) => entry !== undefined).length, 40);
  assert.ok(found[99] && !found[0], "the last ones are kept");

  const whole = new Float32Array(400);
  const keys = cache.keysOf(passages, ["part"]);
  cache.keep(passages, [{ key: keys[0]!, vector: whole.subarray(4, 8), tokens: 1, costMs: 1 }]);
  cache.find(keys);
  assert.equal(cache.find(keys)[0]!.vector.buffer.byteLength, 16);
});

test("an entry is too old after its time to live, in memory and on disk, and is then evicted", async (t) => {
  const library = temporaryFolder();
  for (const memoryBytes of [0, 1 << 20]) {
    const { clock, keep, find, cache } = openCache(t, library, { memoryBytes });
    await keep(["alpha"]);
    clock.now += 30 * DAY - 1;
    assert.deepEqual(find(["alpha"]), [held("alpha")]);
    clock.now += 2;
    assert.deepEqual(find(["alpha"]), [undefined]);
    await keep(["beta"]);
    const status = readCacheStatus(library);
    assert.equal(status.state === "ready" && status.entries, 1, "only the new one is left");
    await cache.drop();
  }
});

test("past its size the file loses what has not been used for longest", async (t) => {
  const library = temporaryFolder();
  const diskBytes = 1 << 20;
  const { clock, keep, find } = openCache(t, library, { diskBytes });
  const text = (i: number) => `text ${String(i).padStart(4, "0")}`;
  const width = 512;
  for (let i = 0; i < 400; i += 50) {
    await keep(
      Array.from({ length: 50 }, (_, n) => text(i + n)),
      passages,
      width,
    );
    clock.now += HOUR;
  }
  find([text(10)]);
  find([text(60)]);
  clock.now += HOUR;
  await keep(
    Array.from({ length: 250 }, (_, n) => text(1000 + n)),
    passages,
    width,
  );
  assert.ok(statSync(cachePath(library)).size <= diskBytes + 5 * 250 * 2048, "the file is near its limit");
  const [used, unused, last] = find([text(10), text(11), text(1249)]);
  assert.ok(used, "used an hour ago");
  assert.equal(unused, undefined, "not used since it came");
  assert.ok(last, "just kept");
});

test("a tenant's entries are dropped and nobody else's; all are dropped with the file", async (t) => {
  const library = temporaryFolder();
  const { cache, keep, find } = openCache(t, library, { memoryBytes: 1 << 20 });
  const many = Array.from({ length: 300 }, (_, i) => `text ${i}`);
  await keep(many, { ...passages, tenant: "a" });
  await keep(["alpha"], { ...passages, tenant: "b" });
  assert.equal(await cache.drop("a"), 300);
  assert.equal(await cache.drop("a"), 0);
  assert.deepEqual(find(["text 1"], { ...passages, tenant: "a" }), [undefined]);
  assert.deepEqual(find(["alpha"], { ...passages, tenant: "b" }), [held("alpha")]);
  assert.equal(await cache.drop(), 1);
  assert.deepEqual(find(["alpha"], { ...passages, tenant: "b" }), [undefined]);
});

test("what is not wanted any more goes, some at a time, and what is wanted stays", async (t) => {
  const { cache, keep, find } = openCache(t, temporaryFolder());
  const texts = Array.from({ length: 5000 }, (_, i) => `text ${i}`);
  await keep(texts);
  const wanted = cache.keysOf(passages, texts.slice(0, 100));
  const stop = new AbortController();
  await assert.rejects(cache.retain(new Float64Array(), AbortSignal.abort()));
  assert.equal(await cache.retain(Float64Array.from(cache.tagsOf(wanted)), stop.signal), 4900);
  const left = find(texts).flatMap((vector, i) => (vector === undefined ? [] : [i]));
  assert.deepEqual(left, [...wanted.keys()]);
});

const damages: Record<string, (path: string) => void> = {
  "is text": (path) => writeFileSync(path, "not a database, but a good many words instead of one. ".repeat(400)),
  "is empty": (path) => writeFileSync(path, ""),
  "is halved": (path) => writeFileSync(path, readFileSync(path).subarray(0, statSync(path).size / 2)),
  "is zeroed": (path) => writeFileSync(path, Buffer.alloc(statSync(path).size)),
  "has a flipped bit in a vector": (path) => {
    const bytes = readFileSync(path);
    bytes[bytes.lastIndexOf(Buffer.from(vectorOf("text 7", 64).buffer)) + 100]! ^= 1;
    writeFileSync(path, bytes);
  },
  "has another format": (path) => {
    const db = new Database(path);
    db.pragma("user_version = 99");
    db.close();
  },
};

for (const [name, damage] of Object.entries(damages)) {
  test(`a cache file that ${name} is made anew and never gives a wrong vector`, async (t) => {
    const library = temporaryFolder();
    const texts = Array.from({ length: 300 }, (_, i) => `text ${i}`);
    const before = openCache(t, library);
    await before.keep(texts, passages, 64);
    await before.cache.close();
    damage(cachePath(library));

    const after = openCache(t, library);
    after.find(texts).forEach((vector, i) => {
      if (vector !== undefined) assert.deepEqual(vector, held(texts[i]!, 64));
    });
    await after.keep(texts, passages, 64);
    assert.deepEqual(
      after.find(texts),
      texts.map((text) => held(text, 64)),
    );
    if (name !== "is empty") assert.match(after.notices.join(), /damaged .* begins anew/s);
    assert.ok(after.notices.length <= 1, after.notices.join());
  });
}

test("a file that cannot be opened costs one notice and nothing else", async (t) => {
  const library = temporaryFolder();
  mkdirSync(cachePath(library));
  const { keep, find, notices, cache } = openCache(t, library, { memoryBytes: 1 << 20 });
  await keep(["alpha"]);
  await keep(["beta"]);
  assert.deepEqual(find(["alpha"]), [held("alpha")], "memory still serves");
  assert.equal(await cache.drop(), 0);
  assert.equal(notices.length, 1);
  assert.match(notices[0]!, /cannot be written now/);
});

test("a file that may not grow keeps what it has; the rest is left out, and tried again later", async () => {
  const library = temporaryFolder();
  const program = fileURLToPath(new URL("./cache-filler.js", import.meta.url));
  // Node ignores SIGXFSZ, so that a write past the limit fails as on a full disk.
  const { status, stdout, stderr } = spawnSync(
    "sh",
    ["-c", `ulimit -f 1024; exec "${process.execPath}" "${program}" "${library}"`],
    { encoding: "utf8" },
  );
  assert.equal(status, 0, stderr);
  const { notices, found, kept } = JSON.parse(stdout) as { notices: string[]; found: number; kept: number };
  assert.equal(notices.length, 1, stdout);
  assert.match(notices[0]!, /cannot be written now/);
  assert.ok(found > 0 && found < kept, `${found} of ${kept}`);
});

test("whatever is kept, dropped and aged, a hit is always what was last kept for the text", async (t) => {
  const action = fc.oneof(
    fc.record({ kind: fc.constant("keep" as const), texts: fc.array(fc.nat(40), { maxLength: 8 }) }),
    fc.record({ kind: fc.constant("find" as const), texts: fc.array(fc.nat(40), { maxLength: 8 }) }),
    fc.record({ kind: fc.constant("drop" as const), tenant: fc.constantFrom("a", "b", undefined) }),
    fc.record({ kind: fc.constant("wait" as const), days: fc.nat(12) }),
    fc.record({ kind: fc.constant("reopen" as const) }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(action, { maxLength: 30 }),
      fc.integer({ min: 0, max: 3000 }),
      async (actions, memoryBytes) => {
        const library = temporaryFolder();
        let opened = openCache(t, library, { memoryBytes });
        const model = new Map<string, { createdAt: number; tenant: string }>();
        const of = (n: number) => ({ text: `text ${n}`, space: { ...passages, tenant: n % 2 ? "a" : "b" } });
        for (const step of actions) {
          const { cache, clock, keep, find } = opened;
          if (step.kind === "keep") {
            for (const n of step.texts) {
              const { text, space } = of(n);
              await keep([text], space);
              model.set(text, { createdAt: clock.now, tenant: space.tenant });
            }
          } else if (step.kind === "find") {
            for (const n of step.texts) {
              const { text, space } = of(n);
              const known = model.get(text);
              const isAlive = known !== undefined && known.createdAt >= clock.now - 30 * DAY;
              assert.deepEqual(find([text], space), [isAlive ? held(text) : undefined]);
            }
          } else if (step.kind === "drop") {
            await cache.drop(step.tenant);
            for (const [text, { tenant }] of model) if ((step.tenant ?? tenant) === tenant) model.delete(text);
          } else if (step.kind === "wait") clock.now += step.days * DAY;
          else {
            const { now } = clock;
            await cache.close();
            opened = openCache(t, library, { memoryBytes });
            opened.clock.now = now;
          }
        }
        await opened.cache.close();
      },
    ),
    { numRuns: 30 },
  );
});
