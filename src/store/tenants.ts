// Who has documents in a library.

import type { Database } from "better-sqlite3";
import { chunkKeyRange } from "./chunk-key.js";

export type TenantSize = { name: string; documents: number; chunks: number };

/** All tenants by name; the documents of no tenant are not among them. */
export function readTenants(db: Database, generation: number): TenantSize[] {
  const { first, last } = chunkKeyRange(generation);
  return db
    .prepare<[number, number], TenantSize>(
      `SELECT d.tenant AS name, count(DISTINCT d.key) AS documents, count(c.key) AS chunks
       FROM documents d LEFT JOIN chunks c ON c.document_key = d.key AND c.key BETWEEN ? AND ?
       WHERE d.tenant > '' GROUP BY d.tenant ORDER BY d.tenant`,
    )
    .all(first, last);
}

/** Keys of each tenant's documents, ascending. */
export function readTenantKeys(db: Database): { tenant: string; keys: Uint32Array<ArrayBuffer> }[] {
  const byTenant = new Map<string, number[]>();
  const rows = db.prepare<[], { tenant: string; key: number }>(
    "SELECT tenant, key FROM documents WHERE tenant > '' ORDER BY tenant, key",
  );
  for (const { tenant, key } of rows.iterate()) {
    const keys = byTenant.get(tenant);
    if (keys) keys.push(key);
    else byTenant.set(tenant, [key]);
  }
  return Array.from(byTenant, ([tenant, keys]) => ({ tenant, keys: Uint32Array.from(keys) }));
}
