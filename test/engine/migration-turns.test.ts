import assert from "node:assert/strict";
import { test } from "node:test";
import type { MigrationStatus, MigrationVerbs } from "../../src/engine/index.js";
import { inTurn } from "../../src/engine/migration-turns.js";

test("verbs begin when the one before is over, also where it failed; the status is told at any time", async () => {
  const told: string[] = [];
  const status = { state: "ready" } as MigrationStatus;
  const verb = (name: string) => async (argument?: unknown) => {
    told.push(argument === undefined ? `${name} begins` : `${name} ${JSON.stringify(argument)} begins`);
    await new Promise((resolve) => setImmediate(resolve));
    told.push(`${name} ends`);
    if (name === "promote") throw new Error("incomplete");
    return status;
  };
  const names = ["start", "split", "promote", "rollback", "finish"] as const;
  const verbs = Object.fromEntries(names.map((name) => [name, verb(name)])) as unknown as MigrationVerbs;
  const turns = inTurn({ ...verbs, status: async () => status });
  const all = [
    turns.start({ maxTokens: 64 }),
    turns.split(25),
    turns.promote(),
    turns.rollback("slow"),
    turns.finish(),
  ];
  assert.equal(await turns.status(), status);
  assert.deepEqual(
    (await Promise.allSettled(all)).map((outcome) => outcome.status),
    ["fulfilled", "fulfilled", "rejected", "fulfilled", "fulfilled"],
  );
  assert.deepEqual(told, [
    'start {"maxTokens":64} begins',
    "start ends",
    "split 25 begins",
    "split ends",
    "promote begins",
    "promote ends",
    'rollback "slow" begins',
    "rollback ends",
    "finish begins",
    "finish ends",
  ]);
});
