// Cuts a stream of bytes into lines without holding more than one of them. Lines are cut as bytes, so that a line that
// is not UTF-8 spoils no other.

export type ByteLine = { line: number; bytes: Buffer } | { line: number; tooLong: number };

/** Lines without their line feed, numbered from 1. Of a line over `maxBytes` only the length is told. */
export async function* byteLines(chunks: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<ByteLine> {
  let line = 1;
  let pieces: Buffer[] = [];
  let length = 0;
  const add = (piece: Buffer) => {
    length += piece.length;
    if (length > maxBytes) pieces = [];
    else pieces.push(piece);
  };
  const take = (): ByteLine => {
    const taken = length > maxBytes ? { line, tooLong: length } : { line, bytes: joined(pieces) };
    line++;
    pieces = [];
    length = 0;
    return taken;
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      add(chunk.subarray(start, end));
      yield take();
      start = end + 1;
    }
    if (start < chunk.length) add(chunk.subarray(start));
  }
  if (length > 0) yield take();
}

function joined(pieces: readonly Buffer[]): Buffer {
  return pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces);
}
