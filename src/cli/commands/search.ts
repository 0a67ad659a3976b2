// lodestone search: a question in, ranked documents out. Opens the library for reading only, so that it works beside a
// process that writes.

import { type Command, Option } from "commander";
import type { SearchRequest, SearchResponse } from "../../retrieval/index.js";
import { describe, type Face } from "../face.js";
import { filterOf } from "../filter-option.js";
import { libraryFolder } from "../library-folder.js";
import { withEngine, withoutReranking } from "../open-library.js";
import { gathered, numberBetween, wholeNumber } from "../option-values.js";
import { oneLine } from "../render/printable.js";
import { renderNothingFound, renderSearch, summariseSearch } from "../render/search-results.js";

type Options = {
  limit: number;
  offset: number;
  filter?: string[];
  mode: NonNullable<SearchRequest["mode"]>;
  sparse: boolean;
  rerank: boolean;
  explain?: boolean;
  plan: "auto" | "exact" | "prefilter" | "ivf" | "graph";
  recall?: number;
  oversampling?: number;
  probes?: number;
  ef?: number;
  minScore?: number;
  collapseDuplicates?: boolean;
  typos: boolean;
  query?: string[];
  feedback?: "none" | "rocchio" | "rm3" | "both";
  diversity?: number;
  minConfidence?: number;
  facet?: string[];
  fusion?: "default" | "learned";
  synonyms?: string;
};

export function addSearchCommand(program: Command, face: Face): void {
  const command = program
    .command("search <query...>")
    .description("Search the library with words or a question.")
    .option("-n, --limit <n>", "documents to show", wholeNumber(1, 100), 10)
    .option("--offset <n>", "documents to leave out at the top", wholeNumber(0, 1000), 0)
    .option("-f, --filter <condition>", "only documents that meet it (may be repeated)", gathered)
    .addOption(
      new Option("--mode <mode>", "all lists together, or one: BM25, vectors, weighted terms of a sparse encoder")
        .choices(["hybrid", "lexical", "dense", "sparse"])
        .default("hybrid"),
    )
    .option("--no-sparse", "leave out the weighted terms of the library's sparse encoder")
    .option("--no-rerank", "leave out the cross-encoder: faster, a little less exact")
    .option("--no-typos", "leave words that no document has as they are, instead of reading them as similar ones")
    .option("--min-score <score>", "leave out documents with a lower score", numberBetween(0, 1))
    .option("--collapse-duplicates", "of documents with the same text, or nearly so, show only the best")
    .option("--query <text>", "the same question in other words, searched for as well (may be repeated)", gathered)
    .addOption(
      new Option(
        "--feedback <method>",
        "search a second time for what the best passages say (default: rocchio)",
      ).choices(["none", "rocchio", "rm3", "both"]),
    )
    .option("--diversity <share>", "prefer documents unlike those above them, 0 to 1", numberBetween(0, 1))
    .option(
      "--min-confidence <share>",
      "show nothing where the best passage is less sure to answer",
      numberBetween(0, 1),
    )
    .option("--facet <field>", "count the values of a field: type, folder, or metadata (may be repeated)", gathered)
    .addOption(
      new Option(
        "--fusion <weights>",
        "how the lists become one: as learned by tune, or as the model recommends",
      ).choices(["learned", "default"]),
    )
    .option("--synonyms <file>", "words to search for as well, in a file of Solr's format")
    .option("--explain", "show how each stage ranked each document")
    .addOption(
      new Option("--plan <plan>", "how vectors are searched")
        .choices(["auto", "exact", "prefilter", "ivf", "graph"])
        .default("auto"),
    )
    .option(
      "--recall <share>",
      "wanted share of the true nearest vectors in the dense list (default: 0.95)",
      numberBetween(0.9, 1),
    )
    .option("--oversampling <n>", "candidates of codes for each entry of the dense list", numberBetween(1, 1000))
    .option("--probes <n>", "lists of codes that plan ivf looks into", wholeNumber(1, 1_000_000))
    .option("--ef <n>", "candidates kept on a walk of the graph", wholeNumber(1, 10_000))
    .action((words: string[], options: Options) => run(words, options, face));
  describe(command, {
    examples: [
      'search "how do I rotate the keys"',
      'search backup restore --filter "folder=docs" --filter "year>=2020" --limit 5',
      'search timeout --filter "tags in http,retry" --explain',
      'search "reset a password" --query "forgotten login" --facet type --diversity 0.3',
      "search timeout --plan prefilter --oversampling 8 --explain",
    ],
    notes: [
      "A condition is field=value, field!=value, field>=value (also > < <=), field in a,b, or JSON as in the HTTP interface.\n" +
        "Fields: id, title, type, path, folder (with everything below it), modifiedAt, and the documents' own metadata.",
    ],
    json: "the answer of POST /v1/search: {query, hits: [{id, title, path, score, snippet, ...}], candidates, stages, ...}",
  });
}

