// GET /v1/models: the models that are installed, in use or not.
import type { Send } from "./request.js";

export type InstalledModel = {
  name: string;
  role: "bi-encoder" | "cross-encoder" | "sparse-encoder";
  /** Lengths that its vectors can have, the model's own first; none but for a bi-encoder. */
  dimensions: number[];
};

export async function fetchModels(send: Send, signal: AbortSignal): Promise<InstalledModel[]> {
  return ((await send("/v1/models", { signal })) as { models: InstalledModel[] }).models;
}
