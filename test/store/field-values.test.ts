import assert from "node:assert/strict";
import { test } from "node:test";
import { parseFilter } from "../../src/filters/index.js";
import { openReader } from "../../src/store/reader.js";
import { scopedId } from "../../src/store/tenancy.js";
import { openWriter } from "../../src/store/writer.js";
import { temporaryFolder } from "../temporary-folder.js";
import { batchOf, recipe } from "./library-fixture.js";

test("values are counted over a tenant's documents that meet the filter, most frequent first", (t) => {
  const folder = temporaryFolder();
  const writer = openWriter(folder);
  t.after(() => writer.close());
  writer.generation(recipe);
  const sketch = (
    id: string,
    path: string,
    type: string,
    metadata: Record<string, string | number | boolean | string[]>,
  ) => ({
    id,
    texts: [`text of ${id}`],
    path,
    type,
    metadata,
  });
  writer.write(
    batchOf([
      sketch("a", "docs/api/a.md", "text/markdown", { year: 2020, tags: ["x", "y"], draft: true }),
      sketch("b", "docs/b.md", "text/markdown", { year: 2021, tags: ["x"], draft: false }),
      sketch("c", "notes/c.txt", "text/plain", { year: 2021, tags: ["z", "z"] }),
      { ...sketch("d", "other/d.txt", "text/plain", { year: 1900, tags: ["secret"] }), id: scopedId("acme", "d") },
    ]),
  );
  const reader = openReader(folder);
  t.after(() => reader.close());
  const values = (fields: string[], filter?: object, tenant = "", limit = 50) =>
    reader.values({ tenant, fields, filter: filter && parseFilter(filter), limit });

  assert.deepEqual(values(["type", "folder", "year", "draft"]), [
    {
      field: "type",
      values: [
        { value: "text/markdown", count: 2 },
        { value: "text/plain", count: 1 },
      ],
      others: 0,
    },
    {
      field: "folder",
      values: [
        { value: "docs", count: 2 },
        { value: "docs/api", count: 1 },
        { value: "notes", count: 1 },
      ],
      others: 0,
    },
    {
      field: "year",
      values: [
        { value: 2021, count: 2 },
        { value: 2020, count: 1 },
      ],
      others: 0,
    },
    {
      field: "draft",
      values: [
        { value: false, count: 1 },
        { value: true, count: 1 },
      ],
      others: 0,
    },
  ]);
  // A document counts once for a value, however often it has it.
  assert.deepEqual(values(["tags"], undefined, "", 2)[0], {
    field: "tags",
    values: [
      { value: "x", count: 2 },
      { value: "y", count: 1 },
    ],
    others: 1,
  });
  assert.deepEqual(values(["year"], { folder: "docs" })[0]!.values, [
    { value: 2020, count: 1 },
    { value: 2021, count: 1 },
  ]);
  assert.deepEqual(values(["tags"], undefined, "acme")[0]!.values, [{ value: "secret", count: 1 }]);
  assert.deepEqual(values(["nothing"]), [{ field: "nothing", values: [], others: 0 }]);
});
