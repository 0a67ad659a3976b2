// Runs the command line as a user does: in a process of its own, in a temporary folder, with a library of its own.

import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const mainModule = fileURLToPath(new URL("../../src/cli/main.js", import.meta.url));

export type Outcome = { code: number | null; stdout: string; stderr: string };

export type Workplace = {
  folder: string;
  library: string;
  /** Writes files below the folder; keys are paths. */
  write(files: Record<string, string | Uint8Array>): void;
  /** Runs `lodestone ...words` to its end. */
  run(
    words: readonly string[],
    options?: { input?: string | Uint8Array; environment?: Record<string, string> },
  ): Promise<Outcome>;
  /** Starts it and hands the process over. */
  start(words: readonly string[], options?: { environment?: Record<string, string> }): ChildProcessWithoutNullStreams;
  remove(): void;
};

export function openWorkplace(): Workplace {
  const folder = mkdtempSync(join(tmpdir(), "lodestone-cli-"));
  const library = join(folder, "library");
  const start: Workplace["start"] = (words, { environment = {} } = {}) => {
    const { NO_COLOR: _, LODESTONE_MODELS: __, ...inherited } = process.env;
    const env = { ...inherited, LODESTONE_LIBRARY: library, HOME: folder, ...environment };
    return spawn(process.execPath, [mainModule, ...words], { cwd: folder, env });
  };
  return {
    folder,
    library,
    start,
    write(files) {
      for (const [path, content] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), content);
      }
    },
    async run(words, { input = "", ...options } = {}) {
      const child = start(words, options);
      const outcome: Outcome = { code: null, stdout: "", stderr: "" };
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        outcome.stdout += text;
      });
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        outcome.stderr += text;
      });
      // A process that ends without reading its input is no failure of the test.
      child.stdin.on("error", () => undefined).end(input);
      const [code] = (await once(child, "close")) as [number | null];
      return { ...outcome, code };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** What a process prints first, up to the first line break. */
export async function firstLine(child: ChildProcessWithoutNullStreams): Promise<string> {
  let text = "";
  for await (const part of child.stdout.setEncoding("utf8")) {
    text += part as string;
    if (text.includes("\n")) break;
  }
  return text.slice(0, text.indexOf("\n"));
}

export const notes = {
  "notes/keys.md":
    "---\nteam: infra\nyear: 2024\ntags: [keys, security]\n---\n# Key management\n\nSigning keys live in the vault.\n\n## Rotating keys\n\nTo rotate the signing keys, run `vaultctl rotate` and wait for every node.\n",
  "notes/backup.md":
    "---\nteam: ops\nyear: 2019\n---\n# Backups\n\nNightly backups go to the second site. Restore them with `restore --latest`.\n",
  "notes/lunch/menu.txt": "Lunch menu: soup on Monday, coffee and cake on Friday.\n",
};
