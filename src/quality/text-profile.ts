// What the letters of texts look like, whatever they say: traces that preprocessing leaves when it changes. Each sign is a
// yes or no about one text, so that a batch is compared with the baseline by shares.

export const textSigns = [
  "markup",
  "escapes",
  "mojibake",
  "upper-case",
  "lower-case",
  "no-punctuation",
  "run-together",
  "control-characters",
  "not-composed",
] as const;
export type TextSign = (typeof textSigns)[number];

/** What a sign means, to go on after "texts". */
export const signMeanings: Readonly<Record<TextSign, string>> = {
  markup: "with tags or entities of HTML or XML",
  escapes: "with escape sequences written out",
  mojibake: "with characters of a wrongly read encoding",
  "upper-case": "in capital letters",
  "lower-case": "without any capital letter",
  "no-punctuation": "without any punctuation",
  "run-together": "without spaces between words",
  "control-characters": "with control characters",
  "not-composed": "that are not in Unicode form NFC",
};

/** Plain JSON; profiles of two sets of texts add up. */
export type TextProfile = { texts: number; signs: Record<TextSign, number> };

export function textProfile(texts: Iterable<string>): TextProfile {
  const signs = emptySigns();
  let count = 0;
  for (const text of texts) {
    count++;
    for (const sign of signsOf(text)) signs[sign]++;
  }
  return { texts: count, signs };
}

export function addProfiles(a: TextProfile, b: TextProfile): TextProfile {
  const signs = emptySigns();
  for (const sign of textSigns) signs[sign] = a.signs[sign] + b.signs[sign];
  return { texts: a.texts + b.texts, signs };
}

export type SignChange = { sign: TextSign; baselineShare: number; share: number; z: number };

/** Shares that matter, and z = 3.29: one chance in a thousand, two-sided. */
const smallestChange = 0.3;
const smallestZ = 3.29;

/** Signs whose share differs, by at least 0.3 and beyond chance (two-proportion z-test); the largest difference first. */
export function changedSigns(baseline: TextProfile, current: TextProfile): SignChange[] {
  if (baseline.texts === 0 || current.texts === 0) return [];
  const changes = textSigns.map((sign): SignChange => {
    const baselineShare = baseline.signs[sign] / baseline.texts;
    const share = current.signs[sign] / current.texts;
    const pooled = (baseline.signs[sign] + current.signs[sign]) / (baseline.texts + current.texts);
    const variance = pooled * (1 - pooled) * (1 / baseline.texts + 1 / current.texts);
    return { sign, baselineShare, share, z: variance > 0 ? (share - baselineShare) / Math.sqrt(variance) : 0 };
  });
  const size = ({ share, baselineShare }: SignChange) => Math.abs(share - baselineShare);
  return changes
    .filter((change) => size(change) >= smallestChange && Math.abs(change.z) >= smallestZ)
    .sort((a, b) => size(b) - size(a));
}

// A text as short as a heading shows no habits.
const fewestLetters = 60;

function signsOf(text: string): TextSign[] {
  const signs: TextSign[] = [];
  const markup = countMatches(text, TAG) + countMatches(text, ENTITY);
  if (markup >= 2) signs.push("markup");
  if (countMatches(text, ESCAPE) >= 2) signs.push("escapes");
  if (MOJIBAKE.test(text)) signs.push("mojibake");
  if (CONTROL.test(text)) signs.push("control-characters");
  if (text !== text.normalize("NFC")) signs.push("not-composed");
  const prose = withoutMarkup(text);
  const upper = countMatches(prose, /\p{Lu}/gu);
  const lower = countMatches(prose, /\p{Ll}/gu);
  if (upper + lower < fewestLetters) return signs;
  if (upper >= 0.6 * (upper + lower)) signs.push("upper-case");
  if (upper === 0) signs.push("lower-case");
  if (!/[.,;:!?]/.test(prose)) signs.push("no-punctuation");
  if (prose.trim().length / (countMatches(prose, /\s+/g) + 1) > 20) signs.push("run-together");
  return signs;
}

const TAG = /<\/?[a-z][a-z0-9-]{0,30}(?:\s[^<>]{0,500})?\/?>/gi;
const ENTITY = /&(?:[a-z]{2,10}|#\d{1,6}|#x[0-9a-f]{1,5});/gi;
const ESCAPE = /\\(?:n|t|r|u[0-9a-f]{4})|%(?:20|2c|2f|3a)/gi;
// The replacement character, and what UTF-8 looks like when it was read as Latin-1 or Windows-1252.
const MOJIBAKE = /\ufffd|[\u00c2\u00c3][\u0080-\u00bf]|\u00e2\u20ac|\u00e2\u0080/;
const CONTROL = /[^\P{Cc}\n\t\r]/u;

/** The text without tags and entities: what it says. */
export function withoutMarkup(text: string): string {
  return text.replace(TAG, " ").replace(ENTITY, " ");
}

function countMatches(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

function emptySigns(): Record<TextSign, number> {
  return Object.fromEntries(textSigns.map((sign) => [sign, 0])) as Record<TextSign, number>;
}
