// The embedding cache: what a model once made of a text, under SHA-256(tenant, model version, kind, text). Recently seen
// ones lie in memory, all of them in cache.sqlite. A hit is the very vector that was computed, bit for bit.

import { hash } from "node:crypto";
import { LRUCache } from "lru-cache";
import { messageOf } from "../errors.js";
import { startWorker, type WorkerClient } from "../threads/worker-client.js";
import { type CacheTotals, tagOf } from "./cache-file.js";
import { type CacheEntry, openCacheLookup } from "./cache-lookup.js";
import type { CacheVerbs, CacheWorkerData, Told } from "./cache-worker.js";

/** What a text is embedded for. Vectors of two spaces are never mixed up: the key tells them apart. */
export type EmbeddingSpace = { tenant: string; modelVersion: string; kind: "passage" | "query" };

export type EmbeddingCacheOptions = {
  /** Of the vectors that are kept in memory as well. */
  memoryBytes: number;
  /** Of the file. */
  diskBytes: number;
  ttlMs: number;
  now(): number;
  onNotice(notice: string): void;
};

/** A text's embedding, as the encoder gave it. */
export type NewEmbedding = { key: string; vector: Float32Array; tokens: number; costMs: number };

export type EmbeddingCache = {
  /** The keys of texts in a space. */
  keysOf(space: EmbeddingSpace, texts: readonly string[]): string[];
  /** What is known for each key, in the order of the keys. Counts hits and misses. */
  find(keys: readonly string[]): (CacheEntry | undefined)[];
  /**
   * Keeps embeddings of one width. A vector may be a part of a larger buffer that nobody writes to any more. They reach the
   * disk soon; nobody waits for it.
   */
  keep(space: EmbeddingSpace, embeddings: readonly NewEmbedding[]): void;
  /** Forgets what belongs to a tenant, or everything; resolves with how many entries were on disk. */
  drop(tenant?: string): Promise<number>;
  /** What `retain` knows keys by. */
  tagsOf(keys: readonly string[]): number[];
  /** Forgets everything but the entries of keys with these tags; resolves with how many entries were not wanted. */
  retain(tags: Float64Array, signal: AbortSignal): Promise<number>;
  /** Resolves when all that was kept is on disk, or has failed to get there. */
  settled(): Promise<void>;
  close(): Promise<void>;
};

// A key's characters, the entry's object and the LRU's own books.
const ENTRY_BYTES = 400;
// Where the disk is slower than the model, what it has no time for is left out instead of being piled up.
const MOST_PENDING_BYTES = 64 * 1024 * 1024;

const noTotals = (): CacheTotals => ({
  memoryHits: 0,
  diskHits: 0,
  misses: 0,
  savedBytes: 0,
  savedTokens: 0,
  savedMs: 0,
});

/** The keys under which embeddings of texts in a space are remembered. */
export function cacheKeysOf({ tenant, modelVersion, kind }: EmbeddingSpace, texts: readonly string[]): string[] {
  const prefix = `${tenant}\0${modelVersion}\0${kind}\0`;
  return texts.map((text) => hash("sha256", prefix + text, "hex"));
}

