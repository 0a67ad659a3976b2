// Text -> tokens -> words -> terms, the same for texts that are indexed and for queries. Scanning is one pass over UTF-16
// units; folding, splitting and stemming happen once for each distinct token and are remembered (word-memo.ts).

import { characterClasses, classOfPair, JOINER, MARK, SEPARATOR, SURROGATE, WORD } from "./character-classes.js";
import { type Stemmer, stemmerOf } from "./stemmer.js";
import { StringOrder } from "./string-order.js";
import { withCapacity } from "./with-capacity.js";
import { isCompound, type WordForm, wordForms } from "./word-forms.js";
import { WordMemo } from "./word-memo.js";

/** BAKED IN: stored terms were made with it. Raise it with every change of a rule, a stemmer or a table here. */
const RULES = 1;

export type AnalyserOptions = {
  /** ISO 639-1 code of the language whose inflections are folded, or "none". Default "en". */
  language?: string;
  /** A stemmer of one's own instead. */
  stemmer?: Stemmer;
};

/** A token of a text: as it is written, and the words that it stands for. */
export type Token = {
  text: string;
  start: number;
  words: readonly (WordForm & { /** Stemmed: what the index knows. */ term: string })[];
};

// A token is cut here: longer ones are no words, and each distinct one is kept in memory.
const MAX_TOKEN_LENGTH = 128;
// About 100 bytes each. Real texts have some 100,000 distinct tokens; what is forgotten is only analysed once more.
const MAX_REMEMBERED = 400_000;

const DOT = 46;
const PLUS = 43;
const HASH = 35;

export class Analyser {
  /** Changes whenever the same text would give other terms. */
  readonly version: string;
  readonly #stemmer: Stemmer;
  readonly #classes = characterClasses();
  #units = new Uint16Array(4096);
  #memo = new WordMemo();
  #formStarts = new Uint32Array(4096);
  #countedEnds = new Uint32Array(4096);
  #forms = new Uint32Array(8192);
  #wordIds = new Map<string, number>();
  #words: string[] = [];
  #wordTerms = new Uint32Array(4096);
  #termIds = new Map<string, number>();
  #terms: string[] = [];
  #termOrder = new StringOrder();
  #wordOrder = new StringOrder();
  #tokens = new Uint32Array(1024);
  #starts = new Uint32Array(1024);
  #ends = new Uint32Array(1024);
  #holders = 0;

  constructor({ language = "en", stemmer = stemmerOf(language) }: AnalyserOptions = {}) {
    this.#stemmer = stemmer;
    this.version = `${RULES}/${stemmer.name}`;
  }

  /** The tokens of a text in order. */
  tokens(text: string): Token[] {
    return this.spans(text).map((span) => ({ ...span, words: this.wordsOf(span.text) }));
  }

