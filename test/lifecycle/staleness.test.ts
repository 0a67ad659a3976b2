import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Filter, parseFilter } from "../../src/filters/index.js";
import {
  assignPolicy,
  dueFor,
  type FileState,
  isStalenessPolicy,
  type StalenessPolicy,
  stalenessPolicies,
} from "../../src/lifecycle/staleness.js";
import type { Freshness } from "../../src/store/index.js";

const DAY = 24 * 3_600_000;
const now = 1_800_000_000_000;

function documentWith(parts: Partial<Freshness> = {}): Freshness {
  return {
    id: "notes/a.md",
    title: "A",
    type: "text/markdown",
    path: "notes/a.md",
    metadata: {},
    staleness: null,
    pipeline: "1",
    addedAtMs: now - 100 * DAY,
    changes: 0,
    checkedAtMs: now - 100 * DAY,
    file: { path: "/home/notes/a.md", sizeBytes: 10, modifiedAtMs: 1 },
    ...parts,
  };
}

const rule = (filter: Filter, policy: StalenessPolicy) => ({ filter: parseFilter(filter), policy });
const policyOf = (parts: Partial<Freshness>, rules: ReturnType<typeof rule>[] = []) =>
  assignPolicy(documentWith(parts), rules, now).policy;

test("what a document is decides: papers and books never, news and posts daily, all others weekly", () => {
  const expected: [Partial<Freshness>, StalenessPolicy][] = [
    [{ path: "library/Papers/attention.md" }, "never"],
    [{ path: "books/moby.txt" }, "never"],
    [{ metadata: { type: "paper" } }, "never"],
    [{ metadata: { category: ["draft", "Book"] } }, "never"],
    [{ path: "site/_posts/2026-01-01.md" }, "daily"],
    [{ path: "news/today.html" }, "daily"],
    [{ metadata: { kind: "post" } }, "daily"],
    // The folder nearest to the document says most, and its own fields say more than any folder.
    [{ path: "books/news/a.md" }, "daily"],
    [{ path: "news/a.md", metadata: { type: "paper" } }, "never"],
    [{ path: "notes/papers.md" }, "weekly"],
    [{ path: "newspaper/a.md" }, "weekly"],
    [{ metadata: { type: 7 } }, "weekly"],
    [{}, "weekly"],
  ];
  for (const [parts, policy] of expected) assert.equal(policyOf(parts), policy, JSON.stringify(parts));
});

test("what has changed at least weekly so far is on_change, until it has been quiet for long enough", () => {
  const age = (days: number, changes: number) => policyOf({ addedAtMs: now - days * DAY, changes });
  assert.equal(age(14, 2), "on_change");
  assert.equal(age(15, 2), "weekly");
  assert.equal(age(70, 10), "on_change");
  assert.equal(age(71, 10), "weekly");
  assert.equal(age(1, 1), "weekly", "one change is no frequency");
  assert.equal(policyOf({ path: "papers/a.md", addedAtMs: now - DAY, changes: 9 }), "never");
});

test("what came with a document beats the rules, and these beat everything else", () => {
  const rules = [rule({ folder: "notes" }, "never"), rule({ type: "text/markdown" }, "daily")];
  assert.equal(policyOf({}, rules), "never");
  assert.equal(policyOf({ path: "other/a.md" }, rules), "daily");
  assert.equal(policyOf({ metadata: { staleness: "on_change" } }, rules), "on_change");
  assert.equal(
    policyOf({ staleness: "on_model_upgrade", metadata: { staleness: "on_change" } }, rules),
    "on_model_upgrade",
  );
  assert.equal(policyOf({ metadata: { staleness: "sometimes" } }, rules), "never", "no policy is no policy");
  assert.match(assignPolicy(documentWith(), rules, now).why, /rule 1/);
});

const due = (policy: StalenessPolicy, parts: Partial<Freshness>, state: FileState = "same") =>
  dueFor(documentWith(parts), policy, { nowMs: now, pipelineVersion: "1", stateOf: () => state });

test("weekly and daily documents are due after so long, on_change ones when their file looks another one", () => {
  assert.equal(due("weekly", { checkedAtMs: now - 7 * DAY + 1 }), undefined);
  assert.match(due("weekly", { checkedAtMs: now - 7 * DAY })!.because, /7 days ago/);
  assert.equal(due("daily", { checkedAtMs: now - DAY + 1 }), undefined);
  assert.equal(due("daily", { checkedAtMs: now - DAY })!.source, "file");
  assert.equal(due("on_change", {}), undefined);
  assert.match(due("on_change", {}, "changed")!.because, /has changed/);
  assert.match(due("on_change", {}, "gone")!.because, /gone/);
});

test("a text that was handed in is due when the text pipeline has another version, and not before", () => {
  const { file: _, ...handedIn } = documentWith();
  for (const policy of ["weekly", "daily", "on_change"] as const) {
    const at = (pipelineVersion: string) =>
      dueFor(handedIn, policy, { nowMs: now, pipelineVersion, stateOf: () => assert.fail("there is no file") });
    assert.equal(at("1"), undefined);
    assert.deepEqual(at("2"), { source: "text", because: "the text pipeline is at 2, it was prepared at 1" });
  }
  assert.equal(due("weekly", { pipeline: "0", checkedAtMs: now })!.source, "file");
});

test("never and on_model_upgrade are never due here, whatever has happened", () => {
  const anything = fc.record({
    pipeline: fc.constantFrom("0", "1", "2"),
    addedAtMs: fc.integer({ min: 0, max: now }),
    changes: fc.nat(1000),
    checkedAtMs: fc.integer({ min: 0, max: now }),
  });
  fc.assert(
    fc.property(anything, fc.constantFrom<FileState>("same", "changed", "gone"), (parts, state) => {
      for (const policy of ["never", "on_model_upgrade"] as const) assert.equal(due(policy, parts, state), undefined);
      const { policy } = assignPolicy(documentWith(parts), [], now);
      assert.ok(isStalenessPolicy(policy) && stalenessPolicies.includes(policy));
    }),
  );
});
