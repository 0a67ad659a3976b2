// A judged set from what people clicked. A click on rank 1 says little by itself: people click what stands on top. What
// says something is which of the results that were surely looked at were clicked, and which were skipped.
//
// The dependent click model, simplified (Guo, Liu & Wang, WSDM 2009): a person reads from the top, so everything down to the
// last click was looked at, and nothing is known of what stands below it. Hence
//
//   attraction(query, document) = clicks / times that it stood at or above the last click,
//
// which counts "skip above" (Joachims, KDD 2002) as evidence against and is free of position bias as far as people read in
// order. Answers without a click say nothing, and the last click is always a click, so attraction comes out somewhat high for
// all: it orders documents better than it measures them.

import type { BeirQuery } from "./beir.js";
import type { Qrels } from "./summary.js";

export type FeedbackEvent = {
  query: string;
  /** Ids in the order in which they were shown. */
  shown: readonly string[];
  clicked: readonly string[];
  /** Of one session only the last event for a query counts. */
  session?: string;
  /** What a person said outright, by id: it stands above all clicks. The last one said counts. */
  grades?: Readonly<Record<string, number>>;
};

export type ClickOptions = {
  /** A document needs as many clicks to count as relevant. Default 2. */
  fewestClicks?: number;
  /** And to have been looked at as often to count as not relevant. Default 4. */
  fewestLooks?: number;
  /** Attraction from which a document has grade 1, and grade 2. Defaults 0.3 and 0.6. */
  relevantFrom?: number;
  highlyRelevantFrom?: number;
};

export type ClickEstimate = { query: string; document: string; looks: number; clicks: number; attraction: number };

export type ClickJudgements = {
  queries: BeirQuery[];
  /** Grades 0, 1, 2 (and what people said). Only queries with a relevant document. */
  qrels: Qrels;
  estimates: ClickEstimate[];
};

export function judgeByClicks(
  events: readonly FeedbackEvent[],
  { fewestClicks = 2, fewestLooks = 4, relevantFrom = 0.3, highlyRelevantFrom = 0.6 }: ClickOptions = {},
): ClickJudgements {
  const byQuery = new Map<string, Map<string, { looks: number; clicks: number; said?: number }>>();
  for (const event of lastOfSessions(events)) {
    const key = queryKey(event.query);
    const documents = byQuery.get(key) ?? new Map<string, { looks: number; clicks: number; said?: number }>();
    byQuery.set(key, documents);
    const entry = (id: string) => {
      const held = documents.get(id) ?? { looks: 0, clicks: 0 };
      documents.set(id, held);
      return held;
    };
    const clicked = new Set(event.clicked);
    const last = event.shown.findLastIndex((id) => clicked.has(id));
    for (const id of event.shown.slice(0, last + 1)) {
      entry(id).looks++;
      if (clicked.has(id)) entry(id).clicks++;
    }
    for (const [id, grade] of Object.entries(event.grades ?? {})) entry(id).said = grade;
  }

  const queries: BeirQuery[] = [];
  const qrels = new Map<string, Map<string, number>>();
  const estimates: ClickEstimate[] = [];
  for (const [query, documents] of byQuery) {
    const judgements = new Map<string, number>();
    for (const [document, { looks, clicks, said }] of documents) {
      // Half a click in one look more (Jeffreys' prior): two of two is less sure than twenty of twenty.
      const attraction = (clicks + 0.5) / (looks + 1);
      if (looks > 0) estimates.push({ query, document, looks, clicks, attraction });
      if (said !== undefined) judgements.set(document, said);
      else if (clicks >= fewestClicks && attraction >= relevantFrom) {
        judgements.set(document, attraction >= highlyRelevantFrom ? 2 : 1);
      } else if (looks >= fewestLooks && attraction < relevantFrom) judgements.set(document, 0);
    }
    if (![...judgements.values()].some((grade) => grade >= 1)) continue;
    const id = `q${queries.length + 1}`;
    queries.push({ id, text: query });
    qrels.set(id, judgements);
  }
  return { queries, qrels, estimates };
}

/** Queries that differ only in case and white space are one. */
function queryKey(query: string): string {
  return query.normalize("NFKC").toLowerCase().replace(/\s+/g, " ").trim();
}

function lastOfSessions(events: readonly FeedbackEvent[]): FeedbackEvent[] {
  const last = new Map<string, FeedbackEvent>();
  for (const [i, event] of events.entries()) {
    const { session } = event;
    const key = session === undefined ? `${i}` : JSON.stringify([session, queryKey(event.query)]);
    last.delete(key);
    last.set(key, event);
  }
  return [...last.values()];
}
