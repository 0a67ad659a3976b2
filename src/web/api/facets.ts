// GET /v1/facets: how many documents each folder (with everything below it) and each media type has.
import type { Send } from "./request.js";

export type FacetCount = { value: string; count: number };
export type Facets = { folders: FacetCount[]; types: FacetCount[] };

export async function fetchFacets(send: Send, signal: AbortSignal): Promise<Facets> {
  return (await send("/v1/facets", { signal })) as Facets;
}
