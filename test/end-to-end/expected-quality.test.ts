// The quality that is expected of the bundled models, on two collections with all stages. All four: npm run quality

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import type { QualityCheck } from "../../src/evaluation/index.js";
import { packageRoot } from "../../src/package-root.js";
import { openWorkplace } from "../cli/run-cli.js";

const collections = join(packageRoot, "..", "shared", "data", "eval");
const skip = existsSync(collections) ? false : `${collections} is absent: quality is not measured`;

test("no stage is worse than expected on cranfield and medline", { skip }, async () => {
  const place = openWorkplace();
  after(place.remove);
  const folders = ["cranfield", "medline"].map((name) => join(collections, name));
  const expected = join(packageRoot, "test", "expected-quality.json");
  const words = ["eval", ...folders, "--expect", expected, "--measure", "ndcg@10,recall@100", "--json"];
  const { code, stdout, stderr } = await place.run(words);
  const { passes, checks } = (stdout ? JSON.parse(stdout).expected : {}) as { passes: boolean; checks: QualityCheck[] };
  assert.deepEqual([passes, code], [true, 0], `${stderr}${JSON.stringify(checks, null, 2)}`);
  assert.equal(checks.length, 20, "two measures of five stages on two collections");
});
