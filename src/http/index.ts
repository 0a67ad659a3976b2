// The HTTP face.

export { DEFAULT_HOST, DEFAULT_PORT, type RunningServer, type ServeOptions, serve } from "./serve.js";
export { createServer } from "./server.js";
export type { LogLevel, ServerOptions } from "./server-options.js";
