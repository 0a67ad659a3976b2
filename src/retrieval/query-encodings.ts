// Encodings of queries that are under way: the same query is encoded once, however often it is asked meanwhile, and where a model
// is slower than the questions come, what nobody waits for any more does not pile up before it.

import { withinLimit } from "./time-limit.js";

export type QueryEncodings<T> = {
  /** Rejects with a TimeoutError past `limitMs`, the encoding then goes on if few others do. */
  within(query: string, limitMs: number): Promise<T>;
};

/** Encodings that go on though they are late, so that a query that is asked again has its answer. */
const MOST_LATE = 4;

type Encoding<T> = { result: Promise<T>; controller: AbortController; waiting: number };

export function queryEncodings<T>(encode: (query: string, signal: AbortSignal) => Promise<T>): QueryEncodings<T> {
  const underWay = new Map<string, Encoding<T>>();
  const start = (query: string): Encoding<T> => {
    const controller = new AbortController();
    const result = encode(query, controller.signal);
    const encoding = { result, controller, waiting: 0 };
    underWay.set(query, encoding);
    const end = () => {
      if (underWay.get(query) === encoding) underWay.delete(query);
    };
    result.then(end, end);
    return encoding;
  };
  const leave = (query: string, encoding: Encoding<T>) => {
    encoding.waiting--;
    if (encoding.waiting > 0 || underWay.get(query) !== encoding) return;
    const late = Array.from(underWay.values()).filter(({ waiting }) => waiting === 0).length;
    if (late <= MOST_LATE) return;
    // Asked again from here on, it is begun anew.
    underWay.delete(query);
    encoding.controller.abort();
  };
  return {
    async within(query, limitMs) {
      const encoding = underWay.get(query) ?? start(query);
      encoding.waiting++;
      try {
        return await withinLimit(encoding.result, limitMs);
      } finally {
        leave(query, encoding);
      }
    },
  };
}
