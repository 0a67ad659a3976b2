// The thread that builds graphs: one build a thread, over the vectors it shares with the search worker.

import { workerData } from "node:worker_threads";
import { LodestoneError } from "../errors.js";
import type { CallContext } from "../threads/protocol.js";
import { serve } from "../threads/serve.js";
import { loadAddon } from "./graph.js";
import { buildGraphFile, type GraphBuildRequest } from "./graph-build.js";
import { type StoreHandle, VectorStore } from "./vector-store.js";

export type GraphBuildWorkerData = { store: StoreHandle; addon: string };

export type GraphBuildVerbs = { build(request: GraphBuildRequest, context: CallContext): Promise<void> };

const { store: handle, addon } = workerData as GraphBuildWorkerData;

await serve<GraphBuildVerbs>(async () => ({
  verbs: {
    async build(request, context) {
      const loaded = await loadAddon(addon);
      if (loaded.state === "unavailable") throw new LodestoneError("GRAPH_UNAVAILABLE", loaded.reason);
      await buildGraphFile(new VectorStore(handle), loaded.addon, request, context);
    },
  },
}));
