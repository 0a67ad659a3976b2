// The one file that touches onnxruntime-node. Feeds token batches to a graph and hands back one float32 output; what the
// graph wants as input and gives as output is read from the graph itself. `run` computes synchronously inside, so a
// session lives in a worker thread, and it lives long: sessions that are made again and again leak.

import { InferenceSession, Tensor } from "onnxruntime-node";
import { LodestoneError, messageOf } from "../errors.js";
import type { Encoding } from "./tokenizer.js";

/** One output of a run: `values` row by row in `shape`, whose first number is the number of inputs. */
export type GraphOutput = { shape: readonly number[]; values: Float32Array };

export type OnnxSession = {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Runs the inputs, padded at the right to the longest. */
  run(batch: readonly Encoding[], output: string): Promise<GraphOutput>;
  close(): Promise<void>;
};

export type SessionOptions = { path: string; padId: number; threads: number };

/** Opens a graph. A file that ONNX Runtime refuses, or that wants inputs a text does not have, is MODEL_INVALID. */
export async function openOnnxSession({ path, padId, threads }: SessionOptions): Promise<OnnxSession> {
  const session = await createSession(path, threads);
  const fillers = session.inputMetadata.map((input) => fillerFor(input, path, padId));

  return {
    inputs: session.inputNames,
    outputs: session.outputNames,
    async run(batch, output) {
      const length = batch.reduce((longest, { ids }) => Math.max(longest, ids.length), 1);
      const feeds: Record<string, Tensor> = {};
      for (const { name, fill } of fillers) feeds[name] = fill(batch, length);
      const tensor = (await runChecked(session, feeds, output, path))[output];
      if (!(tensor instanceof Tensor)) throw new LodestoneError("MODEL_INVALID", `${path} gave no output "${output}".`);
      const result = { shape: tensor.dims, values: floatsOf(tensor, path) };
      tensor.dispose();
      return result;
    },
    close: () => session.release(),
  };
}

async function createSession(path: string, threads: number): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(path, {
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      graphOptimizationLevel: "all",
      logSeverityLevel: 3,
      // Threads wait actively inside a run, where it pays, and sleep between runs: otherwise the idle threads of one
      // session take the cores from the other's.
      extra: { session: { force_spinning_stop: "1" } },
    });
  } catch (error) {
    throw new LodestoneError("MODEL_INVALID", `ONNX Runtime cannot load ${path}: ${messageOf(error)}`, {
      cause: error,
      detail: { file: path },
    });
  }
}

async function runChecked(
  session: InferenceSession,
  feeds: Record<string, Tensor>,
  output: string,
  path: string,
): Promise<InferenceSession.ReturnType> {
  try {
    return await session.run(feeds, [output]);
  } catch (error) {
    const shape = Object.values(feeds)[0]?.dims.join(" x ");
    throw new LodestoneError(
      "MODEL_INVALID",
      `${path} failed on a batch of ${shape} tokens; its tokenizer or maximum length may be another model's: ${messageOf(error)}`,
      { cause: error, detail: { file: path } },
    );
  }
}

type Filler = { name: string; fill(batch: readonly Encoding[], length: number): Tensor };
type InputMetadata = InferenceSession["inputMetadata"][number];

function fillerFor(input: InputMetadata, path: string, padId: number): Filler {
  const { name } = input;
  const cells = cellsOf(name, padId);
  const type = input.isTensor ? input.type : "no tensor";
  if (!cells || (type !== "int64" && type !== "int32")) {
    throw new LodestoneError(
      "MODEL_INVALID",
      `${path} wants the input "${name}" (${type}); a text gives input_ids, attention_mask, token_type_ids and position_ids (int64 or int32) only. ` +
        `Export the model for feature extraction or text classification.`,
      { detail: { file: path, input: name } },
    );
  }
  // An int64 is written as its low half: token ids are small, the high half stays 0, and the runtime's platforms are
  // all little-endian. BigInt conversion would cost more than the tokenizer.
  const stride = type === "int64" ? 2 : 1;
  return {
    name,
    fill(batch, length) {
      const values = new Int32Array(batch.length * length * stride);
      for (const [row, encoding] of batch.entries()) {
        cells(values, row * length * stride, stride, encoding, length);
      }
      const data = type === "int64" ? new BigInt64Array(values.buffer) : values;
      return new Tensor(type, data, [batch.length, length]);
    },
  };
}

type CellWriter = (values: Int32Array, offset: number, stride: number, encoding: Encoding, length: number) => void;

function cellsOf(name: string, padId: number): CellWriter | undefined {
  switch (name) {
    case "input_ids":
      return (values, offset, stride, { ids }, length) => {
        for (let index = 0; index < length; index++)
          values[offset + index * stride] = index < ids.length ? (ids[index] as number) : padId;
      };
    case "attention_mask":
      return (values, offset, stride, { ids }) => {
        for (let index = 0; index < ids.length; index++) values[offset + index * stride] = 1;
      };
    case "token_type_ids":
      return (values, offset, stride, { ids, secondSegmentStart }) => {
        for (let index = secondSegmentStart; index < ids.length; index++) values[offset + index * stride] = 1;
      };
    case "position_ids":
      return (values, offset, stride, _encoding, length) => {
        for (let index = 0; index < length; index++) values[offset + index * stride] = index;
      };
    default:
      return undefined;
  }
}

function floatsOf(tensor: Tensor, path: string): Float32Array {
  if (tensor.type === "float32") return tensor.data as Float32Array;
  if (tensor.type === "float16") return Float32Array.from(tensor.data as Uint16Array, floatOfHalf);
  throw new LodestoneError("MODEL_INVALID", `${path} gives ${tensor.type} values; float32 or float16 is needed.`);
}

// IEEE 754 binary16: sign, 5 bits of exponent (bias 15), 10 bits of fraction.
function floatOfHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
