// The kernels in plain TypeScript: the reading version of assembly/*.ts, and the oracle that the compiled module is held
// to, byte for byte.

import type { SharedMemory } from "../shared-memory.js";
import { codeKernels } from "./code-reference.js";
import { dotKernels } from "./dot-reference.js";
import { formatKernels } from "./format-reference.js";
import type { Kernels } from "./kernels.js";
import { listKernels } from "./list-reference.js";
import { quantizeKernels } from "./quantize-reference.js";
import { TopK } from "./top-k-reference.js";

export function referenceKernels(memory: SharedMemory): Kernels {
  return {
    ...codeKernels(memory),
    ...dotKernels(memory),
    ...formatKernels(memory),
    ...listKernels(memory),
    ...quantizeKernels(memory),
    sortTopK(scores, rows, size) {
      new TopK(new Float32Array(memory.buffer), new Uint32Array(memory.buffer), scores, rows, size, size).sort();
    },
  };
}