async function run(words: string[], options: Options, { terminal, shared }: Face): Promise<void> {
  const { library, json } = shared();
  const { filter: conditions, minScore, recall, oversampling, probes, ef, rerank, limit, offset, mode, plan } = options;
  const filter = await filterOf(conditions);
  const request: SearchRequest = {
    query: words.join(" "),
    limit,
    offset,
    mode,
    plan,
    explain: options.explain ?? false,
    ...(options.sparse ? {} : { sparse: false }),
    ...(rerank ? {} : { rerank: false }),
    ...(filter === undefined ? {} : { filter }),
    ...(recall === undefined ? {} : { recall }),
    ...(oversampling === undefined ? {} : { oversampling }),
    ...(probes === undefined ? {} : { probes }),
    ...(ef === undefined ? {} : { ef }),
    ...(minScore === undefined ? {} : { minScore }),
    ...(options.typos ? {} : { typos: false }),
    ...(options.query === undefined ? {} : { queries: options.query }),
    ...feedbackOf(options.feedback),
    ...(options.diversity === undefined ? {} : { diversity: options.diversity }),
    ...(options.minConfidence === undefined ? {} : { minConfidence: options.minConfidence }),
    ...(options.facet === undefined ? {} : { facets: options.facet }),
    ...(options.fusion === undefined ? {} : { fusion: options.fusion }),
    ...(options.collapseDuplicates ? { collapseDuplicates: true } : {}),
  };
  const response = await withEngine(
    {
      library: libraryFolder(library),
      readOnly: true,
      ...(rerank ? {} : withoutReranking),
      ...(options.synonyms === undefined ? {} : { synonyms: { file: options.synonyms } }),
    },
    (engine) => engine.search(request),
  );
  for (const { stage, reason } of response.degraded) terminal.warn(`the ${stage} stage was cut short: ${reason}`);
  if (json) return terminal.printJson(response);
  for (const { word, read } of response.corrections ?? []) {
    terminal.note(`No document has "${oneLine(word)}"; it was read as ${read.map(oneLine).join(", ")}.`);
  }
  show(response, { filtered: filter !== undefined, minScore: minScore !== undefined }, terminal);
}

function feedbackOf(method: Options["feedback"]): Pick<SearchRequest, "feedback"> {
  if (method === undefined) return {};
  return { feedback: method === "none" ? false : { method } };
}

function show(
  response: SearchResponse,
  asked: { filtered: boolean; minScore: boolean },
  terminal: Face["terminal"],
): void {
  if (response.hits.length === 0) {
    terminal.stderr.write(`${renderNothingFound(response, asked)}\n`);
    return;
  }
  const { style, isTerminal, columns } = terminal.stdout;
  terminal.print(renderSearch(response, { style, columns: isTerminal ? columns : undefined }));
  terminal.note(`\n${summariseSearch(response)}`);
}
