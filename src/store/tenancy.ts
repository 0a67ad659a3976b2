// Tenants. A tenant's document is stored under an id that begins with the tenant's name, so that no two tenants can ever mean the same
// document; the registry derives the tenant from that id alone. The documents of no tenant have their ids as they are.
// BAKED IN: the separator, U+001F "unit separator", which no id from outside may have.

import { LodestoneError } from "../errors.js";

export const TENANT_SEPARATOR = "\u001f";

/** SQL for the tenant of an id in column `id`; '' for none. */
export const TENANT_OF_ID = "iif(instr(id, char(31)) > 0, substr(id, 1, instr(id, char(31)) - 1), '')";

/** SQL for what is left of it. */
export const OWN_ID_OF_ID = "substr(id, instr(id, char(31)) + 1)";

/** The id under which a tenant's document is stored. */
export function scopedId(tenant: string, id: string): string {
  return tenant === "" ? id : tenant + TENANT_SEPARATOR + id;
}

export function tenantOfId(scoped: string): string {
  const end = scoped.indexOf(TENANT_SEPARATOR);
  return end < 0 ? "" : scoped.slice(0, end);
}

/** The id as its tenant knows it. */
export function unscopedId(scoped: string): string {
  return scoped.slice(scoped.indexOf(TENANT_SEPARATOR) + 1);
}

/** Throws INVALID_INPUT for an id that could be taken for another tenant's. */
export function checkOwnId(id: string): void {
  if (!id.includes(TENANT_SEPARATOR)) return;
  throw new LodestoneError("INVALID_INPUT", "An id must not have the character U+001F, which separates tenants.");
}

const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._@:-]*$/u;
const MOST_NAME_CHARACTERS = 64;

/** Throws INVALID_INPUT for what cannot be a tenant's name. */
export function checkTenant(name: unknown): asserts name is string {
  if (typeof name === "string" && name.length <= MOST_NAME_CHARACTERS && NAME.test(name)) return;
  throw new LodestoneError(
    "INVALID_INPUT",
    `A tenant's name has 1 to ${MOST_NAME_CHARACTERS} letters, digits and . _ @ : -, and begins with a letter or digit; ` +
      `not ${JSON.stringify(name)?.slice(0, 80)}.`,
  );
}
