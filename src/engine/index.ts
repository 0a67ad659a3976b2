// The engine's public face: everything that the command line, the HTTP server and the library offer comes through here.

export { documentInputSchema } from "./document-input.js";
export {
  type DocumentPage,
  type Engine,
  type IngestOptions,
  type IngestProgress,
  openEngine,
  type RemoveReport,
} from "./engine.js";
export { modelDirectories, userFolder } from "./model-directories.js";
export type { Chunking, EngineOptions } from "./options.js";
export type { Status } from "./status.js";
