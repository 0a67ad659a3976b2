import assert from "node:assert/strict";
import { copyFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { type ErrorCode, LodestoneError } from "../../src/errors.js";
import {
  CodeFile,
  type CodeFileHeader,
  type CodeSection,
  codePath,
  codeSections,
  writeCodeFile,
} from "../../src/vectors/code-file.js";
import { codeForms } from "../../src/vectors/quantizer.js";
import { vectorFormats } from "../../src/vectors/vector-format.js";
import { failingAt } from "../files/failing-files.js";
import { temporaryFolder } from "../temporary-folder.js";
import { damages, flipBit } from "./damages.js";
import { mountSmallDisk } from "./small-disk.js";

const withCode = (code: ErrorCode) => (error: unknown) => error instanceof LodestoneError && error.code === code;

const plain = { noNullPrototype: true };
const headers: fc.Arbitrary<CodeFileHeader> = fc.record(
  {
    identity: fc.record(
      {
        identity: fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }),
        dimensions: fc.integer({ min: 1, max: 4096 }),
        storedDimensions: fc.integer({ min: 1, max: 4096 }),
        format: fc.constantFrom(...vectorFormats),
      },
      plain,
    ),
    form: fc.constantFrom(...codeForms),
    positions: fc.nat({ max: 2 ** 32 - 1 }),
    lists: fc.nat({ max: 2 ** 27 }),
    sequence: fc.maxSafeNat(),
  },
  plain,
);
const pieces = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 4 });
const contents: fc.Arbitrary<Record<CodeSection, Uint8Array[]>> = fc.record(
  Object.fromEntries(codeSections.map((name) => [name, pieces])) as Record<CodeSection, typeof pieces>,
);

async function readAll(directory: string, { identity }: CodeFileHeader): Promise<Record<CodeSection, Uint8Array>> {
  const file = await CodeFile.open(directory, identity);
  try {
    const sections: [CodeSection, Uint8Array][] = [];
    for (const name of codeSections) sections.push([name, await file.read(name)]);
    return Object.fromEntries(sections) as Record<CodeSection, Uint8Array>;
  } finally {
    await file.close();
  }
}

test("a file is read as it was written, in whatever pieces", async () => {
  const directory = temporaryFolder();
  await fc.assert(
    fc.asyncProperty(headers, contents, fc.integer({ min: 1, max: 50 }), async (header, sections, bytes) => {
      await writeCodeFile(directory, header, sections);
      const file = await CodeFile.open(directory, header.identity);
      assert.deepEqual(file.header, header);
      for (const name of codeSections) {
        const found: Uint8Array[] = [];
        for await (const piece of file.pieces(name, bytes)) found.push(piece);
        assert.deepEqual(Buffer.concat(found), Buffer.concat(sections[name]));
      }
      await file.close();
      assert.deepEqual(readdirSync(directory), ["codes.lseg"]);
    }),
    { numRuns: 30 },
  );
});

const header: CodeFileHeader = {
  identity: { identity: "model@1", dimensions: 64, storedDimensions: 64, format: "float32" },
  ...{ form: "rabitq", positions: 64, lists: 2, sequence: 17 },
};
const sections = Object.fromEntries(
  codeSections.map((name, i) => [name, [Uint8Array.from({ length: 30 + i }, (_, at) => at * 7 + i)]]),
) as Record<CodeSection, Uint8Array[]>;

test("no damage to any byte passes for what was written", async () => {
  const directory = temporaryFolder();
  await writeCodeFile(directory, header, sections);
  const { size } = statSync(codePath(directory));
  copyFileSync(codePath(directory), join(directory, "kept"));
  for (let at = 0; at < size; at++) {
    copyFileSync(join(directory, "kept"), codePath(directory));
    flipBit(codePath(directory), at, at % 8);
    await assert.rejects(readAll(directory, header), withCode("INDEX_DAMAGED"), `byte ${at}`);
  }
});

test("the six damages are told by name, and only an untouched file is read", async () => {
  const directory = temporaryFolder();
  for (const [name, damage] of Object.entries(damages)) {
    await writeCodeFile(directory, header, sections);
    damage(codePath(directory));
    const reading = readAll(directory, header);
    if (name === "untouched") assert.deepEqual(Buffer.from((await reading).codes), Buffer.from(sections.codes[0]!));
    else if (name === "deleted") await assert.rejects(reading, withCode("NOT_FOUND"));
    else {
      await assert.rejects(
        reading,
        (error) => withCode("INDEX_DAMAGED")(error) && String(error).includes("codes.lseg"),
      );
    }
  }
});

test("the codes of another index are refused with both names", async () => {
  const directory = temporaryFolder();
  await writeCodeFile(directory, header, sections);
  for (const other of [
    { identity: "model@2" },
    { dimensions: 65 },
    { storedDimensions: 32 },
    { format: "int8" as const },
  ]) {
    await assert.rejects(
      CodeFile.open(directory, { ...header.identity, ...other }),
      (error) =>
        withCode("MODEL_VERSION_MISMATCH")(error) && /model@1 \(64 of 64 dimensions, float32\)/.test(String(error)),
    );
  }
});

test("whichever file operation fails, and whatever the sections throw, the old file stays", async () => {
  const directory = temporaryFolder();
  await writeCodeFile(directory, header, sections);
  let failures = 0;
  for (let succeeded = false; !succeeded; ) {
    const files = failingAt(failures, Object.assign(new Error("no space"), { code: "ENOSPC" }));
    try {
      await writeCodeFile(directory, { ...header, sequence: 18 }, sections, files);
      succeeded = true;
    } catch (error) {
      failures++;
      assert.ok(withCode("DISK_FULL")(error), String(error));
      const file = await CodeFile.open(directory, header.identity);
      // Only the folder's flush comes after the rename.
      assert.equal(file.header.sequence, files.failed === "syncDirectory" ? 18 : 17);
      await file.close();
      assert.deepEqual(readdirSync(directory), ["codes.lseg"]);
      await writeCodeFile(directory, header, sections);
    }
  }
  assert.equal(failures, 3);
  const changed = new LodestoneError("ABORTED", "changed");
  function* failing() {
    yield Uint8Array.of(1);
    throw changed;
  }
  await assert.rejects(writeCodeFile(directory, header, { ...sections, codes: failing() }), changed);
  assert.deepEqual(readdirSync(directory), ["codes.lseg"]);
});

test("a disk too small is said, and the old file stays", async (t) => {
  const disk = mountSmallDisk(t, 64);
  if ("missing" in disk) return t.skip(disk.missing);
  const { directory } = disk;
  await writeCodeFile(directory, header, sections);
  const large = { ...sections, codes: Array.from({ length: 20 }, () => new Uint8Array(8192)) };
  await assert.rejects(writeCodeFile(directory, header, large), (error) => {
    return withCode("DISK_FULL")(error) && String(error).includes(codePath(directory));
  });
  assert.deepEqual(readdirSync(directory), ["codes.lseg"]);
  await readAll(directory, header);
  disk.makeReadOnly();
  await assert.rejects(writeCodeFile(directory, header, sections), (error) => {
    return withCode("FILE_UNREADABLE")(error) && String(error).includes(codePath(directory));
  });
  disk.makeWritable();
  await assert.rejects(writeCodeFile(join(directory, "absent"), header, sections), withCode("PATH_NOT_FOUND"));
});
