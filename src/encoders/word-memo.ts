// Tokenises word by word from memory. The tokenizer library takes microseconds for each word (0.7 M tokens/s) and
// running text repeats them.

import type { TokenSink } from "./token-sink.js";
import type { WordSplit } from "./word-split.js";
import { createWordTable } from "./word-table.js";

/**
 * A function that appends the ids of `text` to a sink and stops once the sink holds `limit` tokens; the rest of the
 * last word may go past it. `tokenizeWord` gives the ids of one word, cut out of the text as `split` says.
 */
export function createWordMemo(
  { separators, keepsSpace, isolatesPunctuation }: WordSplit,
  tokenizeWord: (word: string) => number[],
): (text: string, sink: TokenSink, limit: number) => void {
  const appendWord = createWordTable(tokenizeWord);

  const appendPieces = (text: string, start: number, end: number, sink: TokenSink) => {
    let pieceStart = start;
    for (let index = start; index < end; index++) {
      if (!isAsciiPunctuation(text.charCodeAt(index))) continue;
      if (index > pieceStart) appendWord(text, pieceStart, index, sink);
      pieceStart = index + 1;
      appendWord(text, index, pieceStart, sink);
    }
    if (end > pieceStart) appendWord(text, pieceStart, end, sink);
  };

  return (text, sink, limit) => {
    const end = text.length;
    let position = 0;
    while (position < end && sink.length < limit) {
      let start = position;
      while (position < end && separators[text.charCodeAt(position)] === 1) position++;
      if (!keepsSpace) start = position;
      let bits = 0;
      while (position < end && separators[text.charCodeAt(position)] === 0) bits |= text.charCodeAt(position++);
      if (position === start) return;
      if (isolatesPunctuation && bits < 0x80) appendPieces(text, start, position, sink);
      else appendWord(text, start, position, sink);
    }
  };
}

function isAsciiPunctuation(code: number): boolean {
  return (
    (code >= 0x21 && code <= 0x2f) ||
    (code >= 0x3a && code <= 0x40) ||
    (code >= 0x5b && code <= 0x60) ||
    (code >= 0x7b && code <= 0x7e)
  );
}
