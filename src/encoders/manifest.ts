// A model's manifest, models/<name>/manifest.json: all that the engine knows of a model without opening it. Written by
// the import, completed by hand where a folder does not say enough (fusion weights, licence).

import { z } from "zod";
import { LodestoneError } from "../errors.js";
import { nearestName } from "../input/nearest-name.js";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "must be 64 hexadecimal digits");
const relativePath = z
  .string()
  .regex(/^(?!\/)(?!.*(^|\/)\.\.(\/|$))[^\\]+$/, "must be a path inside the model's folder, with forward slashes");
const tokens = z.int().positive();
const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** Whether a string can name a model, and its folder: nothing that leaves a directory, hides or surprises a shell. */
export function isModelName(name: string): boolean {
  return namePattern.test(name);
}

const file = z.strictObject({ sha256, bytes: z.int().nonnegative() });

const identity = {
  /** Of the manifest itself. */
  format: z.literal(1),
  name: z.string().regex(namePattern, "must be 1 to 100 letters, digits, dots, dashes and underscores"),
  /** Of the weights: a commit of the hub, or whatever tells two uploads of one name apart. */
  revision: z.string().min(1),
};

const common = {
  licence: z.string().min(1),
  /** Where the folder came from, for people. */
  source: z.string().optional(),
  quantization: z.enum(["fp32", "fp16", "bf16", "int8", "uint8", "q4", "q4f16", "bnb4"]),
  /** The ONNX graph that is run. */
  modelFile: relativePath,
  /** Longest input in tokens, special tokens included; longer ones are cut. */
  maxTokens: tokens,
};

/** Every file of the model but the manifest. */
const files = z.record(relativePath, file);

const fusion = z.discriminatedUnion("method", [
  /** lexicalWeight * minmax(BM25) + (1 - lexicalWeight) * minmax(cosine) over the union of both lists' first `depth`. */
  z.strictObject({ method: z.literal("convex"), lexicalWeight: z.number().min(0).max(1), depth: tokens }),
  /** 1 / (k + BM25 rank) + denseWeight / (k + cosine rank). */
  z.strictObject({ method: z.literal("rrf"), k: z.number().positive(), denseWeight: z.number().min(0), depth: tokens }),
]);

/** The first `depth` hits are ordered by logitWeight * z(logit) + firstStageWeight * z(first-stage score). */
const rerank = z.strictObject({
  depth: tokens,
  logitWeight: z.number().min(0),
  firstStageWeight: z.number().min(0),
  maxQueryTokens: tokens,
  maxPassageTokens: tokens,
});

const biEncoder = z.strictObject({
  ...identity,
  role: z.literal("bi-encoder"),
  ...common,
  /** Width of the graph's output. */
  dimensions: tokens,
  /** Shorter prefixes of a vector that are vectors of their own (Matryoshka). */
  matryoshkaDimensions: z.array(tokens).optional(),
  /** How token vectors become one: `none` where the graph does it. */
  pooling: z.enum(["mean", "cls", "last", "none"]),
  /** Whether vectors are brought to unit length. Cosine search wants it; false is for graphs that already do it. */
  normalise: z.boolean(),
  queryPrefix: z.string(),
  passagePrefix: z.string(),
  /** How this model's list is best fused with BM25. */
  fusion: fusion.optional(),
  files,
});

const crossEncoder = z.strictObject({
  ...identity,
  role: z.literal("cross-encoder"),
  ...common,
  /** How this model's logits are best used. */
  rerank: rerank.optional(),
  files,
});

const sparseEncoder = z.strictObject({
  ...identity,
  role: z.literal("sparse-encoder"),
  ...common,
  queryPrefix: z.string(),
  passagePrefix: z.string(),
  /** JSON of token -> weight, for a model whose queries are looked up there instead of being run through the graph. */
  queryWeights: relativePath.optional(),
  /** Heaviest terms of a text that are kept. */
  maxTerms: tokens.default(256),
  /** The weight that the index's largest impact stands for; larger ones are cut off. log(1 + logit) hardly ever passes 3.5. */
  largestWeight: z.number().positive().default(3.5),
  /** How this model's list counts in the fusion, beside BM25 and vectors. */
  fusionWeight: z.number().min(0).max(1).optional(),
  files,
});

const manifestSchema = z
  .discriminatedUnion("role", [biEncoder, crossEncoder, sparseEncoder])
  .check(({ value, issues }) => {
    const queryWeights = value.role === "sparse-encoder" ? value.queryWeights : undefined;
    for (const path of [value.modelFile, "tokenizer.json", ...(queryWeights === undefined ? [] : [queryWeights])]) {
      if (!(path in value.files))
        issues.push({ code: "custom", message: `must list "${path}"`, path: ["files"], input: value.files });
    }
  });

export type Manifest = z.infer<typeof manifestSchema>;
export type ModelRole = Manifest["role"];
export type ManifestOf<R extends ModelRole> = Extract<Manifest, { role: R }>;
export type Pooling = ManifestOf<"bi-encoder">["pooling"];
export type Quantization = Manifest["quantization"];

export const modelRoles = ["bi-encoder", "cross-encoder", "sparse-encoder"] as const satisfies readonly ModelRole[];

const fieldsOf: Record<ModelRole, readonly string[]> = {
  "bi-encoder": Object.keys(biEncoder.shape),
  "cross-encoder": Object.keys(crossEncoder.shape),
  "sparse-encoder": Object.keys(sparseEncoder.shape),
};

/** Checks what a manifest file holds; `path` is for the message. Throws MODEL_INVALID. */
export function parseManifest(json: unknown, path: string): Manifest {
  const parsed = manifestSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const role = modelRoles.find((known) => known === (json as { role?: unknown } | null)?.role);
  const problems = parsed.error.issues.map((issue) => problemOf(issue, role));
  throw new LodestoneError("MODEL_INVALID", `${path} is not a model manifest: ${problems.join("; ")}.`, {
    detail: { path, problems },
  });
}

function problemOf(issue: z.core.$ZodIssue, role: ModelRole | undefined): string {
  if (issue.code === "unrecognized_keys" && issue.path.length === 0 && role) {
    return issue.keys
      .map((key) => {
        const near = nearestName(key, fieldsOf[role]);
        return `unknown field "${key}"${near ? ` (did you mean "${near}"?)` : ""}`;
      })
      .join(", ");
  }
  const field = issue.path.join(".");
  return field ? `${field}: ${issue.message}` : issue.message;
}
