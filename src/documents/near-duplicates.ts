// Near-duplicates: how much two texts have in common, estimated from small signatures.
//
// A text is the set of its runs of five words (shingles; Broder, "On the resemblance and containment of documents", 1997).
// The share of shingles that two texts have in common, of all that either has, is their Jaccard similarity J. A signature
// has 128 places; two signatures agree in each place with probability J, so that the share of places in which they agree
// estimates J with a standard deviation of sqrt(J (1 - J) / 128): 0.03 at 0.85.
//
// The places are the 128 bins of one permutation of the hashes, each holding the smallest hash that falls into it (Li, Owen
// & Zhang, "One permutation hashing", 2012). A bin that stays empty takes the value of another one, chosen by a hash of its
// number (Shrivastava, "Optimal densification for fast and accurate minwise hashing", 2017). That is the estimate of 128
// permutations at a hundredth of their cost, which for texts of 150 words is 0.3 us instead of 70. Of each value 16 bits are
// kept (b-bit minwise hashing, Li & Koenig 2010): two different ones agree by chance once in 65,536 times.
//
// Pairs worth comparing share all places of one of some bands (locality-sensitive hashing, Indyk & Motwani 1998).

/** Estimated Jaccard similarity from which two texts are taken for near-duplicates. */
export const NEAR_DUPLICATE_THRESHOLD = 0.85;

/** Places of a signature. */
export const SIGNATURE_PLACES = 128;

/** What is kept of a text: `SIGNATURE_PLACES` numbers of 16 bits. BAKED IN: stored with every document. */
export type Signature = Uint16Array;

const SHINGLE_WORDS = 5;
const BIN_BITS = 7;
const EMPTY = 0xffffffff;

/** Gives texts their signatures; undefined for a text without a word. Buffers are kept between two texts. */
export function openSigner(): (text: string) => Signature | undefined {
  let bytes = Buffer.alloc(1 << 16);
  let words = new Uint32Array(1 << 13);
  const bins = new Uint32Array(SIGNATURE_PLACES);

  return (text) => {
    if (bytes.length < text.length * 3) bytes = Buffer.alloc(text.length * 3);
    const length = bytes.write(text, "utf8");
    if (words.length < length) words = new Uint32Array(length);
    const count = hashWords(bytes, length, words);
    if (count === 0) return undefined;
    bins.fill(EMPTY);
    // A shorter text is one shingle.
    const shingles = Math.max(1, count - SHINGLE_WORDS + 1);
    for (let first = 0; first < shingles; first++) {
      let run = 0;
      const end = Math.min(count, first + SHINGLE_WORDS);
      for (let i = first; i < end; i++) run = (Math.imul(run, 0x9e3779b1) + words[i]!) | 0;
      const hash = mixed(run);
      const bin = hash >>> (32 - BIN_BITS);
      const value = (hash << BIN_BITS) >>> 0;
      if (value < bins[bin]!) bins[bin] = value;
    }
    return densified(bins);
  };
}

/** The estimated Jaccard similarity of the texts behind two signatures, 0..1. */
export function similarityOf(a: Signature, b: Signature): number {
  let agreed = 0;
  for (let place = 0; place < SIGNATURE_PLACES; place++) if (a[place] === b[place]) agreed++;
  return agreed / SIGNATURE_PLACES;
}

// Words in lower case: ASCII letters and digits, and whatever is not ASCII. A character of a script that is written without
// spaces (U+3000 to U+D7FF: Chinese, Japanese, Korean) is a word of its own.
function hashWords(bytes: Uint8Array, length: number, words: Uint32Array): number {
  let count = 0;
  let hash = 0;
  for (let i = 0; i < length; i++) {
    const byte = bytes[i]!;
    if (byte >= 0xe3 && byte <= 0xed) {
      if (hash !== 0) words[count++] = hash;
      words[count++] = (byte << 16) | (bytes[i + 1]! << 8) | bytes[i + 2]!;
      hash = 0;
      i += 2;
      continue;
    }
    const folded = FOLDED[byte]!;
    // FNV-1a.
    if (folded !== 0) hash = Math.imul(hash ^ folded, 0x01000193);
    else if (hash !== 0) {
      words[count++] = hash;
      hash = 0;
    }
  }
  if (hash !== 0) words[count++] = hash;
  return count;
}

/** For each byte of UTF-8 the one that counts; 0: between words. */
const FOLDED = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte >= 0x80) return byte;
  return /[A-Za-z0-9]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte).toLowerCase().charCodeAt(0) : 0;
});

function densified(bins: Uint32Array): Signature {
  const signature = new Uint16Array(SIGNATURE_PLACES);
  for (let place = 0; place < SIGNATURE_PLACES; place++) {
    let from = place;
    for (let attempt = 1; bins[from] === EMPTY; attempt++) {
      from = mixed(Math.imul(place + 1, 0x85ebca6b) + attempt) >>> (32 - BIN_BITS);
    }
    // With the place, so that a value which was taken over does not look like one of its own.
    signature[place] = mixed(bins[from]! ^ from) & 0xffff;
  }
  return signature;
}

