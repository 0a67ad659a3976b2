// LanceDB's IVF-PQ with refining by the float vectors. Partitions and sub-vectors are its defaults: the square root of the
// rows, and 16 values a sub-vector.

import { type LanceIndex, openLance, reopenLance } from "./lancedb.js";
import type { SystemModule } from "./system.js";

const probesAndRefines = [
  [10, 5],
  [20, 5],
  [20, 10],
  [40, 10],
  [40, 20],
  [80, 20],
  [80, 50],
  [160, 50],
  [160, 100],
] as const;

const ivfPq: LanceIndex = {
  settings: probesAndRefines.map(([nprobes, refine]) => ({
    family: "LanceDB IVF-PQ",
    label: `nprobes ${nprobes}, refine ${refine}`,
    parameters: { nprobes, refine },
  })),
  config: (index, { rows }) =>
    index.ivfPq({ distanceType: "cosine", numPartitions: Math.max(1, Math.floor(Math.sqrt(rows))) }),
};

export const openSystem: SystemModule["openSystem"] = (place) => openLance(place, ivfPq);
export const reopenSystem: SystemModule["openSystem"] = (place) => reopenLance(place, ivfPq);
