import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { openReader } from "../../src/store/reader.js";
import { scopedId } from "../../src/store/tenancy.js";
import { openWriter } from "../../src/store/writer.js";
import { temporaryFolder } from "../temporary-folder.js";
import { batchOf, recipe } from "./library-fixture.js";

const folded = (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

test("the headings and titles that begin as typed are those that a look at all documents finds, each once, in order", () => {
  const text = fc.stringMatching(/^[abAB\u00e9]{1,3}$/);
  const document = fc.record({ tenant: fc.constantFrom("", "acme"), title: text, headings: fc.array(text) });
  const law = fc.property(fc.array(document, { maxLength: 6 }), text, fc.nat(4), (documents, prefix, most) => {
    const library = temporaryFolder();
    const writer = openWriter(library);
    writer.generation(recipe);
    const sketches = documents.map(({ tenant, ...rest }, i) => ({
      id: scopedId(tenant, `d${i}`),
      texts: ["x"],
      ...rest,
    }));
    writer.write(batchOf(sketches));
    const reader = openReader(library);
    for (const tenant of ["", "acme"]) {
      const own = documents.filter((document) => document.tenant === tenant);
      const expected = (texts: string[]) =>
        [...new Set(texts.map(folded))]
          .filter((text) => text.startsWith(folded(prefix)))
          .sort()
          .slice(0, most);
      assert.deepEqual(
        reader.headings(tenant, prefix, most).map(folded),
        expected(own.flatMap(({ headings }) => headings)),
      );
      assert.deepEqual(reader.titles(tenant, prefix, most).map(folded), expected(own.map(({ title }) => title)));
    }
    reader.close();
    writer.close();
  });
  fc.assert(law, { numRuns: 40 });
});

test("headings change with their document and go with it; what is too long to be asked for is none", (t) => {
  const library = temporaryFolder();
  const writer = openWriter(library);
  t.after(() => writer.close());
  writer.generation(recipe);
  const reader = openReader(library);
  t.after(() => reader.close());
  const write = (headings: string[]) => writer.write(batchOf([{ id: "a", texts: ["x"], headings }]));
  write(["Rotation", "rotation", " Restoring ", "", "r".repeat(201)]);
  assert.deepEqual(reader.headings("", "r", 10), ["Restoring", "Rotation"]);
  write(["Retiring", ...Array.from({ length: 1000 }, (_, i) => `r${i}`)]);
  assert.deepEqual(reader.headings("", "re", 10), ["Retiring"]);
  assert.deepEqual(reader.headings("", "r999", 10), []);
  writer.remove(["a"]);
  assert.deepEqual(reader.headings("", "r", 10), []);
});
