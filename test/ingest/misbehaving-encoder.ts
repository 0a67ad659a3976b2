// Opens the encoder that does what its texts say, in a thread of its own, with a look at each call.

import type { BiEncoder, BiEncoderModel } from "../../src/encoders/index.js";
import { startWorker } from "../../src/threads/worker-client.js";
import type { EncoderVerbs } from "./misbehaving-encoder-worker.js";
import { dimensions } from "./text-vector.js";

export type EmbedCall = { texts: readonly string[] };

/** `before` is awaited before each call; it may throw. */
export async function openMisbehavingEncoder(
  model: BiEncoderModel,
  before: (call: EmbedCall) => Promise<void> | void,
): Promise<BiEncoder> {
  const url = new URL("./misbehaving-encoder-worker.js", import.meta.url);
  const worker = await startWorker<EncoderVerbs>(url, null, "misbehaving encoder");
  return {
    model,
    dimensions,
    async embed(texts, _kind, { signal } = {}) {
      await before({ texts });
      return worker.call("embed", { texts }, { signal });
    },
    close: () => worker.close(),
    abandon: () => worker.abandon(),
  };
}
