// Makes a tiny graph slow: its output waits for a chain of matrix products that add nothing to it.

import { castTo, type Graph } from "./onnx-writer.js";

const side = 1200;

/** The same outputs after `products` products of matrices of 1,200 rows, some tens of milliseconds each on one core. */
export function slowed(graph: Graph, products: number): Graph {
  const output = graph.outputs.at(-1)!.name;
  const renamed = graph.operations.map((operation) =>
    operation.output === output ? { ...operation, output: "in_time" } : operation,
  );
  const chain = Array.from({ length: products }, (_, i) => ({
    op: "MatMul",
    inputs: [i === 0 ? "square" : `product_${i - 1}`, "square"],
    output: `product_${i}`,
  }));
  return {
    ...graph,
    constants: [
      ...graph.constants,
      { name: "slow_zero", values: Float32Array.of(0), shape: [1] },
      // Rows of the matrix sum to 1, and so do those of its powers.
      { name: "slow_cell", values: Float32Array.of(1 / side), shape: [1] },
      { name: "slow_shape", values: BigInt64Array.of(BigInt(side), BigInt(side)), shape: [2] },
    ],
    operations: [
      ...renamed,
      // The matrix depends on the input, so that it cannot be multiplied when the graph is loaded.
      { op: "Cast", inputs: ["input_ids"], output: "slow_ids", ints: castTo("float32") },
      { op: "ReduceSum", inputs: ["slow_ids"], output: "slow_sum", ints: { keepdims: 0 } },
      { op: "Mul", inputs: ["slow_sum", "slow_zero"], output: "slow_nothing" },
      { op: "Add", inputs: ["slow_nothing", "slow_cell"], output: "slow_filled" },
      { op: "Expand", inputs: ["slow_filled", "slow_shape"], output: "square" },
      ...chain,
      { op: "ReduceSum", inputs: [`product_${products - 1}`], output: "slow_total", ints: { keepdims: 0 } },
      { op: "Mul", inputs: ["slow_total", "slow_zero"], output: "slow_end" },
      { op: "Add", inputs: ["in_time", "slow_end"], output },
    ],
  };
}
