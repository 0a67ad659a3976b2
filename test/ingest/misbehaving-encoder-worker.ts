// An encoder that does what its texts say: throws, stops answering, ends its thread, or embeds them.

import { LodestoneError } from "../../src/errors.js";
import { serve } from "../../src/threads/serve.js";
import { vectorOf } from "./text-vector.js";

export type EncoderVerbs = {
  embed(argument: { texts: readonly string[] }): {
    vectors: Float32Array;
    tokens: number;
    norms: Float32Array;
    textTokens: Uint32Array;
    ms: number;
  };
};

await serve<EncoderVerbs>(async () => ({
  verbs: {
    embed({ texts }) {
      const said = (word: string) => texts.some((text) => text.includes(word));
      if (said("[throws]")) throw new Error("the model threw");
      if (said("[not finite]")) throw new LodestoneError("VECTOR_INVALID", "the model gave NaN");
      if (said("[ends]")) process.exit(3);
      if (said("[hangs]")) for (;;);
      const vectors = Float32Array.from(texts.flatMap(vectorOf));
      const textTokens = Uint32Array.from(texts, (text) => text.split(" ").length);
      const norms = new Float32Array(texts.length).fill(1);
      return { vectors, norms, tokens: textTokens.reduce((sum, count) => sum + count, 0), textTokens, ms: 1 };
    },
  },
}));
