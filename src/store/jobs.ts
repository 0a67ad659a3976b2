// The table of jobs as its one writer uses it. What a caller is told of (a submission, the end of a job) is on the disk when
// the verb returns; what only saves work after a crash is written without waiting for the disk.

import type { Database } from "better-sqlite3";
import { emptyResult, type JobKind, type JobPriority, type JobRow } from "./job.js";
import { TENANT_SEPARATOR } from "./tenancy.js";

export type NewJob = {
  tenant: string;
  kind: JobKind;
  priority: JobPriority;
  subject: string;
  bytes: number;
  total: number | null;
  createdMs: number;
  compressed: Uint8Array;
};

export type JobStore = {
  /** Jobs that are queued, running or failed, by age. */
  unfinished(): JobRow[];
  /** Stores jobs in one transaction, durably, in this order. */
  submit(jobs: readonly NewJob[]): JobRow[];
  find(sequence: number): JobRow | undefined;
  payload(sequence: number): Buffer;
  /** Writes rows durably. */
  save(rows: readonly JobRow[]): void;
  /** Writes rows that a crash of the machine (not of the process) may undo. */
  note(rows: readonly JobRow[]): void;
  /** For transactions of others: writes one row; of a job that is over, what it was to do is forgotten. */
  put(row: JobRow): void;
  /** Forgets finished jobs beyond the last `keep` and those that ended before `beforeMs`; failed ones stay. */
  prune(keep: number, beforeMs: number): number;
  /** Forgets the jobs of a tenant that are over, failed ones, too, and the ids that they removed. */
  forgetTenant(tenant: string): number;
  /** Forgets removals that no job before `earliest` can undo any more. */
  forgetRemovals(earliest: number): void;
};

type Stored = Omit<JobRow, "result"> & { result: string };

const COLUMNS = `sequence, tenant, kind, priority, state, subject, bytes, total, done, attempts,
  next_attempt_ms AS nextAttemptMs, error_code AS errorCode, error_message AS errorMessage, result,
  created_ms AS createdMs, started_ms AS startedMs, finished_ms AS finishedMs`;

/** Rows as they are stored -> rows as they are used, for reading on any connection. */
export function prepareJobQueries(db: Database) {
  const one = db.prepare<[number], Stored>(`SELECT ${COLUMNS} FROM jobs WHERE sequence = ?`);
  const rows = (condition: string) => db.prepare<unknown[], Stored>(`SELECT ${COLUMNS} FROM jobs ${condition}`);
  return {
    find(sequence: number): JobRow | undefined {
      const stored = one.get(sequence);
      return stored && rowOf(stored);
    },
    /** `condition` is what follows FROM jobs; never text from outside. */
    select(condition: string): (...parameters: unknown[]) => JobRow[] {
      const statement = rows(condition);
      return (...parameters) => statement.all(...parameters).map(rowOf);
    },
  };
}

function rowOf(stored: Stored): JobRow {
  return { ...stored, result: { ...emptyResult(), ...JSON.parse(stored.result) } };
}

export function openJobStore(
  db: Database,
  inTransaction: <T>(work: () => T) => T,
  lightly: <T>(work: () => T) => T,
): JobStore {
  const queries = prepareJobQueries(db);
  const unfinished = queries.select("WHERE state IN ('queued', 'running', 'failed') ORDER BY sequence");
  const insert = db
    .prepare<unknown[], number>(
      `INSERT INTO jobs (tenant, kind, priority, state, subject, bytes, total, created_ms)
       VALUES (?, ?, ?, 'queued', ?, ?, ?, ?) RETURNING sequence`,
    )
    .pluck();
  const insertPayload = db.prepare("INSERT INTO job_payloads (sequence, compressed) VALUES (?, ?)");
  const payload = db.prepare<[number], Buffer>("SELECT compressed FROM job_payloads WHERE sequence = ?").pluck();
  const dropPayload = db.prepare("DELETE FROM job_payloads WHERE sequence = ?");
  const update = db.prepare(
    `UPDATE jobs SET state = ?, total = ?, done = ?, attempts = ?, next_attempt_ms = ?, error_code = ?, error_message = ?,
       result = ?, started_ms = ?, finished_ms = ? WHERE sequence = ?`,
  );
  const prune = db.prepare(
    `DELETE FROM jobs WHERE state IN ('done', 'cancelled') AND (finished_ms < ? OR sequence <= coalesce(
       (SELECT sequence FROM jobs WHERE state IN ('done', 'cancelled') ORDER BY sequence DESC LIMIT 1 OFFSET ?), 0))`,
  );
  const ofTenant = db.prepare("DELETE FROM jobs WHERE tenant = ? AND state IN ('done', 'failed', 'cancelled')");
  const removalsOf = db.prepare("DELETE FROM removed_documents WHERE id >= ? AND id < ?");
  const forget = db.prepare("DELETE FROM removed_documents WHERE job <= ?");

  const put = (row: JobRow) => {
    update.run(
      row.state,
      row.total,
      row.done,
      row.attempts,
      row.nextAttemptMs,
      row.errorCode,
      row.errorMessage,
      JSON.stringify(row.result),
      row.startedMs,
      row.finishedMs,
      row.sequence,
    );
    if (row.state === "done" || row.state === "cancelled") dropPayload.run(row.sequence);
  };
  return {
    unfinished: () => unfinished(),
    submit: (jobs) =>
      inTransaction(() =>
        jobs.map(({ tenant, kind, priority, subject, bytes, total, createdMs, compressed }) => {
          const sequence = insert.get(tenant, kind, priority, subject, bytes, total, createdMs)!;
          insertPayload.run(sequence, compressed);
          return queries.find(sequence)!;
        }),
      ),
    find: queries.find,
    payload: (sequence) => payload.get(sequence)!,
    save: (rows) => inTransaction(() => rows.forEach(put)),
    note: (rows) => lightly(() => rows.forEach(put)),
    put,
    prune: (keep, beforeMs) => lightly(() => prune.run(beforeMs, keep).changes),
    forgetTenant: (tenant) =>
      inTransaction(() => {
        // Ids of a tenant lie between its name with the separator and its name with the next character.
        removalsOf.run(tenant + TENANT_SEPARATOR, `${tenant} `);
        return ofTenant.run(tenant).changes;
      }),
    forgetRemovals: (earliest) => lightly(() => forget.run(earliest)),
  };
}
