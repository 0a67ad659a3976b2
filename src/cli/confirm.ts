// Asks a yes-or-no question on the terminal. Anything but y or yes is no.

import { createInterface } from "node:readline/promises";
import type { Terminal } from "./terminal.js";

export async function confirm(question: string, { stderr }: Terminal): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: stderr.stream });
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
  } finally {
    lines.close();
  }
}
