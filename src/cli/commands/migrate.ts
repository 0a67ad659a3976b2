// lodestone migrate: the change to another model, chunking or length of vectors, from the building of the new index to the dropping of
// the old one.

import { Argument, type Command } from "commander";
import type { Engine, MigrationRequest, MigrationStatus } from "../../engine/index.js";
import { describe, type Face } from "../face.js";
import { interruptible, type Shown } from "../interruptible.js";
import { libraryFolder } from "../library-folder.js";
import { orAskTheWriter, withEngine, withoutReranking } from "../open-library.js";
import { wholeNumber } from "../option-values.js";
import { waitForFilling } from "../progress/filling-progress.js";
import { renderMigration } from "../render/migration.js";

type StartOptions = Omit<MigrationRequest, "sparseEncoder"> & { sparseModel?: string | false; wait: boolean };
const STATUS =
  "{id, state, share, documents: {done, total}, rate, remainingMs, failing, source, target, reason, startedAt, endedAt};\n" +
  "source and target: {generation, model, sparseEncoder, dimensions, chunking, isActive, figures}";
const BY_SERVER =
  "While a server writes the library these commands fail with LIBRARY_LOCKED; ask the server instead:\n" +
  "  $ curl http://127.0.0.1:7878/v1/migration\n" +
  "  $ curl http://127.0.0.1:7878/v1/migration/split --json '{\"share\": 25}'\n" +
  "and likewise for a POST to /v1/migration (start), /promote, /rollback and /finish below it.";

export function addMigrateCommand(program: Command, face: Face): void {
  const migrate = program
    .command("migrate")
    .description("Change to another model, chunking or length of vectors while searches go on.");
  describe(migrate, {
    examples: [
      "migrate start --model bge-small-en-v1.5",
      "migrate status",
      "migrate split 25",
      "migrate promote",
      "migrate finish",
    ],
    notes: [
      "A second index is built beside the one in use, from the stored texts. It takes over once it holds every document, for\n" +
        "a share of the queries or for all; until it is finished there is a way back.",
      BY_SERVER,
    ],
  });

  const start = migrate
    .command("start")
    .description("Build a new index beside the one in use.")
    .option("--model <name>", "bi-encoder to change to, see: lodestone models list (default: the one in use)")
    .option("--sparse-model <name>", "sparse encoder to change to (default: the one in use, if any)")
    .option("--no-sparse-model", "change to an index without a sparse encoder")
    .option("--dimensions <n>", "length of the vectors (default: the model's own)", wholeNumber(1, 65_536))
    .option("--max-tokens <n>", "longest chunk, in tokens (default: as it is)", wholeNumber(32, 8192))
    .option("--overlap-tokens <n>", "tokens that a chunk repeats of the one before", wholeNumber(0, 4096))
    .option("--no-wait", "only begin: the next server over the library fills the new index")
    .action(({ wait, sparseModel, ...asked }: StartOptions) =>
      runStart({ ...asked, ...sparseEncoderOf(sparseModel) }, wait, face),
    );
  describe(start, {
    examples: ["migrate start --model bge-small-en-v1.5", "migrate start --max-tokens 128 --overlap-tokens 16"],
    notes: [
      "Waits until the new index holds every document, since it is filled only while a process is there to do so. Stopped by\n" +
        "Ctrl-C, the same command goes on from there, and so does a server.",
      BY_SERVER,
    ],
    json: STATUS,
  });

  const status = migrate
    .command("status")
    .description("Show how far the migration is, and its two indexes side by side.")
    .action(() => runStatus(face));
  describe(status, {
    examples: ["migrate status", "migrate status --json | jq .migration.state"],
    notes: [
      "Works beside a server, too, which writes its figures down every hundred searches; its /v1/migration has the latest.",
    ],
    json: `{migration}, null where there was none: ${STATUS}`,
  });

  const split = migrate
    .command("split")
    .description("Have the new index answer a share of the queries.")
    .addArgument(
      new Argument("<share>", "of a hundred queries so many; 0 takes it off").choices(["0", "10", "25", "50", "100"]),
    )
    .action((share: string) => runSplit(Number(share), face));
  describe(split, {
    examples: ["migrate split 25"],
    notes: [
      "Always the queries of the same users, or of the same texts where a search names no user. The share is for servers: a\n" +
        'single "lodestone search" is answered by the index in use. An index that turns out worse is taken off by itself.',
      BY_SERVER,
    ],
    json: STATUS,
  });

  const promote = migrate
    .command("promote")
    .description("Have the new index answer all queries. The old one is kept up for a way back.")
    .action(() => runPromote(face));
  describe(promote, { examples: ["migrate promote"], notes: [BY_SERVER], json: STATUS });

  const rollback = migrate
    .command("rollback")
    .description("Have the old index answer all queries again. The new one is kept up until the migration is finished.")
    .option("--reason <text>", "why, for whoever looks at the migration later")
    .action(({ reason }: { reason?: string }) => runRollback(reason, face));
  describe(rollback, {
    examples: ['migrate rollback --reason "worse on part numbers"'],
    notes: [BY_SERVER],
    json: STATUS,
  });

  const finish = migrate
    .command("finish")
    .description("Drop the index that is not in use: the old one after a promotion, else the new one.")
    .action(() => writing(face, (engine) => engine.migration.finish()));
  describe(finish, {
    examples: ["migrate finish"],
    notes: ["There is no way back from here. The next vacuum gives the room back.", BY_SERVER],
    json: STATUS,
  });
}

