// The kernels' WebAssembly module. Memory is imported and shared: the vectors lie where the engine put them, and nothing is
// allocated here. Every function has a twin in ../reference.ts that gives the same bytes.

export { allowedSlots } from "./allowed-slots";
export { codeTopM } from "./codes";
export { dotTopK, dotTopKOf } from "./dot";
export { sortTopK } from "./top-k";
