// Searches that got feedback, kept for evaluation: the newest of them, for a limited time, each with all that was said of it.

import type { Database } from "better-sqlite3";

export type FeedbackSearch = {
  /** As the answer named itself. */
  searchId: string;
  query: string;
  /** The same for all searches of one user; undefined where the search named none. */
  session?: string | undefined;
  answeredAtMs: number;
  /** Ids of the hits, best first. */
  shown: string[];
  /** Those that were opened. */
  clicked: string[];
  /** Judged relevance, 0 to 3, by id. */
  grades: Record<string, number>;
};

export type FeedbackPage = {
  searches: FeedbackSearch[];
  /** What `after` is for the next page; absent on the last one. */
  next?: number;
};

/** What is kept: at most so many searches, and none older than that. */
export type FeedbackBounds = { searches: number; ms: number };

export type FeedbackStore = {
  /** Writes a search with its feedback durably, over what was written of it before, and forgets what lies beyond the bounds. */
  note(tenant: string, search: FeedbackSearch, keep: FeedbackBounds, nowMs: number): void;
  /** Forgets a tenant's; answers how many there were. */
  forgetTenant(tenant: string): number;
};

export function openFeedbackStore(db: Database, inTransaction: <T>(work: () => T) => T): FeedbackStore {
  const insert = db.prepare(
    `INSERT INTO feedback_searches (search_id, tenant, query, session, answered_at_ms, shown, clicked, grades)
     VALUES (@searchId, @tenant, @query, @session, @answeredAtMs, @shown, @clicked, @grades)
     ON CONFLICT (search_id) DO UPDATE SET clicked = excluded.clicked, grades = excluded.grades`,
  );
  const count = db.prepare<[], number>("SELECT count(*) FROM feedback_searches").pluck();
  const dropOld = db.prepare("DELETE FROM feedback_searches WHERE answered_at_ms < ?");
  const dropFirst = db.prepare(
    "DELETE FROM feedback_searches WHERE sequence IN (SELECT sequence FROM feedback_searches ORDER BY sequence LIMIT ?)",
  );
  const dropTenant = db.prepare("DELETE FROM feedback_searches WHERE tenant = ?");
  return {
    note(tenant, { session = null, shown, clicked, grades, ...search }, keep, nowMs) {
      if (keep.searches === 0) return;
      inTransaction(() => {
        insert.run({
          ...search,
          tenant,
          session,
          shown: JSON.stringify(shown),
          clicked: JSON.stringify(clicked),
          grades: JSON.stringify(grades),
        });
        dropOld.run(nowMs - keep.ms);
        const beyond = count.get()! - keep.searches;
        if (beyond > 0) dropFirst.run(beyond);
      });
    },
    forgetTenant: (tenant) => inTransaction(() => dropTenant.run(tenant).changes),
  };
}

type Row = Omit<FeedbackSearch, "session" | "shown" | "clicked" | "grades"> & {
  sequence: number;
  session: string | null;
  shown: string;
  clicked: string;
  grades: string;
};

/** A page of a tenant's searches in the order in which they first got feedback, from behind `after` on. */
export function readFeedback(
  db: Database,
  { tenant, after, limit }: { tenant: string; after: number; limit: number },
): FeedbackPage {
  // A library of format 1 that is only read has no such table.
  if (db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'feedback_searches'").get() === undefined) {
    return { searches: [] };
  }
  const rows = db
    .prepare<[string, number, number], Row>(
      `SELECT sequence, search_id AS searchId, query, session, answered_at_ms AS answeredAtMs, shown, clicked, grades
       FROM feedback_searches WHERE tenant = ? AND sequence > ? ORDER BY sequence LIMIT ?`,
    )
    .all(tenant, after, limit + 1);
  const searches = rows.slice(0, limit).map(({ sequence: _, session, shown, clicked, grades, ...row }) => ({
    ...row,
    ...(session === null ? {} : { session }),
    shown: JSON.parse(shown) as string[],
    clicked: JSON.parse(clicked) as string[],
    grades: JSON.parse(grades) as Record<string, number>,
  }));
  const last = rows[limit - 1];
  return rows.length > limit && last ? { searches, next: last.sequence } : { searches };
}
