// What embedding has cost: tokens and CPU time by day, tenant and model, what the cache saved, and what the same tokens would
// have cost at hosted APIs. An accumulator in memory; its entries are JSON, to be stored by day and put back.

import { defaultListPrices, type ListPrice } from "./list-prices.js";

export type CostKey = {
  /** UTC, YYYY-MM-DD. */
  day: string;
  tenant: string;
  /** Version of the model. */
  model: string;
};

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
  add({ tenant, model }: Omit<CostKey, "day">, counts: Partial<CostCounts>, nowMs: number): void {
    this.absorb({ day: new Date(nowMs).toISOString().slice(0, 10), tenant, model, ...noCounts(), ...counts });
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

/** Sums entries by one part of their key; hosted prices are for the total. */
export function costReport(
  entries: readonly CostEntry[],
  by: keyof CostKey,
  prices: readonly ListPrice[] = defaultListPrices,
): CostReport {
  const groups = new Map<string, CostCounts>();
  const total = noCounts();
  for (const entry of entries) {
    const group = groups.get(entry[by]) ?? noCounts();
    for (const name of countNames) {
      group[name] += entry[name];
      total[name] += entry[name];
    }
    groups.set(entry[by], group);
  }
  const usd = (tokens: number, price: ListPrice) => (tokens / 1e6) * price.usdPerMillionTokens;
  return {
    groups: Array.from(groups, ([name, counts]) => ({ name, ...withSeconds(counts) })).sort((a, b) =>
      compare(a.name, b.name),
    ),
    total: withSeconds(total),
    hosted: prices.map((price) => ({
      ...price,
      usd: usd(total.tokens, price),
      savedUsd: usd(total.savedTokens, price),
    })),
  };
}

// A saved token would have cost what one that was read did cost.
function withSeconds(counts: CostCounts): CostCounts & { cpuSeconds: number; savedCpuSeconds: number } {
  const { tokens, cpuMs, savedTokens } = counts;
  return {
    ...counts,
    cpuSeconds: cpuMs / 1000,
    savedCpuSeconds: tokens > 0 ? (cpuMs / tokens / 1000) * savedTokens : 0,
  };
}

function noCounts(): CostCounts {
  return { texts: 0, tokens: 0, cpuMs: 0, savedTexts: 0, savedTokens: 0 };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
