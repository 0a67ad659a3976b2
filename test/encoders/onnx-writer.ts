// Writes small ONNX files, so that the tests can run graphs of every shape the engine meets. The message subset and its
// field numbers are those of the ONNX specification (onnx.proto3).

import protobuf from "protobufjs";

const schema = `
  syntax = "proto3";
  message AttributeProto { string name = 1; float f = 2; int64 i = 3; bytes s = 4; repeated int64 ints = 8; int32 type = 20; }
  message NodeProto { repeated string input = 1; repeated string output = 2; string name = 3; string op_type = 4; repeated AttributeProto attribute = 5; }
  message StringStringEntryProto { string key = 1; string value = 2; }
  message TensorProto { repeated int64 dims = 1; int32 data_type = 2; string name = 8; bytes raw_data = 9; repeated StringStringEntryProto external_data = 13; int32 data_location = 14; }
  message Dimension { oneof value { int64 dim_value = 1; string dim_param = 2; } }
  message TensorShapeProto { repeated Dimension dim = 1; }
  message TensorType { int32 elem_type = 1; TensorShapeProto shape = 2; }
  message TypeProto { TensorType tensor_type = 1; }
  message ValueInfoProto { string name = 1; TypeProto type = 2; }
  message GraphProto { repeated NodeProto node = 1; string name = 2; repeated TensorProto initializer = 5; repeated ValueInfoProto input = 11; repeated ValueInfoProto output = 12; }
  message OperatorSetIdProto { string domain = 1; int64 version = 2; }
  message ModelProto { int64 ir_version = 1; string producer_name = 2; GraphProto graph = 7; repeated OperatorSetIdProto opset_import = 8; }
`;

/** ONNX numbers of the element types used here. */
const elementTypes = { float32: 1, int32: 6, int64: 7, float16: 10 } as const;
type ElementType = keyof typeof elementTypes;

export type Value = { name: string; type: ElementType; shape: (number | string)[] };
export type Constant = { name: string; values: Float32Array | BigInt64Array; shape: number[] };
export type Operation = {
  op: string;
  inputs: string[];
  output: string;
  ints?: Record<string, number>;
  strings?: Record<string, string>;
};
export type Graph = { inputs: Value[]; outputs: Value[]; constants: Constant[]; operations: Operation[] };

/** The file's bytes, and with `dataFile` the bytes of the constants that it then refers to under that name. */
export function onnxFile(graph: Graph, dataFile?: string): { model: Uint8Array; data: Uint8Array } {
  const model = protobuf.parse(schema, { keepCase: true }).root.lookupType("ModelProto");
  let offset = 0;
  const parts: Uint8Array[] = [];
  const initializer = graph.constants.map(({ name, values, shape }) => {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const tensor = { dims: shape, data_type: elementTypes[values instanceof Float32Array ? "float32" : "int64"], name };
    if (dataFile === undefined) return { ...tensor, raw_data: bytes };
    const external_data = [
      { key: "location", value: dataFile },
      { key: "offset", value: String(offset) },
      { key: "length", value: String(bytes.length) },
    ];
    parts.push(bytes);
    offset += bytes.length;
    return { ...tensor, external_data, data_location: 1 };
  });
  const message = model.fromObject({
    ir_version: 8,
    producer_name: "test",
    opset_import: [{ domain: "", version: 17 }],
    graph: {
      name: "test",
      initializer,
      node: graph.operations.map(({ op, inputs, output, ints = {}, strings = {} }) => ({
        op_type: op,
        name: output,
        input: inputs,
        output: [output],
        attribute: [
          ...Object.entries(ints).map(([name, i]) =>
            name === "axes" ? { name, ints: [i], type: 7 } : { name, i, type: 2 },
          ),
          ...Object.entries(strings).map(([name, s]) => ({ name, s: Buffer.from(s), type: 3 })),
        ],
      })),
      input: graph.inputs.map(valueInfo),
      output: graph.outputs.map(valueInfo),
    },
  });
  return { model: model.encode(message).finish(), data: Buffer.concat(parts) };
}

/** The constants of a file by their names, as bytes in the order of its element type. */
export function constantsOf(file: Uint8Array): Map<string, { shape: number[]; bytes: Uint8Array }> {
  const model = protobuf.parse(schema, { keepCase: true }).root.lookupType("ModelProto");
  const { graph } = model.toObject(model.decode(file), { longs: Number, defaults: true }) as {
    graph: { initializer: { name: string; dims: number[]; raw_data: Uint8Array }[] };
  };
  return new Map(graph.initializer.map(({ name, dims, raw_data }) => [name, { shape: dims, bytes: raw_data }]));
}

export const castTo = (type: ElementType): Record<string, number> => ({ to: elementTypes[type] });

function valueInfo({ name, type, shape }: Value): object {
  const dim = shape.map((size) => (typeof size === "number" ? { dim_value: size } : { dim_param: size }));
  return { name, type: { tensor_type: { elem_type: elementTypes[type], shape: { dim } } } };
}
