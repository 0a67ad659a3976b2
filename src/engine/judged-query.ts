// A query, and which documents answer it: what ranking is learned from.

import { z } from "zod";

export const judgedQuerySchema = z.strictObject({
  text: z.string().max(100_000).regex(/\S/, "must not be blank"),
  /** Grade of each judged document by id; 1 and above is relevant. */
  judgements: z.record(z.string(), z.number()),
});

export type JudgedQuery = z.input<typeof judgedQuerySchema>;