async function runStart(asked: MigrationRequest, wait: boolean, face: Face): Promise<void> {
  await writing(face, async (engine, { bar, signal }) => {
    const current = await engine.migration.status();
    // The same command again: it goes on with what an earlier one began.
    const started = current && isUnderWay(current, asked) ? current : await engine.migration.start(asked);
    return wait ? ((await waitForFilling(engine, bar, signal)) ?? started) : started;
  });
}

/** Absent where nothing was said of it. */
function sparseEncoderOf(sparseModel: StartOptions["sparseModel"]): Pick<MigrationRequest, "sparseEncoder"> {
  return sparseModel === undefined ? {} : { sparseEncoder: sparseModel === false ? null : sparseModel };
}

function isUnderWay({ state, target }: MigrationStatus, asked: MigrationRequest): boolean {
  const { model, sparseEncoder, dimensions, ...chunking } = asked;
  if (state === "ended" || state === "promoted" || !target) return false;
  const { maxTokens, overlapTokens } = target.chunking;
  return (
    (model === undefined || target.model.startsWith(`${model}@`)) &&
    (sparseEncoder === undefined || sparseEncoder === (target.sparseEncoder?.replace(/@.*$/, "") ?? null)) &&
    (dimensions ?? target.dimensions) === target.dimensions &&
    (chunking.maxTokens ?? maxTokens) === maxTokens &&
    (chunking.overlapTokens ?? overlapTokens) === overlapTokens
  );
}

async function runStatus({ terminal, shared }: Face): Promise<void> {
  const { library, json } = shared();
  const options = { library: libraryFolder(library), readOnly: true, ...withoutReranking };
  const status = await withEngine(options, (engine) => engine.migration.status());
  if (json) terminal.printJson({ migration: status ?? null });
  else if (status) terminal.print(renderMigration(status, terminal.stdout.style));
  else terminal.stderr.write("There was no migration yet. Begin one: lodestone migrate start --help\n");
}

function runSplit(share: number, face: Face): Promise<void> {
  return writing(face, async (engine, { bar, signal }) => {
    if (share > 0) await waitForFilling(engine, bar, signal);
    return engine.migration.split(share);
  });
}

function runPromote(face: Face): Promise<void> {
  return writing(face, async (engine, { bar, signal }) => {
    await waitForFilling(engine, bar, signal);
    return engine.migration.promote();
  });
}

function runRollback(reason: string | undefined, face: Face): Promise<void> {
  return writing(face, async (engine, { bar, signal }) => {
    const status = await engine.migration.status();
    // What was written since the promotion may be lacking in the old index.
    if (status?.state === "promoted") await waitForFilling(engine, bar, signal);
    return engine.migration.rollback(reason);
  });
}

/** Does `work` on the library and shows the migration as it is then. */
async function writing(face: Face, work: (engine: Engine, shown: Shown) => Promise<MigrationStatus>): Promise<void> {
  const { terminal, shared } = face;
  const { library, json } = shared();
  const options = {
    library: libraryFolder(library),
    ...withoutReranking,
    onNotice: terminal.warn,
    // Nobody searches here, and nothing else is to be done.
    migration: { load: 1 },
    queue: { paused: true },
  };
  const done = async (shown: Shown) => {
    const status = await orAskTheWriter("A server takes this at /v1/migration.", () =>
      withEngine(options, (engine) => work(engine, shown)),
    );
    shown.bar.stop();
    if (json) terminal.printJson(status);
    else terminal.print(renderMigration(status, terminal.stdout.style));
  };
  await interruptible(face, done, {
    stopped: "Stopped. What has been brought into the new index stays there; it is filled on from there.",
  });
}
