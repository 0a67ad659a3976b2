// Compiles src/vectors/kernels/assembly/*.ts to one WebAssembly module beside the compiled kernels.
//
//   node scripts/build-kernels.js                          -> dist/src/vectors/kernels/kernels.wasm
//   node scripts/build-kernels.js --outDir .build-vectors  -> .build-vectors/src/vectors/kernels/kernels.wasm
//
// --outDir is the folder given to `tsc --outDir`. Nothing is compiled where the sources, the compiler, its options and the
// module itself are those of the last run; what they were is kept in kernels.wasm.stamp.

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({ options: { outDir: { type: "string", default: "dist" } } });

const assembly = "src/vectors/kernels/assembly";
const compilerOptions = [
  "--runtime stub",
  "-O3",
  "--noAssert",
  "--enable simd",
  "--enable threads",
  // The memory is the vector store's: shared between threads, and never larger than WebAssembly's 4 GiB.
  "--importMemory",
  "--sharedMemory",
  "--initialMemory 1",
  "--maximumMemory 65536",
].flatMap((option) => option.split(" "));

const outFile = resolve(root, values.outDir, "src/vectors/kernels/kernels.wasm");
const stampFile = `${outFile}.stamp`;

function readOrEmpty(path) {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error.code === "ENOENT") return Buffer.alloc(0);
    throw error;
  }
}

/** One hash over all that the module depends on, and the module as it lies there. */
function stamp() {
  const hash = createHash("sha256");
  const sources = readdirSync(join(root, assembly)).filter((name) => name.endsWith(".ts"));
  for (const name of sources.sort()) hash.update(`${name}\0`).update(readFileSync(join(root, assembly, name)));
  const compiler = createRequire(import.meta.url)("assemblyscript/package.json");
  hash.update(`${compiler.version}\0${compilerOptions.join(" ")}\0`).update(readOrEmpty(outFile));
  return hash.digest("hex");
}

if (stamp() !== readOrEmpty(stampFile).toString()) {
  const { default: asc } = await import("assemblyscript/asc");
  mkdirSync(dirname(outFile), { recursive: true });
  const { error, stderr } = await asc.main([
    `${assembly}/index.ts`,
    "--baseDir",
    root,
    "--outFile",
    outFile,
    ...compilerOptions,
  ]);
  if (error) {
    console.error(`${stderr.toString()}\n${error.message}`);
    process.exit(1);
  }
  writeFileSync(stampFile, stamp());
  console.log(`Compiled ${assembly} to ${outFile} (${readFileSync(outFile).length} bytes)`);
}
