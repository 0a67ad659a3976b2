// What the form that begins a migration offers, and what is asked of the server with it.
import type { MigrationRequest } from "../api/migration.js";
import type { InstalledModel } from "../api/models.js";
import type { Status } from "../api/status.js";
import { modelName } from "../text/model-name.js";
import { formatCount } from "../text/numbers.js";

export type StartFields = Readonly<
  Record<"model" | "sparseEncoder" | "dimensions" | "maxTokens" | "overlapTokens", string>
>;

export const noFields: StartFields = { model: "", sparseEncoder: "", dimensions: "", maxTokens: "", overlapTokens: "" };

/** Value of the choice to have no sparse encoder; no model can be called so. */
export const noSparseEncoder = "-";

/** What the form asks for; undefined where it says nothing. Fields that are empty stay as they are. */
export function requestOf({ model, sparseEncoder, ...texts }: StartFields): MigrationRequest | undefined {
  const numbers = (["dimensions", "maxTokens", "overlapTokens"] as const)
    .filter((name) => texts[name].trim() !== "")
    .map((name) => [name, Number(texts[name])] as const);
  const request = {
    ...(model === "" ? {} : { model }),
    ...(sparseEncoder === "" ? {} : { sparseEncoder: sparseEncoder === noSparseEncoder ? null : sparseEncoder }),
    ...Object.fromEntries(numbers),
  };
  return Object.keys(request).length === 0 ? undefined : request;
}

export type Choice = { value: string; label: string };

/** The model in use, which is no change, and every other bi-encoder, each with the length of its vectors. */
export function biEncoderChoices(models: readonly InstalledModel[], { generation }: Status): Choice[] {
  const inUse = modelName(generation.model);
  return [
    { value: "", label: `As it is: ${inUse}, ${formatCount(generation.dimensions)} dimensions` },
    ...others(models, "bi-encoder", inUse).map(({ name, dimensions }) => ({
      value: name,
      label: `${name}, ${formatCount(dimensions[0] ?? 0)} dimensions`,
    })),
  ];
}

/** What there is, which is no change; none, where there is one; every other sparse encoder. */
export function sparseEncoderChoices(models: readonly InstalledModel[], { models: used }: Status): Choice[] {
  const inUse = used.sparseEncoder === null ? undefined : modelName(used.sparseEncoder);
  return [
    { value: "", label: `As it is: ${inUse ?? "none"}` },
    ...(inUse === undefined ? [] : [{ value: noSparseEncoder, label: "None" }]),
    ...others(models, "sparse-encoder", inUse).map(({ name }) => ({ value: name, label: name })),
  ];
}

/** Lengths that vectors of the chosen model can have, longest first; of the model in use where none is chosen. */
export function dimensionsOf(models: readonly InstalledModel[], chosen: string, { generation }: Status): number[] {
  const name = chosen === "" ? modelName(generation.model) : chosen;
  return models.find((model) => model.role === "bi-encoder" && model.name === name)?.dimensions ?? [];
}

function others(models: readonly InstalledModel[], role: InstalledModel["role"], inUse: string | undefined) {
  return models.filter((model) => model.role === role && model.name !== inUse);
}
