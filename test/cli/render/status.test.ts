import assert from "node:assert/strict";
import { test } from "node:test";
import { renderStatus } from "../../../src/cli/render/status.js";
import { plainStyle } from "../../../src/cli/render/style.js";
import type { Status } from "../../../src/engine/index.js";

type Graph = Status["vectors"]["graph"];

function graphLine(graph: Graph): string | undefined {
  const status = {
    library: { path: "/library", documents: 1, chunks: 1, tokens: 1, characters: 1, bytes: 1, formatVersion: 1 },
    generation: { id: 1, dimensions: 8, chunking: { maxTokens: 256, overlapTokens: 32 }, createdAt: "2024-01-01" },
    models: { biEncoder: "a@1", crossEncoder: null },
    vectors: {
      ...{ rows: 1, bytes: 1, format: "float32", dimensions: 8, storedDimensions: 8, graph },
      codes: { state: "none", reason: "codes are made from 4096 rows on" },
    },
    cache: { state: "off" },
    queue: { queued: 0, running: 0, failed: 0, bytes: 0 },
    version: "0.0.0",
  } as unknown as Status;
  return /^graph +(.*)$/m.exec(renderStatus(status, plainStyle))?.[1];
}

test("a graph is told by how far it is built, and then by what its walks were measured to find", () => {
  const none = { state: "none", reason: "no graph is loaded" } as const;
  const ready = { state: "ready", rows: 600_000, usable: 590_000, sequence: 1, bytes: 2 ** 30 } as const;
  assert.equal(graphLine(none), "none: no graph is loaded");
  assert.equal(graphLine({ ...none, building: { done: 1500, total: 600_000 } }), "being built, 1,500 of 600,000 rows");
  assert.match(graphLine(ready)!, /^600,000 rows, .*; not measured yet$/);
  const curve = [
    { ef: 32, recallAt10: 0.95, recallAt100: 0.3 },
    { ef: 64, recallAt10: 0.9912, recallAt100: 0.6 },
    { ef: 128, recallAt10: 0.999, recallAt100: 0.99 },
  ];
  const calibration = { queries: 200, source: "rows", rows: 590_000, curve } as const;
  assert.match(graphLine({ ...ready, calibration })!, /; recall@10 0\.991 measured at 64 candidates$/);
  const weak = { ...calibration, curve: curve.slice(0, 1) };
  assert.match(graphLine({ ...ready, calibration: weak })!, /; recall@10 0\.950 measured at 32 candidates$/);
});
