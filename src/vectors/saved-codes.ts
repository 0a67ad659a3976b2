// Between codes in use and their file (code-file.ts). Codes are copied out and in a piece at a time: searches and changes go on meanwhile.

import { setImmediate } from "node:timers/promises";
import { LodestoneError } from "../errors.js";
import { Calibration, calibrationKs, RecallCurve } from "./calibration.js";
import { CodeFile, type CodeSection, writeCodeFile } from "./code-file.js";
import type { CodeStore } from "./code-store.js";
import type { FormTrial } from "./code-upkeep.js";
import { damage } from "./index-file.js";
import type { IndexIdentity } from "./index-identity.js";
import { RowBitmap } from "./row-bitmap.js";
import { slotsPerChunk, type VectorStore } from "./vector-store.js";

/** Codes in use, and how they came about. */
export type MadeCodes = {
  codes: CodeStore;
  calibration: Calibration;
  centroid: Float32Array;
  trials: readonly FormTrial[];
  /** Live rows when the form was chosen. */
  chosenAtRows: number;
};

export type CodePlace = {
  directory: string;
  identity: IndexIdentity;
  /** The caller's number of the last change. A file of a later number is not used. */
  sequence: number;
};

/** What a file says of codes, beside the codes. */
type Facts = {
  trials: readonly FormTrial[];
  chosenAtRows: number;
  calibration: Omit<Calibration["facts"], "gaps" | "deepGaps" | "dimensions" | "onDisk">;
};

const positionsPerChunk = slotsPerChunk;
/** Chunks that are bound in one go: under 2 ms. */
const chunksPerSlice = 8;

/**
 * Writes codes as they are at this moment: rows that come and go meanwhile are not in it, or still. `inUse` is asked before each piece is
 * copied; ABORTED once it says no.
 */
export async function saveCodes(made: MadeCodes, place: CodePlace, inUse: () => boolean): Promise<void> {
  const { codes, calibration, centroid, trials, chosenAtRows } = made;
  const { directory, identity, sequence } = place;
  const { end: positions, lists } = codes;
  const live = codes.live.clone();
  const { few, many } = calibration.curves;
  const { gaps, deepGaps, queries, source, rows, lists: listCount } = calibration.facts;
  const measured = { queries, source, rows, lists: listCount };
  const facts: Facts = { trials, chosenAtRows, calibration: measured };
  const header = { identity, form: codes.quantizer.form, positions, lists: lists?.count ?? 0, sequence };
  function* pieces(bytesOf: (chunk: number, count: number) => Uint8Array): Generator<Uint8Array> {
    for (let from = 0; from < positions; from += positionsPerChunk) {
      if (!inUse()) throw new LodestoneError("ABORTED", "The codes were made anew while they were saved.");
      yield bytesOf(from / positionsPerChunk, Math.min(positionsPerChunk, positions - from)).slice();
    }
  }
  await writeCodeFile(directory, header, {
    centroid: [bytesOf(centroid)],
    live: [bytesOf(live.words.subarray(0, Math.ceil(positions / 32)))],
    rows: pieces((chunk, count) => bytesOf(codes.chunkContents(chunk).rows.subarray(0, count))),
    codes: pieces((chunk, count) => {
      return codes.chunkContents(chunk).codes.subarray(0, Math.ceil(count / 32) * codes.blockBytes);
    }),
    centres: lists ? [lists.contents().slice()] : [],
    few: [bytesOf(few.pairs())],
    many: [bytesOf(many.pairs())],
    gaps: [bytesOf(gaps)],
    deepGaps: [bytesOf(deepGaps)],
    facts: [Buffer.from(JSON.stringify(facts))],
  });
}

/** Makes an empty store for codes of a form and a centroid, and puts lists behind it. */
export type CodeFrame = {
  begin(form: CodeFile["header"]["form"], centroid: Float32Array): CodeStore;
  restoreLists(codes: CodeStore, count: number, contents: Uint8Array): void;
};

