// Our index with a graph over the same rows: built in its own thread, checked, and loaded.

import { addRows, openOwnSystem } from "./own-system.js";
import { curve, type SystemModule } from "./system.js";

export const openSystem: SystemModule["openSystem"] = (place) =>
  openOwnSystem(place, {
    index: { codes: { form: "none" } },
    plans: [
      {
        settings: curve("graph", "ef", [16, 32, 48, 64, 96, 128, 192, 256, 512]),
        options: ({ ef }) => ({ plan: "graph", ef }),
      },
    ],
    async build(index, input) {
      const addedMs = await addRows(index, input);
      const onProgress = ({ done, total }: { done: number; total: number }) => input.onProgress(done, total);
      await index.buildGraph({ directory: place.folder, modelVersion: "bench", sequence: 0, onProgress });
      return { addedMs };
    },
  });
