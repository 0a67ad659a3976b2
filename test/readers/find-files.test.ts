import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import fc from "fast-check";
import { isSkip } from "../../src/documents/skip.js";
import { type FindOptions, findFiles, visitFolders } from "../../src/readers/find-files.js";
import { collect } from "./collect.js";
import { temporaryFolder } from "./temporary-folder.js";

async function find(target: string, options?: FindOptions) {
  const items = await collect(findFiles(target, options));
  return {
    files: items.flatMap((item) => (isSkip(item) ? [] : [item])),
    names: items.flatMap((item) => (isSkip(item) ? [] : [item.relativePath])),
    skips: items.filter(isSkip),
  };
}

const notes = {
  "b.md": "b",
  "a.txt": "abc",
  "sub/c.html": "c",
  "sub/deep/d.jsonl": "d",
  "sub/code.ts": "ts",
  "picture.png": "p",
  LICENSE: "l",
  ".hidden/e.md": "e",
  ".dot.md": "e",
  "node_modules/x/readme.md": "x",
};

test("a folder gives the files of known kinds below it, sorted, with size and time", async (t) => {
  const folder = temporaryFolder(t, notes);
  const { files, names, skips } = await find(folder);
  assert.deepEqual(names, ["LICENSE", "a.txt", "b.md", "sub/c.html", "sub/deep/d.jsonl"]);
  assert.deepEqual(skips, []);
  assert.equal(files[1]?.path, join(folder, "a.txt"));
  assert.equal(files[1]?.sizeBytes, 3);
  assert.ok(Number.isInteger(files[1]?.modifiedAtMs));
});

test("hidden files and node_modules are found on request, and where the target lies in them", async (t) => {
  const folder = temporaryFolder(t, notes);
  const { names } = await find(folder, { defaultExcludes: false });
  assert.deepEqual(names, [
    ".dot.md",
    ".hidden/e.md",
    "LICENSE",
    "a.txt",
    "b.md",
    "node_modules/x/readme.md",
    "sub/c.html",
    "sub/deep/d.jsonl",
  ]);
  assert.deepEqual((await find(join(folder, "node_modules"))).names, ["x/readme.md"]);
  assert.deepEqual((await find(join(folder, ".hidden"))).names, ["e.md"]);
});

test("include and exclude hold at any depth without a slash, from the target with one", async (t) => {
  const folder = temporaryFolder(t, notes);
  assert.deepEqual((await find(folder, { include: ["*.{html,jsonl}"] })).names, ["sub/c.html", "sub/deep/d.jsonl"]);
  assert.deepEqual((await find(folder, { include: ["sub/*"] })).names, ["sub/c.html"]);
  assert.deepEqual((await find(folder, { exclude: ["deep", "*.md"] })).names, ["LICENSE", "a.txt", "sub/c.html"]);
  assert.deepEqual((await find(folder, { exclude: ["sub/**"] })).names, ["LICENSE", "a.txt", "b.md"]);
});

test("a pattern that names an extension finds files of that kind, whatever they are", async (t) => {
  const folder = temporaryFolder(t, notes);
  assert.deepEqual((await find(folder, { include: ["*.ts"] })).names, ["sub/code.ts"]);
  assert.deepEqual((await find(`${folder}/**/*.{ts,png}`)).names, ["picture.png", "sub/code.ts"]);
});

test("a glob is relative to its part before the first wildcard", async (t) => {
  const folder = temporaryFolder(t, notes);
  assert.deepEqual((await find(`${folder}/sub/**`)).names, ["c.html", "deep/d.jsonl"]);
  assert.deepEqual((await find(`${folder}/*.md`)).names, ["b.md"]);
});

test("a file is found whatever its kind, also with signs of globs in its name", async (t) => {
  const folder = temporaryFolder(t, { "[id].weird": "x" });
  const { files } = await find(join(folder, "[id].weird"));
  assert.deepEqual(
    files.map(({ relativePath, sizeBytes }) => [relativePath, sizeBytes]),
    [["[id].weird", 1]],
  );
});

test("signs of globs in the name of the target folder are only signs", async (t) => {
  const folder = temporaryFolder(t, { "a [b] (c) {d,e} !/x.md": "x", "a b/y.md": "y" });
  assert.deepEqual((await find(join(folder, "a [b] (c) {d,e} !"))).names, ["x.md"]);
  assert.deepEqual((await find(join(folder, "a [b] (c) {d,e} !"), { exclude: ["x.md"] })).names, []);
});

test("a target that does not exist and a glob that matches nothing are errors", async (t) => {
  const folder = temporaryFolder(t, notes);
  for (const target of ["missing", "missing/*.md", "*.xyz", "a.txt/b"]) {
    await assert.rejects(find(join(folder, target)), { name: "LodestoneError", code: "PATH_NOT_FOUND" }, target);
  }
});

test("an empty folder has no files, which is no error", async (t) => {
  assert.deepEqual((await find(temporaryFolder(t))).names, []);
});

test("links are followed, but neither in circles nor to what is found anyway", async (t) => {
  const outside = temporaryFolder(t, { "o.md": "o", "more/p.md": "p" });
  const folder = temporaryFolder(t, { "a.md": "a", "sub/b.md": "b" });
  symlinkSync(folder, join(folder, "sub/up"));
  symlinkSync(join(folder, ".."), join(folder, "parent"));
  symlinkSync(join(folder, "sub"), join(folder, "twice"));
  symlinkSync(outside, join(folder, "outside"));
  symlinkSync(folder, join(outside, "back"));
  symlinkSync(join(outside, "o.md"), join(folder, "linked.md"));
  assert.deepEqual((await find(folder)).names, ["a.md", "linked.md", "outside/more/p.md", "outside/o.md", "sub/b.md"]);
});

