// The flags of the vector bench.

import { parseArgs } from "node:util";
import { nearestName } from "../../src/input/nearest-name.js";
import { peerNames, type SystemName } from "./systems/registry.js";

export const help = `Measures the vector index beside others, on the same vectors in the same run.

  node dist/bench/vectors.js                                   10,000 and 100,000 real passages (npm run bench)
  node dist/bench/vectors.js --full                            also wider vectors and 1,000,000 rows (npm run bench:full)
  node dist/bench/vectors.js --rows 20000 --peers hnswlib      one size, one rival
  node dist/bench/vectors.js --rows 50000 --dimensions 768     synthetic vectors
  node dist/bench/vectors.js --from .bench/vectors.json        tables and report anew from figures that are there

Peers are installed apart from the product: npm ci --prefix bench/peers. Those that are missing are skipped.

  --full            the scenarios of npm run bench:full
  --quick           2,000 synthetic rows and no peers: shows that everything works, in seconds
  --rows N          rows of one scenario
  --dimensions N    synthetic vectors of this width instead of real ones
  --queries N       queries; half of them choose settings, the other half is reported. Default 500
  --peers A,B       ${peerNames.join(", ")} or none. Default: all
  --out PATH        writes PATH.json, PATH.md and PATH.html. Default .bench/vectors
  --from A,B        measures nothing: reads the figures of earlier runs, one after the other
`;

export type BenchOptions = {
  preset: "default" | "full" | "quick";
  rows?: number;
  dimensions?: number;
  queries: number;
  peers: readonly SystemName[];
  out: string;
  /** Files of figures. */
  from?: string[];
};

/** A wrong flag or value; the message says what is right. */
export class UsageError extends Error {}

const flags = {
  full: { type: "boolean" },
  quick: { type: "boolean" },
  rows: { type: "string" },
  dimensions: { type: "string" },
  queries: { type: "string" },
  peers: { type: "string" },
  out: { type: "string" },
  from: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

/** Undefined where help is asked for. */
export function parseCommandLine(words: readonly string[]): BenchOptions | undefined {
  const values = parse(words);
  if (values.help) return undefined;
  if (values.full && values.quick) throw new UsageError("--full and --quick exclude each other.");
  const preset = values.full ? "full" : values.quick ? "quick" : "default";
  const rows = count("rows", values.rows, 100);
  const dimensions = count("dimensions", values.dimensions, 8);
  const options: BenchOptions = {
    preset,
    queries: count("queries", values.queries, 20) ?? 500,
    peers: peersOf(values.peers ?? (preset === "quick" ? "none" : peerNames.join(","))),
    out: values.out ?? `.bench/vectors${preset === "default" ? "" : `-${preset}`}`,
  };
  if (rows !== undefined) options.rows = rows;
  if (dimensions !== undefined) options.dimensions = dimensions;
  if (values.from !== undefined) options.from = values.from.split(",");
  return options;
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options: flags }).values;
  } catch (error) {
    const { message } = error as Error;
    const wrong = /'--([^'\s]+)/.exec(message)?.[1] ?? "";
    const near = nearestName(wrong, Object.keys(flags));
    throw new UsageError(near && near !== wrong ? `There is no --${wrong}. Did you mean --${near}?` : message);
  }
}

function count(name: string, value: string | undefined, least: number): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (Number.isSafeInteger(number) && number >= least) return number;
  throw new UsageError(`--${name} is a whole number of at least ${least}, not "${value}".`);
}

function peersOf(list: string): SystemName[] {
  if (list === "none") return [];
  return list.split(",").map((name) => {
    const known = peerNames.find((peer) => peer === name.trim());
    if (known) return known;
    const near = nearestName(name.trim(), peerNames);
    throw new UsageError(
      `There is no peer "${name.trim()}"; there are ${peerNames.join(", ")}.${near ? ` Did you mean ${near}?` : ""}`,
    );
  });
}
