import assert from "node:assert/strict";
import { appendFileSync, cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { packageRoot } from "../../../src/package-root.js";
import { openWorkplace } from "../run-cli.js";

const place = openWorkplace();
const { run, folder } = place;
after(place.remove);

const bundled = "minilex-rerank-en";
const environment = { LODESTONE_MODELS: join(folder, "models") };

function copyModel(name: string): string {
  const copy = join(folder, "models", name);
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(join(folder, "models"), { recursive: true });
  cpSync(join(packageRoot, "models", bundled), copy, { recursive: true });
  return copy;
}

test("the bundled models are listed and their files are what their manifests say", async () => {
  const [words, json, verified] = await Promise.all([
    run(["models", "list"]),
    run(["models", "list", "--json"]),
    run(["models", "verify"]),
  ]);
  assert.match(
    words.stdout,
    /^name +role +dimensions +max tokens +weights +size +licence\n[\s\S]*minilex-rerank-en +cross-encoder +- /,
  );
  const { models, damaged } = JSON.parse(json.stdout) as {
    models: { name: string; role: string; bytes: number }[];
    damaged: unknown[];
  };
  assert.ok(models.some(({ name, role, bytes }) => name === bundled && role === "cross-encoder" && bytes > 1e6));
  assert.deepEqual(damaged, []);
  assert.equal(verified.code, 0);
  assert.match(verified.stdout, /^ok {2}minilex-embed-en\nok {2}minilex-rerank-en\n$/);
});

test("an altered file and a missing one are found, with 1 and what to do", async () => {
  const copy = copyModel(bundled);
  // Same length, one bit: only the hash can tell.
  appendFileSync(join(copy, "tokenizer.json"), " ");
  const altered = await run(["models", "verify", bundled], { environment });
  assert.equal(altered.code, 1);
  assert.match(altered.stdout, /^failed {2}minilex-rerank-en: tokenizer\.json in .* is not the file that was imported/);
  assert.match(altered.stdout, /lodestone models import/);
  assert.match(altered.stderr, /^warning: 1 model of 1 cannot be used\.\n$/);
  rmSync(join(copy, "onnx"), { recursive: true });
  const missing = await run(["models", "list", "--json"], { environment });
  assert.equal(missing.code, 1);
  const { damaged } = JSON.parse(missing.stdout) as { damaged: { directory: string; reason: string }[] };
  assert.deepEqual([damaged[0]?.directory, damaged.length], [copy, 1]);
});

test("an unknown name is met with those that exist", async () => {
  const { code, stdout } = await run(["models", "verify", "minilex-rerank"]);
  assert.equal(code, 1);
  assert.match(stdout, /^failed {2}minilex-rerank: No model "minilex-rerank" .*Did you mean "minilex-rerank-en"\?/);
});

test("a folder is imported under a name, refused when the name is taken, and one that is no model is told what it lacks", async () => {
  rmSync(join(folder, "models"), { recursive: true, force: true });
  const source = join(folder, "source");
  cpSync(join(packageRoot, "models", bundled), source, { recursive: true });
  rmSync(join(source, "manifest.json"));
  const words = ["models", "import", source, "--name", "mine", "--role", "cross-encoder"];
  const imported = await run([...words, "--json"], { environment });
  assert.equal(imported.code, 0, imported.stderr);
  const { name, role, directory } = JSON.parse(imported.stdout) as { name: string; role: string; directory: string };
  assert.deepEqual([name, role, directory], ["mine", "cross-encoder", join(folder, "models", "mine")]);
  const again = await run(words, { environment });
  assert.equal(again.code, 2);
  assert.match(again.stderr, /^error: There is already a model "mine" .*--replace/);
  place.write({ "empty/notes.txt": "no model" });
  const none = await run(["models", "import", "empty"], { environment });
  assert.equal(none.code, 1);
  assert.match(none.stderr, /^error: .*has no config\.json/);
});
