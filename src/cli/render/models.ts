// Models for people.

import type { Model } from "../../encoders/index.js";
import { formatBytes, formatCount } from "./numbers.js";
import { oneLine } from "./printable.js";
import type { Style } from "./style.js";
import { renderTable } from "./table.js";

/** What the commands tell of a model, also under --json. */
export type ModelSummary = {
  name: string;
  version: string;
  role: string;
  dimensions: number | null;
  maxTokens: number;
  quantization: string;
  licence: string;
  bytes: number;
  directory: string;
};

export function summariseModel(model: Model): ModelSummary {
  const { manifest, version, directory } = model;
  const { name, role, maxTokens, quantization, licence } = manifest;
  const dimensions = "dimensions" in model ? model.dimensions : null;
  const bytes = Object.values(manifest.files).reduce((sum, file) => sum + file.bytes, 0);
  return { name, version, role, dimensions, maxTokens, quantization, licence, bytes, directory };
}

export function renderModels(models: readonly ModelSummary[], style: Style): string {
  const rows = models.map((model) => [
    model.name,
    model.role,
    model.dimensions === null ? "-" : formatCount(model.dimensions),
    formatCount(model.maxTokens),
    model.quantization,
    formatBytes(model.bytes),
    oneLine(model.licence),
  ]);
  const columns = [
    { title: "name" },
    { title: "role" },
    { title: "dimensions", align: "right" },
    { title: "max tokens", align: "right" },
    { title: "weights" },
    { title: "size", align: "right" },
    { title: "licence" },
  ] as const;
  return renderTable(columns, rows, { style }).join("\n");
}
