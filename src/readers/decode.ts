// Bytes to text. Most files are UTF-8; the rest is told apart by what a reader would see:
//   a byte order mark               -> UTF-8 or UTF-16, as it says
//   a NUL byte                      -> binary, refused
//   bad bytes among good UTF-8      -> damaged UTF-8: read with U+FFFD for them, and a notice
//   no UTF-8 beyond ASCII, few high bytes -> windows-1252, the old encoding of western Europe, and a notice
//   anything else                   -> refused with the first bad byte: mojibake must not be indexed

import { isUtf8 } from "node:buffer";

export type Encoding = { kind: "encoding"; label: string; bomBytes: number; notice?: string };
export type Refused = { kind: "refused"; reason: string; hint: string };
export type Decoded = { kind: "text"; text: string; notice?: string } | Refused;

const toUtf8 = "Convert it to UTF-8, for instance: iconv -f <its encoding> -t UTF-8 in > out";

/** `declared` is an encoding that the text names itself (HTML); it is believed where the bytes are not UTF-8. */
export function decode(bytes: Uint8Array, declared?: string): Decoded {
  const encoding = chooseEncoding(bytes, declared);
  if (encoding.kind === "refused") return encoding;
  const text = openDecoder(encoding.label)(bytes.subarray(encoding.bomBytes));
  return { kind: "text", text, ...(encoding.notice === undefined ? {} : { notice: encoding.notice }) };
}

// What windows-1252 has in place of the control characters U+0080 to U+009F of Latin-1.
const windows1252 = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ";

/**
 * A decoder for text that comes in parts: each call takes the next bytes, and `last` closes the text. Bad bytes become
 * U+FFFD.
 */
export function openDecoder(label: string): (bytes: Uint8Array, last?: boolean) => string {
  if (label === "windows-1252") {
    // TextDecoder of Node 20 reads it as Latin-1, which loses the euro sign and the quotation marks.
    return (bytes) =>
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
        .toString("latin1")
        .replace(/[\u0080-\u009f]/g, (character) => windows1252[character.charCodeAt(0) - 0x80] ?? character);
  }
  const decoder = new TextDecoder(label, { ignoreBOM: true });
  return (bytes, last = true) => decoder.decode(bytes, { stream: !last });
}

/** The encoding of `bytes`, which may be the beginning of a longer file. */
export function chooseEncoding(bytes: Uint8Array, declared?: string): Encoding | Refused {
  const marked = byteOrderMark(bytes);
  if (marked) return marked;
  const nul = bytes.indexOf(0);
  if (nul >= 0) {
    return {
      kind: "refused",
      reason: `it is binary: a NUL byte at offset ${nul}`,
      hint: "Only text can be indexed. If it is UTF-16 without a byte order mark, convert it to UTF-8.",
    };
  }
  if (isUtf8(bytes)) return { kind: "encoding", label: "utf-8", bomBytes: 0 };
  const label = declared === undefined ? undefined : knownLabel(declared);
  if (label !== undefined && label !== "utf-8") return { kind: "encoding", label, bomBytes: 0 };
  const survey = surveyUtf8(bytes);
  if (survey.badBytes === 0) return { kind: "encoding", label: "utf-8", bomBytes: 0 };
  if (survey.goodSequences > survey.badBytes) {
    const count = survey.badBytes === 1 ? "1 byte is" : `${survey.badBytes} bytes are`;
    return {
      kind: "encoding",
      label: "utf-8",
      bomBytes: 0,
      notice: `${count} not valid UTF-8, the first at offset ${survey.firstBad}; read as U+FFFD.`,
    };
  }
  if (looksWestern(bytes)) {
    return {
      kind: "encoding",
      label: "windows-1252",
      bomBytes: 0,
      notice: `Not UTF-8 (first bad byte at offset ${survey.firstBad}); read as windows-1252.`,
    };
  }
  return { kind: "refused", reason: `it is not UTF-8: bad byte at offset ${survey.firstBad}`, hint: toUtf8 };
}

function byteOrderMark(bytes: Uint8Array): Encoding | undefined {
  const [first, second, third] = bytes;
  if (first === 0xef && second === 0xbb && third === 0xbf) {
    const body = chooseEncoding(bytes.subarray(3));
    return body.kind === "encoding" ? { ...body, label: "utf-8", bomBytes: 3 } : undefined;
  }
  if (first === 0xff && second === 0xfe) return { kind: "encoding", label: "utf-16le", bomBytes: 2 };
  if (first === 0xfe && second === 0xff) return { kind: "encoding", label: "utf-16be", bomBytes: 2 };
  return undefined;
}

function knownLabel(label: string): string | undefined {
  try {
    return new TextDecoder(label).encoding;
  } catch {
    // An unknown name of an encoding says nothing; the bytes decide.
    return undefined;
  }
}

type Survey = { badBytes: number; goodSequences: number; firstBad: number };

/** Counts the multi-byte sequences that are UTF-8 and the bytes that are not. A sequence cut off by the end is neither. */
function surveyUtf8(bytes: Uint8Array): Survey {
  const survey: Survey = { badBytes: 0, goodSequences: 0, firstBad: -1 };
  for (let index = 0; index < bytes.length; ) {
    const lead = bytes[index] ?? 0;
    const length =
      lead < 0x80
        ? 1
        : lead >= 0xc2 && lead < 0xe0
          ? 2
          : lead >= 0xe0 && lead < 0xf0
            ? 3
            : lead >= 0xf0 && lead < 0xf5
              ? 4
              : 0;
    if (length === 1) {
      index++;
      continue;
    }
    const sequence = bytes.subarray(index, index + length);
    if (length > 0 && sequence.length < length && continues(sequence)) break;
    if (length > 0 && isUtf8(sequence)) {
      survey.goodSequences++;
      index += length;
    } else {
      if (survey.badBytes++ === 0) survey.firstBad = index;
      index++;
    }
  }
  return survey;
}

function continues(sequence: Uint8Array): boolean {
  return sequence.subarray(1).every((byte) => (byte & 0xc0) === 0x80);
}

/** Western text has few accents (under a fifth of its bytes), no control bytes and none that windows-1252 leaves undefined. */
function looksWestern(bytes: Uint8Array): boolean {
  let high = 0;
  for (const byte of bytes) {
    if (byte >= 0x80) {
      high++;
      if (byte === 0x81 || byte === 0x8d || byte === 0x8f || byte === 0x90 || byte === 0x9d) return false;
    } else if (byte < 0x20 && (byte < 0x09 || byte > 0x0d) && byte !== 0x1b) return false;
  }
  return high * 5 < bytes.length;
}
