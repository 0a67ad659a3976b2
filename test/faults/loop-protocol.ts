// What the process that is killed tells the one that kills it.

/** Texts of documents by name; null: gone. */
export type Changes = Record<string, string | null>;

/** Of two tenants' documents with the same id each has a name of its own: the id alone is nobody's. */
export const tenant = "acme";
export const nameOf = (owner: string, id: string) => (owner === "" ? id : `${owner}:${id}`);
export const ownerOf = (name: string) => (name.startsWith(`${tenant}:`) ? tenant : "");
export const idOf = (name: string) => (ownerOf(name) === "" ? name : name.slice(tenant.length + 1));

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
