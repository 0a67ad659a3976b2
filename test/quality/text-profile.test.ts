import assert from "node:assert/strict";
import { test } from "node:test";
import { addProfiles, lexicalNovelty, type TextSign, textProfile } from "../../src/quality/index.js";
import { changedSigns } from "../../src/quality/text-profile.js";

const prose =
  "The boundary layer of a flat plate grows with the square root of the distance. Its profile, as Blasius found, is similar everywhere.";

function signsOf(text: string): TextSign[] {
  const { signs } = textProfile([text]);
  return (Object.keys(signs) as TextSign[]).filter((sign) => signs[sign] > 0);
}

test("each trace of preprocessing is seen, and plain prose has none", () => {
  assert.deepEqual(signsOf(prose), []);
  assert.deepEqual(signsOf(`<div class="x"><p>${prose}</p></div>`), ["markup"]);
  assert.deepEqual(signsOf(`${prose} Tom &amp; Jerry &#8217;s`), ["markup"]);
  assert.deepEqual(signsOf(`${prose}\\n\\nThen\\tmore`), ["escapes"]);
  assert.deepEqual(signsOf(Buffer.from(`${prose} Poincaré`).toString("latin1")), ["mojibake"]);
  assert.deepEqual(signsOf(prose.toUpperCase()), ["upper-case"]);
  assert.deepEqual(signsOf(prose.toLowerCase()), ["lower-case"]);
  assert.deepEqual(signsOf(prose.replace(/[.,]/g, "")), ["no-punctuation"]);
  assert.deepEqual(signsOf(prose.replaceAll(" ", "")), ["run-together"]);
  assert.deepEqual(signsOf(`${prose}\u0000`), ["control-characters"]);
  assert.deepEqual(signsOf(`${prose} Poincare\u0301`), ["not-composed"]);
  assert.deepEqual(signsOf("a < b and c > d, so a/b <= 3; R&D"), []);
});

test("a change is a share that differs by much and beyond chance", () => {
  const plain = textProfile(new Array<string>(40).fill(prose));
  const marked = textProfile(new Array<string>(40).fill(`<p>${prose}</p>`));
  assert.deepEqual(changedSigns(plain, plain), []);
  const [change, ...others] = changedSigns(plain, marked);
  assert.deepEqual([change?.sign, change?.baselineShare, change?.share, others.length], ["markup", 0, 1, 0]);
  assert.equal(changedSigns(marked, plain)[0]?.sign, "markup");
  const few = textProfile([prose, `<p>${prose}</p>`]);
  assert.equal(changedSigns(plain, few).length, 1);
  assert.deepEqual(changedSigns(textProfile([prose, prose]), textProfile([prose, `<p>${prose}</p>`])), []);
  const tenth = addProfiles(
    textProfile(new Array<string>(36).fill(prose)),
    textProfile(new Array<string>(4).fill(`<p>${prose}</p>`)),
  );
  assert.equal(tenth.texts, 40);
  assert.deepEqual(changedSigns(plain, tenth), []);
});

test("new words tell another subject; tags and capitals do not", () => {
  const words = (from: number, count: number) =>
    Array.from(
      { length: count },
      (_, i) => `word${String.fromCharCode(97 + ((from + i * 7) % 26))}x${"y".repeat((from + i) % 5)}`,
    );
  const text = (i: number) => words(i, 30).join(" ").replaceAll(/\d/g, "");
  const baseline = Array.from({ length: 60 }, (_, i) => text(i));
  const same = Array.from({ length: 30 }, (_, i) => `<b>${text(i + 3).toUpperCase()}</b>`);
  const other = Array.from({ length: 30 }, (_, i) => text(i).replaceAll("word", "term"));
  assert.ok(lexicalNovelty(baseline, same).auc < 0.7);
  const { auc, pValue } = lexicalNovelty(baseline, other);
  assert.ok(auc > 0.95 && pValue < 1e-6, `${auc} ${pValue}`);
});
