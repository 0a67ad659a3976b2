// Files that must be whole or not be there: written beside, flushed and renamed; hashed. Ground under the other rooms.

export { diskOperations, type FileOperations } from "./file-operations.js";
export { type FileHash, type HashOptions, hashFile } from "./hash-file.js";
export { temporaryEnding, writeFailure, writeFileAtomically } from "./write-file-atomically.js";
