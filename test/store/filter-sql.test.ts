import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Metadata } from "../../src/documents/index.js";
import { evaluateFilter, type FilterNode, type FilterScalar } from "../../src/filters/index.js";
import { openReader } from "../../src/store/reader.js";
import { openWriter } from "../../src/store/writer.js";
import { temporaryFolder } from "../temporary-folder.js";
import { batchOf, recipe } from "./library-fixture.js";

const scalar: fc.Arbitrary<FilterScalar> = fc.oneof(
  fc.constantFrom("en", "de", "true", "1", "", "ü", "🙂", "\uffff", "z"),
  fc.constantFrom(0, 1, -1.5, 2024, 1e300),
  fc.boolean(),
);
const metadata: fc.Arbitrary<Metadata> = fc.dictionary(
  fc.constantFrom("lang", "year", "tags", "draft"),
  fc.oneof(scalar, fc.array(scalar, { maxLength: 3 })),
);
const paths = [undefined, "readme.md", "docs/a.md", "docs/deep/b.md", "docs0/c.md", "docs/deep0"];
const document = fc.record({
  title: fc.constantFrom("A", "B", "ü"),
  type: fc.constantFrom("text/plain", "text/markdown"),
  path: fc.constantFrom(...paths),
  modifiedAtMs: fc.constantFrom(undefined, 0, 1_700_000_000_000),
  metadata,
});

const bound = fc.oneof(
  fc.constantFrom("de", "en", "true", "\u0002", "ü", "🙂", "\uffff"),
  fc.constantFrom(0, 1, 2023.5),
);
const range = fc
  .tuple(fc.constantFrom("gt", "gte"), fc.constantFrom("lt", "lte"), bound, bound, fc.integer({ min: 1, max: 3 }))
  .filter(([, , low, high]) => typeof low === typeof high)
  .map(([above, below, low, high, sides]) => ({
    ...(sides & 1 ? { [above]: low } : {}),
    ...(sides & 2 ? { [below]: high } : {}),
  }));
const field = fc.constantFrom("lang", "year", "tags", "draft", "nowhere", "constructor", "toString", "__proto__");
const leaf: fc.Arbitrary<FilterNode> = fc.oneof(
  fc.record({ kind: fc.constant("eq" as const), field, value: scalar }),
  fc.record({ kind: fc.constant("in" as const), field, values: fc.array(scalar, { maxLength: 4 }) }),
  fc.record({
    kind: fc.constant("exists" as const),
    field: fc.oneof(field, fc.constantFrom("path", "folder", "modifiedAt", "title")),
  }),
  fc.tuple(field, range).map(([name, bounds]): FilterNode => ({ kind: "range", field: name, ...bounds })),
  fc.record({
    kind: fc.constant("eq" as const),
    field: fc.constant("folder"),
    value: fc.constantFrom("docs", "docs/deep", "", "doc"),
  }),
  fc.record({
    kind: fc.constant("eq" as const),
    field: fc.constantFrom("type", "title", "path", "id"),
    value: fc.constantFrom("text/plain", "ü", "docs/a.md", "d1"),
  }),
  fc.record({ kind: fc.constant("eq" as const), field: fc.constant("modifiedAt"), value: fc.constantFrom(0, 1) }),
  fc.constant<FilterNode>({ kind: "range", field: "modifiedAt", gte: 1, lt: 1_800_000_000_000 }),
  fc.constant<FilterNode>({ kind: "range", field: "path", gt: "docs", lte: "docs/z" }),
);
const { tree } = fc.letrec<{ tree: FilterNode }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.record({ kind: fc.constantFrom("and" as const, "or" as const), nodes: fc.array(tie("tree"), { maxLength: 3 }) }),
    fc.record({ kind: fc.constant("not" as const), node: tie("tree") }),
  ),
}));

test("the SQL of a filter answers what its plain meaning says, for every document", (t) => {
  const library = temporaryFolder();
  const writer = openWriter(library);
  t.after(() => writer.close());
  writer.generation(recipe);
  const documents = fc.sample(document, { numRuns: 150, seed: 7 }).map((sketch, i) => ({ id: `d${i}`, ...sketch }));
  for (const { path, modifiedAtMs, ...sketch } of documents) {
    writer.write(batchOf([{ ...sketch, texts: ["text"], path: path ?? null, modifiedAtMs: modifiedAtMs ?? null }]));
  }
  const reader = openReader(library);
  t.after(() => reader.close());
  fc.assert(
    fc.property(tree, (filter) => {
      const expected = documents.filter(({ path, modifiedAtMs, ...rest }) =>
        evaluateFilter(filter, {
          ...rest,
          ...(path === undefined ? {} : { path }),
          ...(modifiedAtMs === undefined ? {} : { modifiedAtMs }),
        }),
      );
      const found = reader.summaries(Array.from(reader.matching("", filter))).map(({ id }) => id);
      assert.deepEqual(
        found,
        expected.map(({ id }) => id),
      );
    }),
    { numRuns: 500 },
  );
});
