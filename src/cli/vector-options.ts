// The options of a command that say how vectors are kept, and the environment variable that says it for all commands.

import { type Command, Option } from "commander";
import type { EngineOptions } from "../engine/index.js";
import { LodestoneError } from "../errors.js";
import { wholeNumber } from "./option-values.js";

type Vectors = NonNullable<EngineOptions["vectors"]>;
export type VectorOptions = { vectorFormat?: Vectors["format"]; vectorDimensions?: number; vectorsOnDisk?: boolean };

export function addVectorOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--vector-format <format>", "how vectors are kept in memory (default: float32)").choices([
        "float32",
        "float16",
        "int8",
      ]),
    )
    .option(
      "--vector-dimensions <n>",
      "first dimensions of each vector to keep, where the model allows it (default: all)",
      wholeNumber(1, 4096),
    )
    .option(
      "--vectors-on-disk",
      "keep vectors in a file of the library instead of memory (also: LODESTONE_VECTORS_ON_DISK=1)",
    );
}

export function vectorsOf({ vectorFormat, vectorDimensions, vectorsOnDisk }: VectorOptions): Vectors {
  return {
    format: vectorFormat,
    truncate: vectorDimensions,
    ...(vectorsOnDisk === undefined ? {} : { onDisk: vectorsOnDisk }),
  };
}

/** What LODESTONE_VECTORS_ON_DISK says. Throws INVALID_INPUT for anything but 1 and 0. */
export function vectorsInEnvironment(environment: NodeJS.ProcessEnv): Vectors {
  const { LODESTONE_VECTORS_ON_DISK: onDisk = "" } = environment;
  if (onDisk === "") return {};
  if (onDisk === "0" || onDisk === "1") return { onDisk: onDisk === "1" };
  throw new LodestoneError("INVALID_INPUT", `LODESTONE_VECTORS_ON_DISK is 1 or 0, not "${onDisk}".`);
}
