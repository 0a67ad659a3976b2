// The table of searches that got feedback. Part of the schema's format 2.

export const FEEDBACK_SCHEMA = `
  -- Searches of which somebody told what became of them: what evaluation sets are made of. Ids are those that the tenant knows.
  CREATE TABLE feedback_searches (
    sequence        INTEGER PRIMARY KEY,
    search_id       TEXT NOT NULL UNIQUE,
    tenant          TEXT NOT NULL,
    query           TEXT NOT NULL,
    -- Tells users apart without naming them; null where the search named none.
    session         TEXT,
    answered_at_ms  INTEGER NOT NULL,
    -- JSON: ids in the order shown, ids that were opened, and judgements by id.
    shown           TEXT NOT NULL,
    clicked         TEXT NOT NULL,
    grades          TEXT NOT NULL
  ) STRICT;
  CREATE INDEX feedback_searches_tenant ON feedback_searches (tenant, sequence);
  CREATE INDEX feedback_searches_age ON feedback_searches (answered_at_ms);
`;