  /** Where the tokens of a text stand. What they stand for is not looked at, which takes much longer, nor remembered. */
  spans(text: string): Pick<Token, "text" | "start">[] {
    return Array.from({ length: this.#scan(text, false) }, (_, i) => {
      const start = this.#starts[i]!;
      return { text: text.slice(start, this.#ends[i]), start };
    });
  }

  /** The words that one token stands for. */
  wordsOf(token: string): Token["words"] {
    return wordForms(token).map((form) => ({ ...form, term: this.#stem(form.word) }));
  }

  /** The terms of a text in order, with repetitions. */
  terms(text: string): string[] {
    return this.tokens(text).flatMap(({ words }) => words.map(({ term }) => term));
  }

  // What follows is for the makers of batches (text-batch.ts), for whom a list of objects would be too slow.

  /** From here to `release` numbers of tokens, words and terms stay what they are. */
  hold(): void {
    this.#refresh();
    this.#holders++;
  }

  release(): void {
    this.#holders--;
  }

  #refresh(): void {
    if (this.#memo.size < MAX_REMEMBERED || this.#holders > 0) return;
    this.#memo = new WordMemo();
    this.#wordIds = new Map();
    this.#words = [];
    this.#termIds = new Map();
    this.#terms = [];
    this.#termOrder = new StringOrder();
    this.#wordOrder = new StringOrder();
  }

  /** Scans a text and returns how many tokens it has; their numbers are in `tokenIds` until the next scan. */
  scan(text: string): number {
    return this.#scan(text, true);
  }

  #scan(text: string, withIds: boolean): number {
    const length = text.length;
    this.#units = withCapacity(this.#units, length + 2);
    const units = this.#units;
    Buffer.from(units.buffer).write(text, "utf16le");
    // Sentinels: the loops below look one unit ahead.
    units[length] = 0;
    units[length + 1] = 0;
    const classes = this.#classes;
    let found = 0;
    let at = 0;
    while (at < length) {
      const unit = units[at]!;
      let kind = classes[unit]!;
      if (kind === SURROGATE) kind = classOfPair(unit, units[at + 1]!);
      if (kind !== WORD && !(unit === DOT && this.#beginsWithDot(at))) {
        at++;
        continue;
      }
      const start = at;
      let limit = Math.min(length, start + MAX_TOKEN_LENGTH);
      if (isLowSurrogate(units[limit]!)) limit++;
      // FNV-1a over units.
      let hash = Math.imul(0x811c9dc5 ^ unit, 0x01000193);
      for (at++; at < limit; at++) {
        const next = units[at]!;
        const nextKind = classes[next]!;
        if (nextKind !== WORD && nextKind !== MARK && !this.#continues(at, nextKind)) break;
        hash = Math.imul(hash ^ next, 0x01000193);
      }
      const end = at + this.#suffixLength(start, at);
      for (; at < end; at++) hash = Math.imul(hash ^ units[at]!, 0x01000193);
      let token = withIds ? this.#memo.find(units, start, at, hash) : 0;
      if (token === -1) token = this.#remember(start, at, hash);
      if (found === this.#tokens.length) this.#growTokens();
      this.#tokens[found] = token;
      this.#starts[found] = start;
      this.#ends[found++] = at;
    }
    return found;
  }

  get tokenIds(): Uint32Array {
    return this.#tokens;
  }

  /** Words of token t: forms[formStarts[t] .. formStarts[t + 1]), of which those before countedEnds[t] count. */
  get formStarts(): Uint32Array {
    return this.#formStarts;
  }

  get countedEnds(): Uint32Array {
    return this.#countedEnds;
  }

  get forms(): Uint32Array {
    return this.#forms;
  }

  get wordCount(): number {
    return this.#words.length;
  }

  wordOf(word: number): string {
    return this.#words[word]!;
  }

  /** Term of each word. */
  get wordTerms(): Uint32Array {
    return this.#wordTerms;
  }

  /** Numbers of the words for which `isAsked` holds, by code point. */
  sortedWords(isAsked: (word: number) => boolean): Uint32Array {
    return this.#wordOrder.sorted(this.#words, isAsked);
  }

  get termCount(): number {
    return this.#terms.length;
  }

  termOf(term: number): string {
    return this.#terms[term]!;
  }

  sortedTerms(isAsked: (term: number) => boolean): Uint32Array {
    return this.#termOrder.sorted(this.#terms, isAsked);
  }

  #growTokens(): void {
    const needed = this.#tokens.length + 1;
    this.#tokens = withCapacity(this.#tokens, needed);
    this.#starts = withCapacity(this.#starts, needed);
    this.#ends = withCapacity(this.#ends, needed);
  }

  /** ".NET", but no full stop that lacks its space and no ellipsis. */
  #beginsWithDot(at: number): boolean {
    const units = this.#units;
    const before = at === 0 ? 32 : units[at - 1]!;
    const after = units[at + 1]!;
    const isNumber = after >= 48 && after <= 57;
    return before !== DOT && this.#classes[before] === SEPARATOR && this.#classes[after] === WORD && !isNumber;
  }

  /** Whether a unit that is no plain word character goes on with the token before it. */
  #continues(at: number, kind: number): boolean {
    const units = this.#units;
    if (kind === JOINER) return this.#classes[units[at + 1]!] === WORD;
    if (kind !== SURROGATE) return false;
    const unit = units[at]!;
    const isLow = isLowSurrogate(unit);
    return classOfPair(units[isLow ? at - 1 : at]!, units[isLow ? at : at + 1]!) !== SEPARATOR;
  }

  /** Units of the "++" or "#" with which a name may end. */
  #suffixLength(start: number, at: number): number {
    const units = this.#units;
    const first = units[at]!;
    if ((first !== PLUS && first !== HASH) || at - start > 16) return 0;
    if (first === PLUS && units[at + 1] !== PLUS) return 0;
    const length = first === PLUS ? 2 : 1;
    const after = units[at + length]!;
    return after !== first && this.#classes[after] !== WORD ? length : 0;
  }

  #remember(from: number, to: number, hash: number): number {
    const token = this.#memo.insert(this.#units, from, to, hash);
    const text = String.fromCharCode(...this.#units.subarray(from, to));
    this.#formStarts = withCapacity(this.#formStarts, token + 2);
    this.#countedEnds = withCapacity(this.#countedEnds, token + 1);
    let at = token === 0 ? 0 : this.#formStarts[token]!;
    this.#formStarts[token] = at;
    const forms = wordForms(text);
    this.#forms = withCapacity(this.#forms, at + forms.length);
    this.#countedEnds[token] = at + forms.filter(({ counted }) => counted).length;
    for (const { word } of forms) this.#forms[at++] = this.#wordId(word);
    this.#formStarts[token + 1] = at;
    return token;
  }

  #wordId(word: string): number {
    const known = this.#wordIds.get(word);
    if (known !== undefined) return known;
    const id = this.#words.push(word) - 1;
    this.#wordIds.set(word, id);
    this.#wordTerms = withCapacity(this.#wordTerms, id + 1);
    this.#wordTerms[id] = this.#termId(this.#stem(word));
    return id;
  }

  #stem(word: string): string {
    return isCompound(word) ? word : this.#stemmer.stem(word);
  }

  #termId(term: string): number {
    const known = this.#termIds.get(term);
    if (known !== undefined) return known;
    const id = this.#terms.push(term) - 1;
    this.#termIds.set(term, id);
    return id;
  }
}

function isLowSurrogate(unit: number): boolean {
  return (unit & 0xfc00) === 0xdc00;
}