// The finaliser of MurmurHash3 (Appleby): a permutation of 32 bits.
function mixed(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Of the pairs at the threshold itself, so many at least share a band. */
const CANDIDATE_SHARE = 0.99;
/** Of texts that share a band, the newest so many are looked at: boilerplate must not make the work quadratic. */
const MOST_IN_BAND = 64;

/**
 * How signatures are cut into bands for a threshold: the longest bands with which pairs at the threshold become candidates
 * with a probability of 99 %. One band agrees with probability J^rows, at least one of them with 1 - (1 - J^rows)^bands.
 */
export function bandsFor(threshold: number): { bands: number; rows: number } {
  for (let rows = 16; rows > 1; rows--) {
    const bands = Math.floor(SIGNATURE_PLACES / rows);
    if (1 - (1 - threshold ** rows) ** bands >= CANDIDATE_SHARE) return { bands, rows };
  }
  return { bands: SIGNATURE_PLACES, rows: 1 };
}

export type Similar = { item: number; similarity: number };

/** Finds, among the signatures that were added, those near another one. Items are numbered as they are added, from 0. */
export class NearDuplicates {
  readonly threshold: number;
  readonly #bands: number;
  readonly #rows: number;
  readonly #signatures: Signature[] = [];
  /** By hash of a band, its newest item; `#older` leads from there to the others, -1 ends it. */
  readonly #newest: Map<number, number>[];
  readonly #older: Int32Array[] = [];

  constructor(threshold: number) {
    this.threshold = threshold;
    const { bands, rows } = bandsFor(threshold);
    this.#bands = bands;
    this.#rows = rows;
    this.#newest = Array.from({ length: bands }, () => new Map<number, number>());
  }

  get size(): number {
    return this.#signatures.length;
  }

  add(signature: Signature): number {
    const item = this.#signatures.push(signature) - 1;
    const older = new Int32Array(this.#bands);
    for (let band = 0; band < this.#bands; band++) {
      const hash = this.#bandHash(signature, band);
      const newest = this.#newest[band]!;
      older[band] = newest.get(hash) ?? -1;
      newest.set(hash, item);
    }
    this.#older.push(older);
    return item;
  }

  /** Items at or above the threshold, once each, in no order. Of those for which `skip` holds nothing is computed. */
  similarTo(signature: Signature, skip: (item: number) => boolean = () => false): Similar[] {
    const seen = new Set<number>();
    const found: Similar[] = [];
    for (let band = 0; band < this.#bands; band++) {
      let item = this.#newest[band]!.get(this.#bandHash(signature, band)) ?? -1;
      for (let looked = 0; item >= 0 && looked < MOST_IN_BAND; looked++, item = this.#older[item]![band]!) {
        if (seen.has(item) || skip(item)) continue;
        seen.add(item);
        const similarity = similarityOf(signature, this.#signatures[item]!);
        if (similarity >= this.threshold) found.push({ item, similarity });
      }
    }
    return found;
  }

  #bandHash(signature: Signature, band: number): number {
    let hash = band;
    const end = (band + 1) * this.#rows;
    for (let place = band * this.#rows; place < end; place++) hash = mixed(Math.imul(hash, 31) ^ signature[place]!);
    return hash;
  }
}

/**
 * Groups of signatures that are near each other, directly or over others: for each item the first one of its group, which is
 * itself where it has no near one.
 */
export function groupNearDuplicates(signatures: readonly Signature[], threshold: number): Int32Array {
  const groups = Int32Array.from(signatures, (_, i) => i);
  const firstOf = (item: number): number => {
    let first = item;
    while (groups[first] !== first) {
      groups[first] = groups[groups[first]!]!;
      first = groups[first]!;
    }
    return first;
  };
  const join = (a: number, b: number) => {
    const [first, second] = [firstOf(a), firstOf(b)];
    groups[Math.max(first, second)] = Math.min(first, second);
  };
  // Equal signatures need no comparison, and there may be very many of them.
  const known = new Map<string, number>();
  const near = new NearDuplicates(threshold);
  const itemOf: number[] = [];
  signatures.forEach((signature, i) => {
    const key = Buffer.from(signature.buffer, signature.byteOffset, signature.byteLength).toString("latin1");
    const same = known.get(key);
    if (same !== undefined) {
      join(i, same);
      return;
    }
    known.set(key, i);
    const similar = near.similarTo(signature, (item) => firstOf(itemOf[item]!) === firstOf(i));
    for (const { item } of similar) join(i, itemOf[item]!);
    near.add(signature);
    itemOf.push(i);
  });
  return groups.map((_, i) => firstOf(i));
}
