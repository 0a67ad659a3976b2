// The option that gives a new library a sparse encoder.

import type { Command } from "commander";
import type { EngineOptions } from "../engine/index.js";

export type SparseOption = { sparseModel?: string };

export function addSparseOption(command: Command): Command {
  return command.option(
    "--sparse-model <name>",
    "sparse encoder of a new library, see: lodestone models list (default: none)",
  );
}

export function sparseOf({ sparseModel }: SparseOption): Pick<EngineOptions, "sparseEncoder"> {
  return sparseModel === undefined ? {} : { sparseEncoder: sparseModel };
}
