// Token ids as they are gathered for one input, in a buffer that is used again for the next.

/** The first `length` of `ids` count; `ids` is replaced by a longer buffer when it is full. */
export type TokenSink = { ids: Int32Array; length: number };

export function appendToken(sink: TokenSink, id: number): void {
  if (sink.length === sink.ids.length) {
    const grown = new Int32Array(sink.length * 2);
    grown.set(sink.ids);
    sink.ids = grown;
  }
  sink.ids[sink.length++] = id;
}
