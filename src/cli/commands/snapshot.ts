// lodestone snapshot: backups of a library while it is in use; what there are, whether they are whole, and which to keep.

import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import { EXIT_FAILURE } from "../exit-code.js";
import { describe, type Face } from "../face.js";
import { addKeepOptions, type KeepOptions, retentionOf } from "../keep-options.js";
import { libraryFolder } from "../library-folder.js";
import { whileShown } from "../progress/bytes-progress.js";
import { oneLine } from "../render/printable.js";
import { renderFaults, renderMade, renderSnapshots } from "../render/snapshots.js";

type Options = { directory?: string };

const DIRECTORY = ["--directory <dir>", 'folder of the snapshots (default: "snapshots" in the library\'s)'] as const;

export function addSnapshotCommand(program: Command, face: Face): void {
  const snapshot = program
    .command("snapshot")
    .description("Back up the library while it is in use. Restore with: lodestone restore");
  describe(snapshot, {
    examples: ["snapshot create", "snapshot verify", "snapshot prune --keep-last 7 --keep-weekly 4"],
  });

  const create = snapshot
    .command("create")
    .description("Make a snapshot: database, index files, the models' manifests, and a hash of each file.")
    .option(...DIRECTORY)
    .option("--with-models", "copy the models too, for machines that do not have them")
    .action((options: Options & { withModels?: boolean }) => runCreate(options, face));
  describe(create, {
    examples: ["snapshot create", "snapshot create --directory /mnt/backup/notes --with-models"],
    notes: [
      "Searches and writes go on meanwhile, also those of another process. A snapshot on the disk of its library does not\nsurvive that disk: name a folder elsewhere.",
    ],
    json: "{name, path, createdAt, libraryId, documents, chunks, generations, models, files, bytes, left: [{path, reason}], ...}",
  });

  const list = snapshot
    .command("list")
    .description("List the snapshots, oldest first.")
    .option(...DIRECTORY)
    .action((options: Options) => runList(options, face));
  describe(list, {
    examples: ["snapshot list"],
    json: '{directory, snapshots: [{state: "complete", name, path, createdAt, ...} or {state: "damaged", name, path, reason}]}',
  });

  const verify = snapshot
    .command("verify [name]")
    .description("Check every byte of a snapshot and its database. Without a name: of the newest.")
    .option(...DIRECTORY)
    .action((name: string | undefined, options: Options) => runVerify(name, options, face));
  describe(verify, {
    examples: ["snapshot verify", "snapshot verify 2026-11-20T14-32-05.123Z", "snapshot verify /mnt/backup/old-one"],
    notes: ["Exit code 1 when anything is missing or altered."],
    json: "{path, ok, faults: [{file, fault}], snapshot}",
  });

  const prune = addKeepOptions(snapshot.command("prune"))
    .description("Remove old snapshots of the library. The only one that is whole is never removed.")
    .option(...DIRECTORY)
    .action((options: Options & KeepOptions) => runPrune(options, face));
  describe(prune, {
    examples: ["snapshot prune --keep-last 7", "snapshot prune --keep-daily 7 --keep-weekly 8"],
    notes: ["A snapshot is kept when any of the options keeps it."],
    json: "{removed: [name], kept: [name], damaged: [name]}",
  });

  const remove = snapshot
    .command("delete <name>")
    .description("Remove one snapshot.")
    .option(...DIRECTORY)
    .action((name: string, options: Options) => runDelete(name, options, face));
  describe(remove, { examples: ["snapshot delete 2026-11-20T14-32-05.123Z"], json: "{removed: name}" });
}

const loadEngine = () => import("../../engine/index.js");

async function folders({ directory }: Options, { shared }: Face) {
  const library = libraryFolder(shared().library);
  const { snapshotDirectory } = await loadEngine();
  return { library, directory: snapshotDirectory(library, directory) };
}

async function runCreate(options: Options & { withModels?: boolean }, face: Face): Promise<void> {
  const { terminal, shared } = face;
  const { snapshotLibrary } = await loadEngine();
  const { library, directory } = await folders(options, face);
  const { withModels } = options;
  const made = await whileShown(face, (shown) => snapshotLibrary({ library, directory, withModels, ...shown }));
  if (made === undefined) return;
  for (const { path, reason } of made.left) terminal.warn(`${oneLine(path)} is left out: ${oneLine(reason)}`);
  if (shared().json) terminal.printJson(made);
  else terminal.print(renderMade(made));
}

async function runList(options: Options, face: Face): Promise<void> {
  const { terminal, shared } = face;
  const { listSnapshots } = await loadEngine();
  const { directory } = await folders(options, face);
  const snapshots = await listSnapshots(directory);
  if (shared().json) return terminal.printJson({ directory, snapshots });
  if (snapshots.length > 0) terminal.print(renderSnapshots(snapshots, terminal.stdout.style));
  else terminal.stderr.write(`No snapshots in ${directory}. Make one: lodestone snapshot create\n`);
}

async function runVerify(name: string | undefined, options: Options, face: Face): Promise<void> {
  const { terminal, shared, exitWith } = face;
  const { verifySnapshot } = await loadEngine();
  const path = await pathOf(name, options, face);
  const report = await whileShown(face, (shown) => verifySnapshot(path, shown));
  if (report === undefined) return;
  if (shared().json) terminal.printJson(report);
  else terminal.print(report.ok ? `ok  ${oneLine(path)}` : renderFaults(report, terminal.stdout.style));
  if (!report.ok) exitWith(EXIT_FAILURE);
}

async function pathOf(name: string | undefined, options: Options, face: Face): Promise<string> {
  const { listSnapshots, snapshotPath } = await loadEngine();
  const { directory } = await folders(options, face);
  if (name === undefined) {
    const newest = (await listSnapshots(directory)).at(-1);
    return newest?.path ?? snapshotPath(directory, "");
  }
  return existsSync(name) ? resolve(name) : snapshotPath(directory, name);
}

async function runPrune(options: Options & KeepOptions, face: Face): Promise<void> {
  const { terminal, shared } = face;
  const { pruneLibrarySnapshots } = await loadEngine();
  const { library, directory } = await folders(options, face);
  const policy = retentionOf(options);
  const report = await whileShown(face, (shown) => pruneLibrarySnapshots({ library, directory }, policy, shown));
  if (report === undefined) return;
  for (const name of report.damaged) terminal.warn(`${name} cannot be read; it is left as it is.`);
  if (shared().json) return terminal.printJson(report);
  terminal.print(
    [...report.removed.map((name) => `removed  ${name}`), ...report.kept.map((name) => `kept     ${name}`)].join("\n"),
  );
}

async function runDelete(name: string, options: Options, face: Face): Promise<void> {
  const { removeSnapshot } = await loadEngine();
  const { directory } = await folders(options, face);
  await removeSnapshot(directory, name);
  if (face.shared().json) face.terminal.printJson({ removed: name });
  else face.terminal.print(`${name} deleted`);
}
