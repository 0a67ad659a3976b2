// Token ids by word, found by a stretch of a text without cutting it out: an open-addressing hash table. A Map would
// want a string for each look-up, which costs more than the look-up itself (measured: 12 M tokens/s against 7).

import { appendToken, type TokenSink } from "./token-sink.js";

/** About 10 MB of words. */
const defaultMaxWords = 131_072;
/** Longer words (addresses, base64) hardly ever come twice. */
const maxLength = 48;
const empty = -1;

/**
 * A function that appends the ids of `text.slice(start, end)`; `tokenizeWord` is asked for words the table does not
 * hold. A table of `maxWords` (a power of two) starts over: running text fills it again within a second.
 */
export function createWordTable(
  tokenizeWord: (word: string) => number[],
  maxWords = defaultMaxWords,
): (text: string, start: number, end: number, sink: TokenSink) => void {
  const slots = 4 * maxWords;
  const table = new Int32Array(slots).fill(empty);
  const hashes = new Int32Array(maxWords);
  const words: string[] = [];
  const tokens: (number | number[])[] = [];

  const remember = (word: string, hash: number): number => {
    if (words.length === maxWords) {
      table.fill(empty);
      words.length = 0;
      tokens.length = 0;
    }
    const entry = words.length;
    const ids = tokenizeWord(word);
    words.push(ownCopy(word));
    tokens.push(ids.length === 1 ? (ids[0] as number) : ids);
    hashes[entry] = hash;
    let slot = hash & (slots - 1);
    while (table[slot] !== empty) slot = (slot + 1) & (slots - 1);
    table[slot] = entry;
    return entry;
  };

  return (text, start, end, sink) => {
    const length = end - start;
    if (length > maxLength) {
      for (const id of tokenizeWord(text.slice(start, end))) appendToken(sink, id);
      return;
    }
    // FNV-1a over code units, folded, because its low bits alone are weak.
    let hash = length;
    for (let index = start; index < end; index++) {
      hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
      hash ^= hash >>> 15;
    }
    let slot = hash & (slots - 1);
    let entry = table[slot] as number;
    while (entry !== empty) {
      if (hashes[entry] === hash) {
        const word = words[entry] as string;
        if (word.length === length && text.startsWith(word, start)) break;
      }
      slot = (slot + 1) & (slots - 1);
      entry = table[slot] as number;
    }
    if (entry === empty) entry = remember(text.slice(start, end), hash);
    const ids = tokens[entry] as number | number[];
    if (typeof ids === "number") appendToken(sink, ids);
    else for (const id of ids) appendToken(sink, id);
  };
}

// V8 keeps a slice of 13 characters or more as a view into its text, which would stay in memory with the word.
function ownCopy(word: string): string {
  return word.length < 13 ? word : Buffer.from(word, "utf16le").toString("utf16le");
}
