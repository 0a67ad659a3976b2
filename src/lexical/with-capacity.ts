// Arrays that grow: the only place where one is copied into a longer one.

type Growing = Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Int32Array<ArrayBuffer>;

/** `array` itself where it has room for `needed` elements, else a copy that has at least half as many again. */
export function withCapacity<T extends Growing>(array: T, needed: number): T {
  if (needed <= array.length) return array;
  const grown = new (array.constructor as new (length: number) => T)(Math.max(needed, Math.ceil(array.length * 1.5)));
  grown.set(array);
  return grown;
}