test("links that lead nowhere are reported, hidden ones are not looked at", async (t) => {
  const folder = temporaryFolder(t, { "a.md": "a" });
  symlinkSync("nowhere", join(folder, "broken.md"));
  symlinkSync("circle.md", join(folder, "circle.md"));
  symlinkSync("nowhere", join(folder, ".#lock"));
  const { names, skips } = await find(folder);
  assert.deepEqual(names, ["a.md"]);
  assert.deepEqual(
    skips.map(({ path }) => path),
    [join(folder, "broken.md"), join(folder, "circle.md")],
  );
});

test("pipes and sockets are not files", async (t) => {
  const folder = temporaryFolder(t, { "a.md": "a" });
  execFileSync("mkfifo", [join(folder, "pipe.md")]);
  assert.deepEqual((await find(folder)).names, ["a.md"]);
});

test("documents that no reader takes are reported with the way out", async (t) => {
  const folder = temporaryFolder(t, { "paper.pdf": "%PDF", "a.md": "a", "photo.jpg": "x" });
  const { skips } = await find(folder);
  assert.deepEqual(
    skips.map(({ path, reason }) => [path, reason]),
    [[join(folder, "paper.pdf"), "PDF files are not read"]],
  );
});

test("a folder without permission is reported, the rest is found", async (t) => {
  const folder = temporaryFolder(t, { "a.md": "a", "closed/b.md": "b" });
  chmodSync(join(folder, "closed"), 0);
  chmodSync(folder, 0o755);
  const isRoot = process.getuid?.() === 0;
  // Root reads everything, so it steps down for the test.
  if (isRoot) process.seteuid?.(65534);
  const { names, skips } = await find(folder).finally(() => {
    if (isRoot) process.seteuid?.(0);
    chmodSync(join(folder, "closed"), 0o755);
  });
  assert.deepEqual(names, ["a.md"]);
  assert.deepEqual(
    skips.map(({ path, reason }) => [path, reason]),
    [[join(folder, "closed"), "permission denied (EACCES)"]],
  );
});

test("an aborted search ends with the reason", async (t) => {
  const folder = temporaryFolder(t, notes);
  const signal = AbortSignal.abort(new Error("enough"));
  await assert.rejects(find(folder, { signal }), /enough/);
});

test("a folder of ten thousand files is found in full and in order", async (t) => {
  const folder = temporaryFolder(t);
  const expected: string[] = [];
  for (let part = 0; part < 100; part++) {
    mkdirSync(join(folder, `d${part}`));
    for (let file = 0; file < 100; file++) expected.push(`d${part}/f${file}.md`);
  }
  execFileSync("xargs", ["touch"], { cwd: folder, input: expected.join("\n") });
  assert.deepEqual((await find(folder)).names, expected.sort());
});

test("within some paths only they and what lies below them are found, by the same rules", async (t) => {
  const folder = temporaryFolder(t, notes);
  const within = async (...paths: string[]) =>
    (await find(folder, { within: paths.map((path) => join(folder, path)) })).names;
  assert.deepEqual(await within("b.md"), ["b.md"]);
  assert.deepEqual(await within("sub"), ["sub/c.html", "sub/deep/d.jsonl"]);
  assert.deepEqual(await within("sub/deep", "a.txt", "not/there.md"), ["a.txt", "sub/deep/d.jsonl"]);
  assert.deepEqual(await within(".hidden/e.md", ".dot.md", "node_modules/x/readme.md", "picture.png"), []);
  assert.deepEqual(await within("."), (await find(folder)).names);
  assert.deepEqual(await within("../elsewhere"), []);
  assert.deepEqual((await find(folder, { within: [join(folder, "sub")], exclude: ["deep"] })).names, ["sub/c.html"]);
});

test("whatever the paths within which files are looked for, they are those of the whole search that lie there", async (t) => {
  const folder = temporaryFolder(t, notes);
  const all = (await find(folder)).files.map(({ path }) => path);
  const path = fc.constantFrom(...Object.keys(notes), "sub", "sub/deep", ".", "gone", ".hidden");
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(path, { maxLength: 4 }), async (paths) => {
      const within = paths.map((name) => join(folder, name));
      const { files } = await find(folder, { within });
      assert.deepEqual(
        files.map((file) => file.path),
        all.filter((file) => within.some((part) => file === part || file.startsWith(`${part}/`))),
      );
    }),
  );
});

test("every folder is visited that files are looked for in, itself first", async (t) => {
  const folder = temporaryFolder(t, notes);
  const visited: string[] = [];
  await visitFolders(folder, { onFolder: (path) => visited.push(path.slice(folder.length)) });
  assert.deepEqual(visited.sort(), ["", "/sub", "/sub/deep"]);
  visited.length = 0;
  await visitFolders(folder, { within: [join(folder, "sub/deep")], onFolder: (path) => visited.push(path) });
  assert.deepEqual(visited.sort(), [folder, join(folder, "sub"), join(folder, "sub/deep")]);
});
