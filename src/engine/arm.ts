// One generation as searches use it: its rows in memory, codes, graph, lexical index, query encoder and a reading thread. There is one, or during a
// migration two. What differs between generations is in here and nowhere else.

import { LRUCache } from "lru-cache";
import {
  type BiEncoder,
  type BiEncoderModel,
  type CrossEncoder,
  openBiEncoder,
  openSparseEncoder,
  type SparseEncoder,
  type SparseEncoderModel,
} from "../encoders/index.js";
import { Analyser } from "../lexical/index.js";
import type { ConfidenceScales } from "../monitoring/index.js";
import {
  type EncodingModel,
  type LearnedRanking,
  openSearcher,
  type QueryCost,
  type RerankPace,
  type Searcher,
  type Synonyms,
} from "../retrieval/index.js";
import { type Generation, type LexicalIndex, type StoreReader, startLexical, startReader } from "../store/index.js";
import { CodeKeeper } from "./code-keeper.js";
import { FilterCache } from "./filter-cache.js";
import { GraphKeeper } from "./graph-keeper.js";
import { indexFolder, makeIndexFolder } from "./index-folder.js";
import { LiveIndex } from "./live-index.js";
import { Opened } from "./opened.js";
import type { CheckedEngineOptions } from "./options.js";
import { modelVersionsOf } from "./ranking.js";

/** Tenants that searched last: each one's query vectors are remembered apart. */
const REMEMBERED_SEARCHERS = 200;

/** Values that a search tells of each facet. */
const FACET_VALUES = 50;

export type Arm = {
  readonly generation: Generation;
  readonly reader: StoreReader;
  readonly encoder: BiEncoder;
  readonly sparseEncoder: SparseEncoder | undefined;
  readonly index: LiveIndex;
  readonly graph: GraphKeeper;
  readonly lexical: LexicalIndex;
  /** Searches what belongs to a tenant, or to nobody for ''. */
  searcherOf(tenant: string): Searcher;
  close(): Promise<void>;
};

export type ArmParts = {
  library: string;
  generation: Generation;
  /** They load while the rows do; whoever opened them closes them. */
  encoder: Promise<BiEncoder>;
  sparseEncoder: Promise<SparseEncoder | undefined>;
  /** The model of that encoder. */
  sparseModel: SparseEncoderModel | undefined;
  crossEncoder: Promise<CrossEncoder | undefined>;
  /** Of that encoder, whichever arm asks it. */
  rerankPace: RerankPace;
  synonyms: Synonyms;
  /** What was learned of ranking with a generation's models, as modelVersionsOf names them. */
  learned(models: string): LearnedRanking | undefined;
  options: CheckedEngineOptions;
  /** What confidence means. */
  scales: ConfidenceScales;
  onQueryCost(tenant: string, model: EncodingModel, cost: QueryCost): void;
};

/** What searches of every arm have in common. */
export type SearchingParts = Pick<ArmParts, "rerankPace" | "synonyms" | "learned" | "scales" | "onQueryCost">;

export async function openArm({
  library,
  generation,
  options,
  sparseModel,
  rerankPace,
  synonyms,
  learned,
  scales,
  onQueryCost,
  ...models
}: ArmParts): Promise<Arm> {
  const opened = new Opened();
  let lexicalOpening: Promise<LexicalIndex> | undefined;
  const { readOnly, onNotice = () => undefined } = options;
  const { onDisk, truncate, ...kept } = options.vectors;
  try {
    const reader = await opened.add(startReader(library, generation.id));
    const folder = indexFolder(library, generation);
    // Reads what it needs while the vectors are read here.
    const sparse = sparseModel && {
      version: sparseModel.version,
      largestWeight: sparseModel.manifest.largestWeight,
    };
    lexicalOpening = opened.add(
      startLexical({ library, generation: generation.id, ...folder, sparse, readOnly, onNotice }),
    );
    lexicalOpening.catch(() => undefined);
    if (onDisk && !readOnly) await makeIndexFolder(folder);
    const place = onDisk ? { onDisk: { ...folder, readOnly } } : {};
    // Fewer dimensions were asked for with the one model in mind; another one may not have them.
    const width = truncate !== undefined && truncate <= generation.dimensions ? { truncate } : {};
    const { dimensions } = generation;
    const index = await opened.add(LiveIndex.open(reader, { dimensions, ...kept, ...width, ...place, onNotice }));
    // Of rows the last may have died: what was given out before counts too.
    const sequence = () => Math.max(generation.nextRow, index.end);
    const codes = new CodeKeeper(index.vectors, { folder, sequence, readOnly, onNotice });
    await opened.add(Promise.resolve(codes));
    await codes.load();
    const graph = new GraphKeeper(index.vectors, {
      folder,
      modelVersion: generation.modelVersion,
      readOnly,
      // Vectors on disk have none.
      fromRows: onDisk ? 0 : options.graphFromChunks,
      onNotice,
    });
    await opened.add(Promise.resolve(graph));
    await graph.load();
    const lexical = await lexicalOpening;
    const [encoder, sparseEncoder, crossEncoder] = await Promise.all([
      models.encoder,
      models.sparseEncoder,
      models.crossEncoder,
    ]);
    const analyser = new Analyser();
    const filters = new FilterCache(reader, index);
    const searchers = new LRUCache<string, Searcher>({ max: REMEMBERED_SEARCHERS });
    const searcherOf = (tenant: string) => {
      const searcher =
        searchers.get(tenant) ??
        openSearcher({
          reader,
          lexical,
          analyser,
          vectors: () => index.vectorsOf(tenant),
          documentOf: (row) => index.documentOf(row),
          encoder,
          sparseEncoder,
          crossEncoder,
          generation,
          allowedRows: (filter) => filters.rows(tenant, filter),
          confidenceOf: (signals) => scales.confidenceOf(generation.id, signals),
          onQueryCost: (model, cost) => onQueryCost(tenant, model, cost),
          countValues: (fields, filter) => reader.call("values", { tenant, fields, filter, limit: FACET_VALUES }),
          synonyms,
          rerankPace,
          learned: () => learned(modelVersionsOf(generation)),
        });
      searchers.set(tenant, searcher);
      return searcher;
    };
    return {
      generation,
      reader,
      encoder,
      sparseEncoder,
      index,
      graph,
      lexical,
      searcherOf,
      close: () => opened.close(),
    };
  } catch (error) {
    await lexicalOpening?.catch(() => undefined);
    await opened.close();
    throw error;
  }
}

/** An arm with encoders of its own, for the other side of a migration. */
export async function openShadowArm(
  { model, ...parts }: Omit<ArmParts, "encoder" | "sparseEncoder" | "crossEncoder"> & { model: BiEncoderModel },
  crossEncoder: CrossEncoder | undefined,
): Promise<Arm> {
  const { sparseModel } = parts;
  const threads = parts.options.threads.query === undefined ? {} : { threads: parts.options.threads.query };
  const opened = new Opened();
  try {
    const encoder = await opened.add(openBiEncoder(model, threads));
    const sparseEncoder = sparseModel && (await opened.add(openSparseEncoder(sparseModel, threads)));
    const arm = await opened.add(
      openArm({
        ...parts,
        encoder: Promise.resolve(encoder),
        sparseEncoder: Promise.resolve(sparseEncoder),
        crossEncoder: Promise.resolve(crossEncoder),
      }),
    );
    return { ...arm, close: () => opened.close() };
  } catch (error) {
    await opened.close();
    throw error;
  }
}
