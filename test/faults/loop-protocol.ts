// What the process that is killed tells the one that kills it.

/** Texts of documents by id; null: gone. */
export type Changes = Record<string, string | null>;

export type LoopMessage =
  /** Begins to change documents. `isWhole`: all of it happens or nothing. */
  | { kind: "begin"; call: number; changes: Changes; isWhole: boolean }
  /** That is acknowledged. */
  | { kind: "done"; call: number }
  /** Something else happens; `what` is for people. */
  | { kind: "step"; what: string }
  /** A snapshot was made. */
  | { kind: "snapshot"; name: string }
  /** Something went wrong that a kill does not explain. */
  | { kind: "wrong"; message: string };

export type LoopSettings = {
  library: string;
  /** Where files to be indexed lie, and snapshots. */
  files: string;
  snapshots: string;
  seed: number;
  /** Makes texts of different rounds different. */
  round: number;
  /** Whether vectors are kept in a file. */
  onDisk: boolean;
};
