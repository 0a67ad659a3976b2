// lodestone cache: what the cache of embeddings has been good for, and emptying it.

import type { Command } from "commander";
import { describe, type Face } from "../face.js";
import { libraryFolder } from "../library-folder.js";
import { withEngine, withoutReranking } from "../open-library.js";
import { renderCache } from "../render/cache.js";
import { countOf } from "../render/numbers.js";

export function addCacheCommand(program: Command, face: Face): void {
  const cache = program
    .command("cache")
    .description("Show or empty the cache of embeddings. Losing it loses time and nothing else.");
  describe(cache, { examples: ["cache stats", "cache clear"] });

  const stats = cache
    .command("stats")
    .description("Show what the cache holds, how often it had what was looked for, and what that saved.")
    .action(() => runStats(face));
  describe(stats, {
    examples: ["cache stats", "cache stats --json | jq .hitRate"],
    json: "{state, entries, bytes, limits, hits: {memory, disk}, misses, hitRate, saved: {bytes, tokens, ms}, since, queries}",
  });

  const clear = cache
    .command("clear")
    .description("Forget all embeddings, or those of one tenant. Documents keep theirs.")
    .option("--tenant <name>", "only the embeddings of this tenant")
    .action((options: { tenant?: string }) => runClear(options, face));
  describe(clear, { examples: ["cache clear", "cache clear --tenant acme"], json: "{removed}" });
}

async function runStats({ terminal, shared }: Face): Promise<void> {
  const { library, json } = shared();
  const options = { library: libraryFolder(library), readOnly: true, ...withoutReranking };
  const status = await withEngine(options, (engine) => engine.cache.status());
  if (json) terminal.printJson(status);
  else terminal.print(renderCache(status, terminal.stdout.style));
}

async function runClear({ tenant }: { tenant?: string }, { terminal, shared }: Face): Promise<void> {
  const { library, json } = shared();
  const options = { library: libraryFolder(library), ...withoutReranking, onNotice: terminal.warn };
  const report = await withEngine(options, (engine) => engine.cache.clear(tenant === undefined ? {} : { tenant }));
  if (json) terminal.printJson(report);
  else terminal.print(`${countOf(report.removed, "embedding")} forgotten`);
}
