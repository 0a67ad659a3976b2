// Orama's vector search: every document is scored, those above a similarity are sorted. That similarity is its parameter.

import { setImmediate } from "node:timers/promises";
import { partLimit, partOf } from "../row-sets.js";
import { loadPeer, versionOf } from "./peer-packages.js";
import { type BenchSystem, curve, type SystemPlace } from "./system.js";

type Database = object;
type Where = { part: { lt: number } };
type Orama = {
  create(options: { schema: Record<string, string> }): Database;
  insert(database: Database, document: object): unknown;
  remove(database: Database, id: string): unknown;
  search(
    database: Database,
    request: {
      mode: "vector";
      vector: { value: number[]; property: string };
      similarity: number;
      limit: number;
      where?: Where;
    },
  ): { hits: { id: string }[] } | Promise<{ hits: { id: string }[] }>;
};

const rowsPerSlice = 1024;

export async function openSystem({ dimensions, rows }: SystemPlace): Promise<BenchSystem<number[], Where>> {
  const orama = loadPeer<Orama>("@orama/orama");
  const database = orama.create({ schema: { part: "number", vector: `vector[${dimensions}]` } });
  return {
    version: versionOf("@orama/orama"),
    settings: curve("Orama", "similarity", [0.6, 0.4, 0.2, -1]),
    isAsynchronous: false,
    filters: "condition on a field",
    async build({ slices, onProgress }) {
      for await (const { first, count, vectors } of slices(rowsPerSlice)) {
        for (let i = 0; i < count; i++) {
          const row = first + i;
          const vector = Array.from(vectors.subarray(i * dimensions, (i + 1) * dimensions));
          await orama.insert(database, { id: String(row), part: partOf(row), vector });
        }
        onProgress(first + count, rows);
        await setImmediate();
      }
      return {};
    },
    prepare: (query) => Array.from(query),
    filterOf: (share) => ({ part: { lt: partLimit(share) } }),
    async search(value, k, { parameters }, where) {
      const { hits } = await orama.search(database, {
        mode: "vector",
        vector: { value, property: "vector" },
        similarity: parameters.similarity!,
        limit: k,
        ...(where ? { where } : {}),
      });
      return { rows: hits.map(({ id }) => Number(id)) };
    },
    async structure() {
      return { memoryBytes: rows * dimensions * 4, note: "float vectors alone; documents and keys come on top" };
    },
    async remove(removed) {
      for (const row of removed) await orama.remove(database, String(row));
    },
    close: async () => undefined,
  };
}
