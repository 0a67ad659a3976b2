// Tells programs of this machine that alerts begin and end: by a POST to a local address, and by running a command.

import { spawn } from "node:child_process";
import { messageOf } from "../errors.js";
import type { AlertNews } from "./alert-keeper.js";
import { checkWebhook, type MonitoringOptions } from "./options.js";

const LIMIT_MS = 5_000;

/** Resolves when all are told, or could not be: that is said by `onNotice`. */
export async function tellAlerts(
  news: readonly AlertNews[],
  { webhook, command }: Pick<MonitoringOptions, "webhook" | "command">,
  onNotice: (notice: string) => void,
): Promise<void> {
  const failed = (way: string) => (error: unknown) =>
    onNotice(`An alert could not be told ${way}: ${messageOf(error)}`);
  for (const event of news) {
    if (webhook !== undefined) await post(checkWebhook(webhook), event).catch(failed(`to ${webhook}`));
    if (command !== undefined) await run(command, event).catch(failed(`by ${command}`));
  }
}

async function post(url: URL, event: AlertNews): Promise<void> {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(event),
    // Elsewhere it must not go, whatever the answer says.
    redirect: "error",
    signal: AbortSignal.timeout(LIMIT_MS),
  });
  await answer.body?.cancel();
  if (!answer.ok) throw new Error(`it answered ${answer.status}`);
}

// No shell: the sentence is an argument and nothing else.
function run(command: string, event: AlertNews): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [event.sentence], { stdio: ["pipe", "ignore", "ignore"], timeout: LIMIT_MS });
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`it ended with ${signal ?? code}`));
    });
    // One that does not read is no failure.
    child.stdin.once("error", () => undefined);
    child.stdin.end(`${JSON.stringify(event)}\n`);
  });
}
