// Keeps duplicates out on request: tells of a document that comes new which one it duplicates, among those that are stored
// and those that are on their way.

import type { Database } from "better-sqlite3";
import {
  NEAR_DUPLICATE_THRESHOLD,
  NearDuplicates,
  openSigner,
  type Signature,
  similarityOf,
} from "../documents/index.js";
import { type DocumentWrite, printsOf, readPrints, type SkippedDuplicate, tenantOfId } from "../store/index.js";
import { hashOfText, type IncomingDocument, TEXT_HASH_BYTES } from "./prepare.js";

/** What becomes of a new document whose text, or nearly so, the library holds already. */
export const onDuplicateChoices = ["keep", "skip-exact", "skip-near"] as const;
export type OnDuplicate = (typeof onDuplicateChoices)[number];

export type DuplicateGuard = {
  /**
   * What `document` duplicates; undefined where nothing, and where the library holds a document with its id: that one is
   * brought up to date, whatever else is the same.
   */
  find(document: IncomingDocument, choice: OnDuplicate): SkippedDuplicate | undefined;
  /** A document is on its way into the library. */
  expect(document: DocumentWrite, choice: OnDuplicate): void;
  /** It has arrived, or will not. */
  settle(id: string): void;
};

/** A document as it was when its signature was noted: by key once it is stored, for its id may change with its file's place. */
type Original = { key?: number | undefined; id?: string };

export function openDuplicateGuard(db: Database): DuplicateGuard {
  const keyOf = db.prepare<[string], number>("SELECT key FROM documents WHERE id = ?").pluck();
  const withText = db
    .prepare<[Buffer, string], string>(
      `SELECT d.id FROM document_texts t JOIN documents d ON d.key = t.document_key
       WHERE t.text_hash = ? AND d.tenant = ? ORDER BY d.key LIMIT 1`,
    )
    .pluck();
  const stored = db.prepare<[number], { id: string; signature: Buffer | null }>(
    "SELECT d.id, t.signature FROM documents d JOIN document_texts t ON t.document_key = d.key WHERE d.key = ?",
  );
  const sign = openSigner();
  const expected = new Map<string, { original: Original; textHash: Buffer; signature: Signature | undefined }>();
  const expectedTexts = new Map<string, string>();
  // Of each tenant, read with the first question and added to from then on. What has changed or gone since is found out when it matters.
  const nears = new Map<string, { index: NearDuplicates; originals: Original[] }>();

  const opened = (tenant: string) => {
    const known = nears.get(tenant);
    if (known) return known;
    const near: { index: NearDuplicates; originals: Original[] } = {
      index: new NearDuplicates(NEAR_DUPLICATE_THRESHOLD),
      originals: [],
    };
    nears.set(tenant, near);
    for (const { documentKey: key, signature } of printsOf(readPrints(db, { tenant }))) {
      if (signature) near.originals[near.index.add(signature)] = { key };
    }
    for (const [id, { original, signature }] of expected) {
      if (signature && tenantOfId(id) === tenant) near.originals[near.index.add(signature)] = original;
    }
    return near;
  };

  /** What has become of it: its id and signature now; undefined where it is gone. */
  const asItIs = ({ key, id }: Original): { id: string; signature: Signature | undefined } | undefined => {
    const coming = id === undefined ? undefined : expected.get(id);
    if (coming) return { id: id!, signature: coming.signature };
    const found = key === undefined ? undefined : stored.get(key);
    return found && { id: found.id, signature: signatureOf(found.signature) };
  };

  const findExact = (id: string, textHash: Buffer): SkippedDuplicate | undefined => {
    const tenant = tenantOfId(id);
    const original = withText.get(textHash, tenant) ?? expectedTexts.get(tenant + textHash.toString("hex"));
    return original === undefined || original === id ? undefined : { id, duplicateOf: original, similarity: 1 };
  };

  const findNear = (id: string, signature: Signature): SkippedDuplicate | undefined => {
    const { index, originals } = opened(tenantOfId(id));
    let best: SkippedDuplicate | undefined;
    for (const { item } of index.similarTo(signature)) {
      const now = asItIs(originals[item]!);
      if (now?.signature === undefined || now.id === id) continue;
      const similarity = similarityOf(signature, now.signature);
      if (similarity >= NEAR_DUPLICATE_THRESHOLD && similarity > (best?.similarity ?? 0)) {
        best = { id, duplicateOf: now.id, similarity };
      }
    }
    return best;
  };

  return {
    find({ id, text }, choice) {
      if (choice === "keep" || keyOf.get(id) !== undefined) return undefined;
      const exact = findExact(id, hashOfText(text).subarray(0, TEXT_HASH_BYTES));
      if (exact || choice === "skip-exact") return exact;
      const signature = sign(text);
      return signature && findNear(id, signature);
    },

    expect({ id, textHash: hash, signature: bytes }, choice) {
      // While nobody has asked, nobody needs to know.
      const near = nears.get(tenantOfId(id));
      if (choice === "keep" && !near) return;
      const textHash = Buffer.from(hash);
      const signature = signatureOf(bytes);
      const original: Original = { id };
      expected.set(id, { original, textHash, signature });
      expectedTexts.set(tenantOfId(id) + textHash.toString("hex"), id);
      if (near && signature) near.originals[near.index.add(signature)] = original;
    },

    settle(id) {
      const known = expected.get(id);
      if (!known) return;
      known.original.key = keyOf.get(id);
      expected.delete(id);
      expectedTexts.delete(tenantOfId(id) + known.textHash.toString("hex"));
    },
  };
}

function signatureOf(stored: Uint8Array | null): Signature | undefined {
  return stored === null ? undefined : new Uint16Array(Uint8Array.from(stored).buffer);
}
