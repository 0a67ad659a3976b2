import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../src/package-root.js";

// Which rooms a room may use. Arrows point one way: faces -> engine -> retrieval, ingest -> store, encoders, vectors ->
// documents, filters. Files directly in src/ (errors, the package's place) are open to all.
const mayUse: Record<string, readonly string[]> = {
  threads: [],
  input: [],
  files: [],
  documents: ["input"],
  readers: ["documents"],
  filters: ["input"],
  evaluation: ["input"],
  lexical: [],
  quality: [],
  report: [],
  monitoring: [
    "input",
    "threads",
    "documents",
    "encoders",
    "evaluation",
    "ingest",
    "quality",
    "retrieval",
    "store",
    "vectors",
  ],
  vectors: ["files", "threads"],
  encoders: ["files", "input", "threads"],
  store: ["threads", "files", "documents", "filters", "lexical"],
  ingest: ["threads", "documents", "readers", "encoders", "store", "lifecycle", "quality"],
  lifecycle: ["files", "input", "threads", "documents", "filters", "encoders", "store", "vectors"],
  retrieval: ["input", "documents", "filters", "encoders", "lexical", "store", "vectors"],
  engine: [
    "input",
    "documents",
    "filters",
    "encoders",
    "evaluation",
    "ingest",
    "lexical",
    "lifecycle",
    "monitoring",
    "retrieval",
    "store",
    "vectors",
  ],
  http: ["input", "documents", "engine", "filters", "ingest", "retrieval", "store"],
  cli: [
    "input",
    "documents",
    "encoders",
    "engine",
    "evaluation",
    "filters",
    "http",
    "ingest",
    "readers",
    "report",
    "retrieval",
    "store",
  ],
  web: [],
};

const src = join(packageRoot, "src");
const IMPORT = /(?:from|import|import\()\s*"(\.[^"]+)"/g;

function sourceFiles(): string[] {
  return readdirSync(src, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file) && !file.endsWith(".d.ts"))
    .map((file) => join(src, file));
}

function roomOf(file: string): string | undefined {
  const parts = relative(src, file).split(sep);
  return parts.length > 1 ? parts[0] : undefined;
}

function importsBetweenRooms(): { file: string; room: string; target: string; targetRoom: string }[] {
  return sourceFiles().flatMap((file) => {
    const room = roomOf(file);
    if (room === undefined) return [];
    return Array.from(readFileSync(file, "utf8").matchAll(IMPORT), ([, specifier]) =>
      resolve(dirname(file), specifier!),
    ).flatMap((target) => {
      const targetRoom = roomOf(target);
      return targetRoom === undefined || targetRoom === room ? [] : [{ file, room, target, targetRoom }];
    });
  });
}

test("every room is in the table of arrows", () => {
  const rooms = readdirSync(src, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  assert.deepEqual(rooms.map(({ name }) => name).sort(), Object.keys(mayUse).sort());
});

test("no room uses one that it may not use", () => {
  const wrong = importsBetweenRooms()
    .filter(({ room, targetRoom }) => !mayUse[room]?.includes(targetRoom))
    .map(({ file, targetRoom }) => `${relative(src, file)} -> ${targetRoom}`);
  assert.deepEqual(wrong, []);
});

test("a room with an index is entered through it", () => {
  const past = importsBetweenRooms()
    .filter(
      ({ target, targetRoom }) =>
        existsSync(join(src, targetRoom, "index.ts")) && target !== join(src, targetRoom, "index.js"),
    )
    .map(({ file, target }) => `${relative(src, file)} -> ${relative(src, target)}`);
  assert.deepEqual(past, []);
});

test("the arrows have no cycle", () => {
  const done = new Set<string>();
  const visit = (room: string, way: readonly string[]) => {
    assert.ok(!way.includes(room), `cycle: ${[...way, room].join(" -> ")}`);
    if (done.has(room)) return;
    for (const next of mayUse[room]!) visit(next, [...way, room]);
    done.add(room);
  };
  for (const room of Object.keys(mayUse)) visit(room, []);
});

test("hnswlib-node and onnxruntime-node are each entered through one file", () => {
  const users = (name: string) =>
    sourceFiles()
      .filter((file) => readFileSync(file, "utf8").includes(`"${name}"`))
      .map((file) => relative(src, file).split(sep).join("/"));
  assert.deepEqual(users("hnswlib-node"), ["vectors/graph.ts"]);
  assert.deepEqual(users("onnxruntime-node"), ["encoders/onnx-session.ts"]);
});
