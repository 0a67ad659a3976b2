// The models that are at hand on this machine, for whoever is to choose one.

import type { Catalogue } from "../encoders/index.js";

export type InstalledModel = {
  name: string;
  /** name@version, as what was made with it carries it. */
  version: string;
  role: "bi-encoder" | "cross-encoder" | "sparse-encoder";
  /** Lengths that its vectors can have, the model's own first; none but for a bi-encoder. */
  dimensions: number[];
  /** Longest text that it reads whole. */
  maxTokens: number;
  licence: string;
};

/** By role and name; folders that cannot be used are not among them. Reads manifests, no weights. */
export function installedModels(catalogue: Catalogue): InstalledModel[] {
  const models = catalogue.list().models.map(({ manifest, version }): InstalledModel => {
    const { name, role, maxTokens, licence } = manifest;
    const shorter = role === "bi-encoder" ? (manifest.matryoshkaDimensions ?? []) : [];
    const dimensions = role === "bi-encoder" ? [manifest.dimensions, ...shorter] : [];
    return { name, version, role, dimensions: [...new Set(dimensions)].sort((a, b) => b - a), maxTokens, licence };
  });
  const key = ({ role, name }: InstalledModel) => `${role} ${name}`;
  return models.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
