// lodestone models: which models are at hand, whether their files are what was imported, and bringing in another one.

import { type Command, Option } from "commander";
import type { Catalogue, ImportOptions } from "../../encoders/index.js";
import { messageOf } from "../../errors.js";
import { EXIT_FAILURE } from "../exit-code.js";
import { describe, type Face } from "../face.js";
import { renderModels, summariseModel } from "../render/models.js";
import { countOf } from "../render/numbers.js";
import { oneLine } from "../render/printable.js";

/** By which a new library is given a model. */
const optionOf: Partial<Record<string, string>> = { "bi-encoder": "--model", "sparse-encoder": "--sparse-model" };

const roles = ["bi-encoder", "cross-encoder", "sparse-encoder"] as const;

type ImportFlags = {
  name?: string;
  role?: (typeof roles)[number];
  modelFile?: string;
  pooling?: string;
  queryPrefix?: string;
  passagePrefix?: string;
  replace?: boolean;
};

export function addModelsCommand(program: Command, face: Face): void {
  const models = program.command("models").description("List, verify and import models. Nothing is ever downloaded.");
  describe(models, { examples: ["models list", "models verify", "models import ~/downloads/all-MiniLM-L6-v2"] });

  const list = models
    .command("list")
    .description("List the models at hand.")
    .action(() => runList(face));
  describe(list, {
    examples: ["models list"],
    notes: ["Models lie in the folders of $LODESTONE_MODELS and in the package's own models folder."],
    json: "{models: [{name, version, role, dimensions, maxTokens, quantization, licence, bytes, directory}], damaged: [{directory, reason}]}",
  });

  const verify = models
    .command("verify [names...]")
    .description("Hash every file of the models, or of those named, against their manifests.")
    .action((names: string[]) => runVerify(names, face));
  describe(verify, {
    examples: ["models verify", "models verify minilex-embed-en"],
    notes: ["Exit code 1 when a file is missing or altered."],
    json: "{models: [{name, ok, reason?}]}",
  });

  const bring = models
    .command("import <folder>")
    .description(
      "Copy a model folder in the layout of the Hugging Face hub into the models, with a manifest and hashes.",
    )
    .option("--name <name>", "its name here (default: the folder's)")
    .addOption(new Option("--role <role>", "what it is (default: read off the folder)").choices(roles))
    .option("--model-file <path>", "which .onnx file of the folder (default: model_quantized.onnx, else model.onnx)")
    .addOption(
      new Option("--pooling <way>", "how token vectors become one (default: read off the folder)").choices([
        "mean",
        "cls",
        "last",
      ]),
    )
    .option("--query-prefix <text>", 'put before each query, for instance "query: "')
    .option("--passage-prefix <text>", 'put before each passage, for instance "passage: "')
    .option("--replace", "replace a model of that name")
    .action((folder: string, flags: ImportFlags) => runImport(folder, flags, face));
  describe(bring, {
    examples: [
      "models import ~/downloads/all-MiniLM-L6-v2",
      'models import ./e5-small --query-prefix "query: " --passage-prefix "passage: "',
    ],
    notes: ["The first folder of $LODESTONE_MODELS receives it, else the package's own models folder."],
    json: "{name, version, role, dimensions, maxTokens, quantization, licence, bytes, directory}",
  });
}

async function openModels(): Promise<Catalogue> {
  const [{ openCatalogue }, { modelDirectories }] = await Promise.all([
    import("../../encoders/index.js"),
    import("../../engine/index.js"),
  ]);
  return openCatalogue(modelDirectories());
}

async function runList({ terminal, shared, exitWith }: Face): Promise<void> {
  const { models, damaged } = (await openModels()).list();
  const summaries = models.map(summariseModel);
  const broken = damaged.map(({ directory, error }) => ({ directory, reason: error.message }));
  if (shared().json) terminal.printJson({ models: summaries, damaged: broken });
  else if (summaries.length > 0) terminal.print(renderModels(summaries, terminal.stdout.style));
  if (summaries.length + broken.length === 0)
    terminal.stderr.write('No models. Bring one in with "lodestone models import <folder>".\n');
  for (const { reason } of broken) terminal.warn(oneLine(reason));
  if (broken.length > 0) exitWith(EXIT_FAILURE);
}

async function runVerify(names: string[], { terminal, shared, exitWith }: Face): Promise<void> {
  const catalogue = await openModels();
  const { models, damaged } = catalogue.list();
  const known = models.map(({ manifest }) => manifest.name);
  const results: { name: string; ok: boolean; reason?: string }[] = [];
  for (const name of names.length > 0 ? names : known) {
    const failure = await catalogue.verify(name).then(
      () => undefined,
      (error: unknown) => messageOf(error),
    );
    results.push(failure === undefined ? { name, ok: true } : { name, ok: false, reason: failure });
  }
  if (names.length === 0)
    for (const { directory, error } of damaged) results.push({ name: directory, ok: false, reason: error.message });
  const failed = results.filter(({ ok }) => !ok);
  if (shared().json) terminal.printJson({ models: results });
  else {
    const { style } = terminal.stdout;
    for (const { name, ok, reason } of results)
      terminal.print(`${ok ? "ok" : style.failure("failed")}  ${oneLine(name)}${reason ? `: ${oneLine(reason)}` : ""}`);
  }
  if (failed.length === 0) return;
  terminal.warn(`${countOf(failed.length, "model")} of ${results.length} cannot be used.`);
  exitWith(EXIT_FAILURE);
}

async function runImport(folder: string, flags: ImportFlags, { terminal, shared }: Face): Promise<void> {
  const { pooling, queryPrefix, passagePrefix } = flags;
  const fields = {
    ...(pooling === undefined ? {} : { pooling }),
    ...(queryPrefix === undefined ? {} : { queryPrefix }),
    ...(passagePrefix === undefined ? {} : { passagePrefix }),
  };
  const options: ImportOptions = {
    fields,
    replace: flags.replace ?? false,
    ...(flags.name === undefined ? {} : { name: flags.name }),
    ...(flags.role === undefined ? {} : { role: flags.role }),
    ...(flags.modelFile === undefined ? {} : { modelFile: flags.modelFile }),
  };
  const model = summariseModel(await (await openModels()).importFolder(folder, options));
  if (shared().json) return terminal.printJson(model);
  terminal.print(renderModels([model], terminal.stdout.style));
  const option = optionOf[model.role];
  if (option)
    terminal.note(
      `\nUse it for a new library: lodestone index <folder> --library <new folder> ${option} ${model.name}`,
    );
}
