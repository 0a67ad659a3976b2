// Matryoshka truncation: a model trained for it says most with its first dimensions, so a vector may be cut to them and brought back
// to unit length (Kusupati et al., "Matryoshka Representation Learning", NeurIPS 2022).

/** Cuts each of the vectors of `dimensions` elements in `vectors` to its first `kept`, which must not all be zero. */
export function truncated(vectors: Float32Array, dimensions: number, kept: number): Float32Array<ArrayBuffer> {
  const count = vectors.length / dimensions;
  const cut = new Float32Array(count * kept);
  for (let i = 0; i < count; i++) {
    const start = i * dimensions;
    let squares = 0;
    for (let j = start; j < start + kept; j++) squares += vectors[j]! * vectors[j]!;
    const scale = 1 / Math.sqrt(squares);
    for (let j = 0; j < kept; j++) cut[i * kept + j] = vectors[start + j]! * scale;
  }
  return cut;
}