export function openEmbeddingCache(library: string, options: EmbeddingCacheOptions): EmbeddingCache {
  const { memoryBytes, diskBytes, ttlMs, now, onNotice } = options;
  const memory = new LRUCache<string, CacheEntry>({
    maxSize: Math.max(1, memoryBytes),
    sizeCalculation: ({ vector }) => vector.byteLength + ENTRY_BYTES,
  });
  // After a notice the file may be another one.
  const file = new CacheFileClient({ library, maxBytes: diskBytes, ttlMs }, (notice) => {
    lookup.close();
    onNotice(notice);
  });
  let isRenewing = false;
  const lookup = openCacheLookup(library, {
    ttlMs,
    onDamage(reason) {
      isRenewing = true;
      void file.call("renew", { reason, nowMs: now() }, undefined).then(() => {
        isRenewing = false;
      });
    },
  });
  let totals = noTotals();
  let used: number[] = [];
  const takeNotes = () => {
    const notes = { totals, used };
    totals = noTotals();
    used = [];
    return notes;
  };

  const recall = (key: string): CacheEntry | undefined => {
    const entry = memory.get(key);
    if (!entry) return undefined;
    if (entry.createdAtMs < now() - ttlMs) {
      memory.delete(key);
      return undefined;
    }
    // An entry that outlives its batch must not hold the batch's whole buffer.
    if (entry.vector.byteLength < entry.vector.buffer.byteLength) {
      memory.set(key, { ...entry, vector: entry.vector.slice() });
    }
    return entry;
  };

  return {
    keysOf: cacheKeysOf,

    find(keys) {
      const found = keys.map(recall);
      const absent = keys.flatMap((_, i) => (found[i] === undefined ? [i] : []));
      if (!isRenewing) {
        const onDisk = lookup.find(
          absent.map((i) => keys[i]!),
          now(),
        );
        onDisk.found.forEach((entry, i) => {
          if (entry === undefined) return;
          found[absent[i]!] = entry;
          memory.set(keys[absent[i]!]!, entry);
          totals.diskHits++;
        });
        used.push(...onDisk.used);
      }
      totals.memoryHits += keys.length - absent.length;
      for (const entry of found) {
        if (entry === undefined) {
          totals.misses++;
          continue;
        }
        totals.savedBytes += entry.vector.byteLength;
        totals.savedTokens += entry.tokens;
        totals.savedMs += entry.costMs;
      }
      return found;
    },

    keep({ tenant }, embeddings) {
      if (embeddings.length === 0) return;
      const createdAtMs = now();
      for (const { key, ...embedding } of embeddings) memory.set(key, { ...embedding, createdAtMs, tenant });
      const width = embeddings[0]!.vector.length;
      const vectors = new Float32Array(embeddings.length * width);
      embeddings.forEach(({ vector }, i) => {
        vectors.set(vector, i * width);
      });
      const batch = {
        tenant,
        keys: embeddings.map(({ key }) => key),
        vectors,
        tokens: Uint32Array.from(embeddings, ({ tokens }) => tokens),
        costs: Float64Array.from(embeddings, ({ costMs }) => costMs),
      };
      if (file.pendingBytes + vectors.byteLength > MOST_PENDING_BYTES) return;
      void file.send("add", { batch, notes: takeNotes(), nowMs: createdAtMs }, vectors);
    },

    drop(tenant) {
      if (tenant === undefined) {
        memory.clear();
        lookup.close();
      } else for (const [key, entry] of memory.entries()) if (entry.tenant === tenant) memory.delete(key);
      return file.call("drop", { tenant, nowMs: now() }, 0).finally(lookup.close);
    },

    tagsOf: (keys) => keys.map(tagOf),

    async retain(tags, signal) {
      memory.clear();
      return file.call("sweep", { wanted: tags.slice().sort(), nowMs: now() }, 0, signal);
    },

    async settled() {
      if (totals.misses + totals.memoryHits + totals.diskHits > 0) {
        await file.call("note", { notes: takeNotes(), nowMs: now() }, undefined);
      }
      await file.settled();
    },

    async close() {
      await this.settled();
      memory.clear();
      lookup.close();
      await file.close();
    },
  };
}

/** The thread that writes, started when there is something to write. What fails there fails nobody here. */
class CacheFileClient {
  #starting: Promise<WorkerClient<CacheVerbs>> | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #hasFailed = false;
  pendingBytes = 0;

  constructor(
    readonly data: CacheWorkerData,
    readonly onNotice: (notice: string) => void,
  ) {}

  async send(verb: "add", argument: Parameters<CacheVerbs["add"]>[0], vectors: Float32Array): Promise<void> {
    const { byteLength } = vectors;
    this.pendingBytes += byteLength;
    await this.call(verb, argument, undefined, undefined, [vectors.buffer as ArrayBuffer]);
    this.pendingBytes -= byteLength;
  }

  /** Runs after what was called before. Rejects only where `signal` was aborted. */
  call<K extends keyof CacheVerbs, T>(
    verb: K,
    argument: Parameters<CacheVerbs[K]>[0],
    otherwise: T,
    signal?: AbortSignal,
    transfer: ArrayBuffer[] = [],
  ): Promise<T> {
    const answer = (async () => {
      try {
        const worker = await this.#worker();
        const { value, notices } = (await worker.call(verb, argument as never, { signal, transfer })) as Told<T>;
        notices.forEach(this.onNotice);
        return value;
      } catch (error) {
        if (signal?.aborted) throw error;
        if (!this.#hasFailed) this.onNotice(`The embedding cache is not written any more: ${messageOf(error)}`);
        this.#hasFailed = true;
        return otherwise;
      }
    })();
    this.#last = Promise.allSettled([this.#last, answer]);
    return answer;
  }

  async settled(): Promise<void> {
    await this.#last;
  }

  async close(): Promise<void> {
    await (await this.#starting?.catch(() => undefined))?.close();
  }

  #worker(): Promise<WorkerClient<CacheVerbs>> {
    this.#starting ??= startWorker<CacheVerbs>(new URL("./cache-worker.js", import.meta.url), this.data, "cache");
    return this.#starting;
  }
}
