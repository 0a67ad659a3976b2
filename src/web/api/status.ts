// GET /v1/status: the parts that the page shows.
import type { Send } from "./request.js";

export type Status = {
  library: { path: string; readOnly: boolean; documents: number; chunks: number; bytes: number };
  generation: {
    id: number | string;
    model: string;
    dimensions: number;
    chunking: { maxTokens: number; overlapTokens: number };
  };
  models: { biEncoder: string; sparseEncoder: string | null; crossEncoder: string | null };
  ingest: { running: boolean; done: number; total: number };
  version: string;
};

export async function fetchStatus(send: Send, signal: AbortSignal): Promise<Status> {
  return (await send("/v1/status", { signal })) as Status;
}
