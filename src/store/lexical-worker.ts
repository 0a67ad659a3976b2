// The thread that searches by words, and by the weighted terms of a sparse encoder: indexes of one generation in memory, which follow
// the library by a connection of their own. New rows are taken in slices, so that nobody waits long for his turn; a search waits until all that was committed
// before it is in, and misses nothing that was acknowledged.

import { workerData } from "node:worker_threads";
import { LodestoneError } from "../errors.js";
import { Analyser, type LexicalHits } from "../lexical/index.js";
import type { CallContext } from "../threads/protocol.js";
import { serve } from "../threads/serve.js";
import { guarded, openForReading } from "./connection.js";
import { LexicalKeeper } from "./lexical-keeper.js";
import { openLexicalRows } from "./lexical-rows.js";
import { type LexicalAnswer, type LexicalRequest, LiveLexical, type TermFrequencies } from "./live-lexical.js";
import { LiveSparse, type SparseKind, type SparseRequest } from "./live-sparse.js";
import { openSparseRows } from "./sparse-vectors.js";

export type LexicalWorkerOptions = {
  library: string;
  generation: number;
  /** Index folder of the generation, and what names it. */
  directory: string;
  identity: string;
  /** The generation's sparse encoder, where it has one. */
  sparse?: SparseKind | undefined;
  readOnly: boolean;
  saveFromRows?: number | undefined;
};

export type LexicalStatus = {
  /** Live rows that can be found. */
  rows: number;
  segments: number;
  /** Of the segments, in memory. */
  bytes: number;
};

export type LexicalVerbs = {
  search(request: LexicalRequest): Promise<LexicalAnswer>;
  /** By weighted terms; nothing without a sparse encoder. */
  searchSparse(request: SparseRequest): Promise<LexicalHits>;
  /** Words that begin with the prefix, the most frequent first; `scope` as in a search. */
  suggest(argument: { prefix: string; limit: number; scope?: Uint32Array | undefined }): Promise<string[]>;
  /** In how many of the live rows each term occurs. */
  frequencies(argument: { terms: string[] }): Promise<TermFrequencies>;
  /** Takes in what was committed. */
  follow(argument: null): Promise<void>;
  /** Sees to it that nothing of rows that went is left in memory and files. Progress values: [done, total] in rows. */
  forgetGone(argument: null, context: CallContext): Promise<void>;
  /** Ends never: progress values are notices. */
  notices(argument: null, context: CallContext): Promise<void>;
  status(argument: null): LexicalStatus;
};

type Kept = Pick<LexicalKeeper<LiveLexical | LiveSparse>, "live" | "changed">;

const { library, generation, directory, identity, sparse, readOnly, saveFromRows } = workerData as LexicalWorkerOptions;

await serve<LexicalVerbs>(async () => {
  const db = openForReading(library);
  let told: string[] = [];
  let tell: (notice: string) => void = (notice) => void told.push(notice);
  let ended: () => void = () => undefined;
  const rows = guarded(library, () => openLexicalRows(db, generation));
  const kept = { rows, readOnly, saveFromRows, onNotice: (notice: string) => tell(notice) };
  const analyser = new Analyser();
  const keeper = guarded(
    library,
    () =>
      new LexicalKeeper({
        ...kept,
        open: (saved) => new LiveLexical(rows, analyser, saved),
        place: { directory, identity, analyser: analyser.version },
      }),
  );
  const openSparse = (kind: SparseKind) => {
    const read = openSparseRows(db, generation);
    return new LexicalKeeper({
      ...kept,
      open: (saved) => new LiveSparse(rows, read, kind, saved),
      place: { directory, identity, analyser: kind.version, folder: "sparse" },
    });
  };
  const sparseKeeper = sparse && guarded(library, () => openSparse(sparse));
  const keepers = [keeper, ...(sparseKeeper ? [sparseKeeper] : [])];
  const following = async <T>(of: Kept, work: () => Promise<T>): Promise<T> => {
    const { nextRow, liveRows } = of.live;
    const result = await work();
    if (of.live.nextRow !== nextRow || of.live.liveRows !== liveRows) of.changed();
    return result;
  };
  const follow = () => Promise.all(keepers.map((each) => following(each, () => each.live.follow())));
  // Searches that come while it is opened find it at work.
  void follow().catch(() => undefined);
  return {
    verbs: {
      search: (request) => following(keeper, () => keeper.live.search(request)),
      async searchSparse(request) {
        if (!sparseKeeper) return { rows: new Uint32Array(0), scores: new Float32Array(0) };
        return following(sparseKeeper, () => sparseKeeper.live.search(request));
      },
      suggest: ({ prefix, limit, scope }) => following(keeper, () => keeper.live.suggest(prefix, limit, scope)),
      frequencies: ({ terms }) => following(keeper, () => keeper.live.frequencies(terms)),
      async follow() {
        await follow();
      },
      async forgetGone(_, { signal, progress }) {
        for (const each of keepers) {
          await each.forgetGone((done, total) => {
            if (signal.aborted) throw new LodestoneError("ABORTED", "The vacuum was stopped.");
            progress([done, total]);
          });
        }
      },
      notices(_, { progress }) {
        tell = progress;
        told.forEach(progress);
        told = [];
        return new Promise((resolve) => {
          ended = resolve;
        });
      },
      status() {
        const { liveRows } = keeper.live;
        const segments = keepers.flatMap(({ live }) => live.segments);
        return {
          rows: liveRows,
          segments: segments.length,
          bytes: segments.reduce((sum, { bytes }) => sum + bytes, 0),
        };
      },
    },
    async close() {
      for (const each of keepers) await each.close();
      ended();
      db.close();
    },
  };
});
