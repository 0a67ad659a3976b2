// The kernels' WebAssembly module. Memory is imported and shared: the vectors lie where the engine put them, and nothing is
// allocated here. Every function has a twin in ../reference.ts that gives the same bytes.

export { allowedSlots } from "./allowed-slots";
export { codeScores, codeTopM } from "./codes";
export { dot, dotTopK, dotTopKOf } from "./dot";
export { float16TopK, float16TopKOf } from "./dot-float16";
export { int8TopK, int8TopKOf } from "./dot-int8";
export { dotsOf, sumOf } from "./gather";
export { encodeSigns, queryTables, subtract } from "./quantize";
export { transform } from "./rotate";
export { scoreOfNth, takeLists } from "./select";
export { sortTopK } from "./top-k";
