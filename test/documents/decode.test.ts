import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { decode } from "../../src/documents/decode.js";

const bytes = (...parts: (string | number[])[]) =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.from(part))));

test("any UTF-8 text without NUL is read as it is, with and without a byte order mark", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      fc.pre(!text.includes("\0") && !text.startsWith("\ufeff"));
      assert.deepEqual(decode(Buffer.from(text)), { kind: "text", text });
      assert.deepEqual(decode(bytes([0xef, 0xbb, 0xbf], text)), { kind: "text", text });
    }),
  );
});

test("UTF-16 is read by its byte order mark", () => {
  const little = Buffer.from("\ufeffCafé 字", "utf16le");
  assert.deepEqual(decode(little), { kind: "text", text: "Café 字" });
  assert.deepEqual(decode(Buffer.from(little).swap16()), { kind: "text", text: "Café 字" });
});

test("a NUL byte means binary, and its offset is named", () => {
  const result = decode(bytes("PK", [3, 4, 0, 1]));
  assert.equal(result.kind, "refused");
  assert.match(result.kind === "refused" ? result.reason : "", /binary.*NUL byte at offset 4/);
});

test("windows-1252 is recognised by few accents and no UTF-8, and noticed", () => {
  const result = decode(bytes("Le caf", [0xe9], " co", [0xfb], "te 3 ", [0x80], " aujourd", [0x92], "hui."));
  assert.deepEqual(result, {
    kind: "text",
    text: "Le café coûte 3 € aujourd’hui.",
    notice: "Not UTF-8 (first bad byte at offset 6); read as windows-1252.",
  });
});

test("damaged UTF-8 is read with U+FFFD, and its bad bytes are counted", () => {
  const result = decode(bytes("Größe über alles ", [0xff], " ja"));
  assert.deepEqual(result, {
    kind: "text",
    text: "Größe über alles \ufffd ja",
    notice: "1 byte is not valid UTF-8, the first at offset 19; read as U+FFFD.",
  });
});

test("other encodings are refused with the first bad byte and the way out", () => {
  // "Привет, мир" in KOI8-R; "日本語のテキスト" in Shift-JIS.
  const cyrillic = [0xf0, 0xd2, 0xc9, 0xd7, 0xc5, 0xd4, 0x2c, 0x20, 0xcd, 0xc9, 0xd2];
  const japanese = [0x93, 0xfa, 0x96, 0x7b, 0x8c, 0xea, 0x82, 0xcc, 0x83, 0x65, 0x83, 0x4c];
  for (const text of [cyrillic, japanese]) {
    const result = decode(Buffer.from(text));
    assert.equal(result.kind, "refused");
    if (result.kind === "refused") {
      assert.match(result.reason, /not UTF-8: bad byte at offset 0/);
      assert.match(result.hint, /Convert it to UTF-8/);
    }
  }
});

test("an encoding that the text declares is believed where the bytes are not UTF-8", () => {
  const japanese = Buffer.from([0x93, 0xfa, 0x96, 0x7b]);
  assert.deepEqual(decode(japanese, "Shift_JIS"), { kind: "text", text: "日本" });
  assert.deepEqual(decode(Buffer.from("é"), "iso-8859-1"), { kind: "text", text: "é" });
  assert.equal(decode(japanese, "no-such-encoding").kind, "refused");
});

test("a character cut off by the end of a sample is no bad byte", () => {
  const whole = Buffer.from("aé字😀");
  for (let end = 1; end < whole.length; end++) assert.equal(decode(whole.subarray(0, end)).kind, "text", `${end}`);
});
