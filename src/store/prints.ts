// What duplicates are told by: the hash of each document's text, and its signature.

import type { Database } from "better-sqlite3";
import { SIGNATURE_PLACES } from "../documents/index.js";

/** Of documents, in the order of their keys or as they were asked for. */
export type Prints = {
  documentKeys: Uint32Array<ArrayBuffer>;
  /** 128 bits for each. */
  textHashes: Uint8Array<ArrayBuffer>;
  /** `SIGNATURE_PLACES` numbers for each; zeros for a text without a word. */
  signatures: Uint16Array<ArrayBuffer>;
  /** 0 for a text without a word: its signature says nothing. */
  hasSignature: Uint8Array<ArrayBuffer>;
};

const HASH_BYTES = 16;

type Row = { key: number; textHash: Buffer; signature: Buffer | null };

const COLUMNS = "SELECT document_key AS key, text_hash AS textHash, signature FROM document_texts";

/** Prints of the documents in `keys` that are still there, or of all of a tenant. */
export function readPrints(db: Database, of: { keys: readonly number[] } | { tenant: string }): Prints {
  if ("tenant" in of) {
    const condition = "WHERE document_key IN (SELECT key FROM documents WHERE tenant = ?)";
    return packed(db.prepare<[string], Row>(`${COLUMNS} ${condition} ORDER BY document_key`).all(of.tenant));
  }
  const { keys } = of;
  const byKey = db.prepare<[number], Row>(`${COLUMNS} WHERE document_key = ?`);
  return packed(keys.flatMap((key) => byKey.get(key) ?? []));
}

function packed(rows: readonly Row[]): Prints {
  const prints: Prints = {
    documentKeys: Uint32Array.from(rows, ({ key }) => key),
    textHashes: new Uint8Array(rows.length * HASH_BYTES),
    signatures: new Uint16Array(rows.length * SIGNATURE_PLACES),
    hasSignature: new Uint8Array(rows.length),
  };
  const bytes = new Uint8Array(prints.signatures.buffer);
  rows.forEach(({ textHash, signature }, i) => {
    prints.textHashes.set(textHash, i * HASH_BYTES);
    if (signature === null) return;
    prints.hasSignature[i] = 1;
    bytes.set(signature, i * SIGNATURE_PLACES * 2);
  });
  return prints;
}

/** One document's print, to be compared with others. */
export type Print = {
  documentKey: number;
  /** Hexadecimal. */
  textHash: string;
  signature: Uint16Array | undefined;
};

export function printsOf({ documentKeys, textHashes, signatures, hasSignature }: Prints): Print[] {
  const hashes = Buffer.from(textHashes.buffer, textHashes.byteOffset, textHashes.byteLength);
  return Array.from(documentKeys, (documentKey, i) => ({
    documentKey,
    textHash: hashes.toString("hex", i * HASH_BYTES, (i + 1) * HASH_BYTES),
    signature:
      hasSignature[i] === 1 ? signatures.subarray(i * SIGNATURE_PLACES, (i + 1) * SIGNATURE_PLACES) : undefined,
  }));
}
