// What embedding has cost: tokens and CPU time by day, tenant and model, what the cache saved, and what the same tokens would
// have cost at hosted APIs. An accumulator in memory; its entries are JSON, to be stored by day and put back.

import { defaultListPrices, type ListPrice } from "./list-prices.js";

export type CostKey = {
  /** UTC, YYYY-MM-DD. */
  day: string;
  tenant: string;
  /** Version of the model; that of a sparse encoder is marked as one. */
  model: string;
};

/** `isSparse`: the model gives weighted terms, no vectors. */
export type CostOf = Omit<CostKey, "day"> & { isSparse?: boolean };

// Stands behind the version of a sparse encoder: hosted prices are for vectors, and leave its tokens out.
const SPARSE_MARK = " (sparse)";

export type CostCounts = {
  /** Texts and tokens that the model read, and the CPU time that took. */
  texts: number;
  tokens: number;
  cpuMs: number;
  /** Texts and tokens that it did not have to read, because their vectors were remembered. */
  savedTexts: number;
  savedTokens: number;
};

export type CostEntry = CostKey & CostCounts;

const countNames = ["texts", "tokens", "cpuMs", "savedTexts", "savedTokens"] as const;

export class CostLedger {
  readonly #entries = new Map<string, CostEntry>();

  /** Adds to the entry of the day at `nowMs`. Counts that are left out are 0. */
  add({ tenant, model, isSparse = false }: CostOf, counts: Partial<CostCounts>, nowMs: number): void {
    const day = new Date(nowMs).toISOString().slice(0, 10);
    this.absorb({ day, tenant, model: isSparse ? model + SPARSE_MARK : model, ...noCounts(), ...counts });
  }

  /** Adds a stored entry, or that of another process. */
  absorb(entry: CostEntry): void {
    const { day, tenant, model } = entry;
    const key = JSON.stringify([day, tenant, model]);
    const held = this.#entries.get(key) ?? { day, tenant, model, ...noCounts() };
    for (const name of countNames) held[name] += entry[name];
    this.#entries.set(key, held);
  }

  /** All entries, by day, tenant and model. */
  entries(): CostEntry[] {
    return Array.from(this.#entries.values(), (entry) => ({ ...entry })).sort(
      (a, b) => compare(a.day, b.day) || compare(a.tenant, b.tenant) || compare(a.model, b.model),
    );
  }

  /** What was added since the last call, and forgets it: what to add to the stored entries. */
  drain(): CostEntry[] {
    const entries = this.entries();
    this.#entries.clear();
    return entries;
  }
}

export type HostedCost = ListPrice & {
  /** For the tokens that were read, and for those that the cache spared, which a hosted API without a cache charges too. */
  usd: number;
  savedUsd: number;
};

export type CostReport = {
  /** One line a value of what is grouped by. */
  groups: ({ name: string } & CostCounts & { cpuSeconds: number; savedCpuSeconds: number })[];
  total: CostCounts & { cpuSeconds: number; savedCpuSeconds: number };
  hosted: HostedCost[];
};

/** Sums entries by one part of their key; hosted prices are for the vectors of the total. */
export function costReport(
  entries: readonly CostEntry[],
  by: keyof CostKey,
  prices: readonly ListPrice[] = defaultListPrices,
): CostReport {
  const names = [...new Set(entries.map((entry) => entry[by]))].sort(compare);
  const vectors = sumOf(entries.filter(({ model }) => !model.endsWith(SPARSE_MARK)));
  const usd = (tokens: number, price: ListPrice) => (tokens / 1e6) * price.usdPerMillionTokens;
  return {
    groups: names.map((name) => ({ name, ...sumOf(entries.filter((entry) => entry[by] === name)) })),
    total: sumOf(entries),
    hosted: prices.map((price) => ({
      ...price,
      usd: usd(vectors.tokens, price),
      savedUsd: usd(vectors.savedTokens, price),
    })),
  };
}

function sumOf(entries: readonly CostEntry[]): CostCounts & { cpuSeconds: number; savedCpuSeconds: number } {
  const sum = noCounts();
  const ofModel = new Map<string, CostCounts>();
  for (const entry of entries) {
    const counts = ofModel.get(entry.model) ?? noCounts();
    for (const name of countNames) {
      sum[name] += entry[name];
      counts[name] += entry[name];
    }
    ofModel.set(entry.model, counts);
  }
  // A saved token would have cost what one that the same model read did cost.
  let savedCpuMs = 0;
  for (const { tokens, cpuMs, savedTokens } of ofModel.values()) {
    if (tokens > 0) savedCpuMs += (cpuMs / tokens) * savedTokens;
  }
  return { ...sum, cpuSeconds: sum.cpuMs / 1000, savedCpuSeconds: savedCpuMs / 1000 };
}

function noCounts(): CostCounts {
  return { texts: 0, tokens: 0, cpuMs: 0, savedTexts: 0, savedTokens: 0 };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
