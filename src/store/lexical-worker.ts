// The thread that searches by words: an index of one generation in memory, which follows the library by a connection of its
// own. New rows are taken in slices, so that nobody waits long for his turn; a search waits until all that was committed
// before it is in, and misses nothing that was acknowledged.

import { workerData } from "node:worker_threads";
import { LodestoneError } from "../errors.js";
import { Analyser } from "../lexical/index.js";
import type { CallContext } from "../threads/protocol.js";
import { serve } from "../threads/serve.js";
import { guarded, openForReading } from "./connection.js";
import { LexicalKeeper } from "./lexical-keeper.js";
import { openLexicalRows } from "./lexical-rows.js";
import type { LexicalAnswer, LexicalRequest, TermFrequencies } from "./live-lexical.js";

export type LexicalWorkerOptions = {
  library: string;
  generation: number;
  /** Index folder of the generation, and what names it. */
  directory: string;
  identity: string;
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

const { library, generation, directory, identity, readOnly, saveFromRows } = workerData as LexicalWorkerOptions;

await serve<LexicalVerbs>(async () => {
  const db = openForReading(library);
  let told: string[] = [];
  let tell: (notice: string) => void = (notice) => void told.push(notice);
  let ended: () => void = () => undefined;
  const keeper = guarded(
    library,
    () =>
      new LexicalKeeper({
        rows: openLexicalRows(db, generation),
        analyser: new Analyser(),
        place: { directory, identity },
        readOnly,
        saveFromRows,
        onNotice: (notice) => tell(notice),
      }),
  );
  const following = async <T>(work: () => Promise<T>): Promise<T> => {
    const { nextRow, liveRows } = keeper.live;
    const result = await work();
    if (keeper.live.nextRow !== nextRow || keeper.live.liveRows !== liveRows) keeper.changed();
    return result;
  };
  // Searches that come while it is opened find it at work.
  void following(() => keeper.live.follow()).catch(() => undefined);
  return {
    verbs: {
      search: (request) => following(() => keeper.live.search(request)),
      suggest: ({ prefix, limit, scope }) => following(() => keeper.live.suggest(prefix, limit, scope)),
      frequencies: ({ terms }) => following(() => keeper.live.frequencies(terms)),
      follow: () => following(() => keeper.live.follow()),
      forgetGone: (_, { signal, progress }) =>
        keeper.forgetGone((done, total) => {
          if (signal.aborted) throw new LodestoneError("ABORTED", "The vacuum was stopped.");
          progress([done, total]);
        }),
      notices(_, { progress }) {
        tell = progress;
        told.forEach(progress);
        told = [];
        return new Promise((resolve) => {
          ended = resolve;
        });
      },
      status() {
        const { liveRows, segments } = keeper.live;
        return {
          rows: liveRows,
          segments: segments.length,
          bytes: segments.reduce((sum, { bytes }) => sum + bytes, 0),
        };
      },
    },
    async close() {
      await keeper.close();
      ended();
      db.close();
    },
  };
});
