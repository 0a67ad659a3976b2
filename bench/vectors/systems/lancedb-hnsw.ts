// LanceDB's HNSW over scalar-quantized vectors, with refining by the float vectors. One partition, as its reference
// recommends for this index; M and efConstruction are those of the plain hnswlib-node.

import { type LanceIndex, openLance, reopenLance } from "./lancedb.js";
import type { SystemModule } from "./system.js";

const efs = [32, 64, 96, 128, 192, 256, 512];

const hnswSq: LanceIndex = {
  settings: efs.map((ef) => ({
    family: "LanceDB HNSW-SQ",
    label: `ef ${ef}, refine 2`,
    parameters: { ef, refine: 2 },
  })),
  config: (index) => index.hnswSq({ distanceType: "cosine", numPartitions: 1, m: 16, efConstruction: 200 }),
};

export const openSystem: SystemModule["openSystem"] = (place) => openLance(place, hnswSq);
export const reopenSystem: SystemModule["openSystem"] = (place) => reopenLance(place, hnswSq);
