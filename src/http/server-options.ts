// What a server can be made with, and the one place of its defaults.

import { join } from "node:path";
import { z } from "zod";
import { parseInput } from "../input/parse-input.js";
import { packageRoot } from "../package-root.js";

const logLevels = ["silent", "fatal", "error", "warn", "info", "debug", "trace"] as const;
const bytes = z
  .int()
  .min(1)
  .max(1024 * 1024 * 1024);

const serverOptionsSchema = z.strictObject({
  /** Names and addresses under which clients may reach the server, besides localhost, 127.0.0.1 and [::1]. */
  allowedHosts: z.array(z.string()).readonly().default([]),
  /** Largest body of the document routes. Default 10 MiB. */
  maxDocumentBytes: bytes.default(10 * 1024 * 1024),
  /** Largest body of a search. Default 256 KiB. */
  maxSearchBytes: bytes.default(256 * 1024),
  /** How long closing waits for requests in flight, in milliseconds. Default 10 seconds. */
  closeLimitMs: z.number().min(0).max(3_600_000).default(10_000),
  /** How long a stream of events may be silent before it says that it is still there. Default 15 seconds. */
  heartbeatMs: z.number().min(1).max(3_600_000).default(15_000),
  /** What is logged, as lines of JSON. Default "warn"; "info" has every request. */
  logLevel: z.enum(logLevels).default("warn"),
  /** Where the log goes. Default: standard error. */
  logTo: z.custom<{ write(line: string): void }>().optional(),
  /** Folder of the built search page. Default: the one that comes with the package. */
  pageDirectory: z.string().default(join(packageRoot, "dist", "web")),
});

export type ServerOptions = z.input<typeof serverOptionsSchema>;
export type CheckedServerOptions = z.output<typeof serverOptionsSchema>;
export type LogLevel = (typeof logLevels)[number];

/** Fills in the defaults; throws INVALID_INPUT or UNKNOWN_FIELD. */
export function checkServerOptions(options: ServerOptions): CheckedServerOptions {
  return parseInput(serverOptionsSchema, options, "The server's options");
}
