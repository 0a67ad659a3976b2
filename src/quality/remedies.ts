// The commands that mend what is found. One table, so that a verb that changes its name is corrected in one place.

export type Remedy = {
  /** A command line; what stands in angle brackets is to be filled in. */
  command: string;
  /** What it does about the fault. */
  effect: string;
};

export const remedies = {
  diagnose: { command: "lodestone diagnose", effect: "names the most likely cause" },
  verifyModel: { command: "lodestone models verify", effect: "compares the model's files with their hashes" },
  inspectBatch: { command: "lodestone jobs list", effect: "shows what came in last" },
  reindexAll: {
    command: "lodestone index --force <folder>",
    effect: "reads, chunks and embeds everything again with the model and the pipeline in use",
  },
  reindexBatch: {
    command: "lodestone index --force <the batch's files>",
    effect: "reads and embeds the batch again, once its texts are as they should be",
  },
  refresh: { command: "lodestone index <folder>", effect: "embeds what has changed since it was indexed" },
  migrate: {
    command: "lodestone migrate start --model <model>",
    effect: "builds a complete index with one model beside the present one and then takes its place",
  },
  shorterChunks: {
    command: "lodestone migrate start --max-tokens <the model's maximum>",
    effect: "cuts chunks that the model reads to their end",
  },
  clearCache: { command: "lodestone cache clear", effect: "throws remembered embeddings away; they are computed anew" },
  ownLibrary: {
    command: "lodestone index --library <another folder> <the batch's files>",
    effect: "keeps documents of another kind in a library of their own",
  },
  importModel: {
    command: "lodestone models import <folder>",
    effect: "writes the manifest anew, with the prefixes that the model states",
  },
  addDocuments: {
    command: "lodestone index <folder with what is asked for>",
    effect: "adds documents about what people ask",
  },
  higherRecall: {
    command: "lodestone serve --vector-format float32",
    effect: "keeps vectors whole in memory, with all their dimensions, so that what is nearest is found",
  },
  status: { command: "lodestone status", effect: "shows what the library holds and how it is searched" },
} as const satisfies Record<string, Remedy>;