/**
 * Reads codes for rows that are live; changes must be told to the store that `frame` made meanwhile. Throws NOT_FOUND,
 * MODEL_VERSION_MISMATCH or INDEX_DAMAGED.
 */
export async function loadCodes(store: VectorStore, place: CodePlace, frame: CodeFrame): Promise<MadeCodes> {
  const file = await CodeFile.open(place.directory, place.identity);
  try {
    const { form, positions, lists: listCount, sequence } = file.header;
    if (sequence > place.sequence) {
      throw new LodestoneError(
        "MODEL_VERSION_MISMATCH",
        `The codes file ${file.path} is of change ${sequence}; this index is at change ${place.sequence}.`,
        { detail: { path: file.path, found: sequence, expected: place.sequence } },
      );
    }
    const facts = JSON.parse((await file.read("facts")).toString("utf8")) as Facts;
    const [few, many] = [await readFloats(file, "few", Float64Array), await readFloats(file, "many", Float64Array)];
    const gaps = await readFloats(file, "gaps", Float32Array);
    const deepGaps = await readFloats(file, "deepGaps", Float32Array);
    const centroid = await readFloats(file, "centroid", Float32Array);
    const live = RowBitmap.fromBytes(await file.read("live"));
    const codes = frame.begin(form, centroid);
    await readCodes(file, codes, positions);
    if (listCount > 0) frame.restoreLists(codes, listCount, await file.read("centres"));
    await bind(store, codes, live);
    const calibration = new Calibration(
      RecallCurve.ofPairs(calibrationKs.few, few),
      RecallCurve.ofPairs(calibrationKs.many, many),
      { ...facts.calibration, gaps, deepGaps, dimensions: store.dimensions, onDisk: store.onDisk },
    );
    return { codes, calibration, centroid, trials: facts.trials, chosenAtRows: facts.chosenAtRows };
  } finally {
    await file.close();
  }
}

async function readCodes(file: CodeFile, codes: CodeStore, positions: number): Promise<void> {
  const rowPieces = file.pieces("rows", positionsPerChunk * 4);
  const codePieces = file.pieces("codes", (positionsPerChunk / 32) * codes.blockBytes);
  for (let from = 0; from < positions; from += positionsPerChunk) {
    const [rows, blocks] = [(await rowPieces.next()).value, (await codePieces.next()).value];
    const count = Math.min(positionsPerChunk, positions - from);
    if (rows?.length !== count * 4 || blocks?.length !== Math.ceil(count / 32) * codes.blockBytes) {
      throw damage("codes", file.path, `it has no ${positions} codes`);
    }
    codes.addContents(blocks, new Uint32Array(Uint8Array.from(rows).buffer));
  }
  // Past the last piece the checksums are compared.
  const [noRows, noCodes] = [await rowPieces.next(), await codePieces.next()];
  if (!noRows.done || !noCodes.done) throw damage("codes", file.path, `it has more than ${positions} codes`);
}

async function bind(store: VectorStore, codes: CodeStore, live: RowBitmap): Promise<void> {
  for (let chunk = 0; chunk * positionsPerChunk < codes.end; chunk++) {
    if (chunk % chunksPerSlice === chunksPerSlice - 1) await setImmediate();
    const { rows } = codes.chunkContents(chunk);
    const first = chunk * positionsPerChunk;
    for (let position = first; position < Math.min(first + positionsPerChunk, codes.end); position++) {
      if (!live.has(position)) continue;
      const slot = store.slotOf(rows[position - first]!);
      if (slot >= 0 && !codes.covered.has(slot)) codes.bind(position, slot);
    }
  }
}

async function readFloats<A extends Float32Array | Float64Array>(
  file: CodeFile,
  section: CodeSection,
  array: new (buffer: ArrayBuffer) => A,
): Promise<A> {
  return new array(Uint8Array.from(await file.read(section)).buffer);
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | Float64Array | Uint32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
