import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { level, levelWords, pcm, reason } from "../../viewer/speak/pcm.js";
import { SPEAK } from "../../viewer/speak/texts.js";
import { LANGUAGES } from "../../viewer/texts.js";

test("samples become 16-bit little-endian PCM, clipped", () => {
  const view = new DataView(pcm(new Float32Array([0, 1, -1, 2, -2, 0.5, NaN])));
  assert.deepEqual([...Array(7).keys()].map((at) => view.getInt16(at * 2, true)), [0, 32767, -32767, 32767, -32767, 16384, 0]);
});

test("levels in dB and in words", () => {
  assert.equal(level(new Float32Array([0, 0])), -120);
  assert.equal(Math.round(level(new Float32Array([0.1, -0.5]))), -6);
  assert.deepEqual([-120, -40, -20, -1].map(levelWords), ["level.none", "level.quiet", "level.good", "level.loud"]);
});

test("every reason is said, and an insecure page is the first", () => {
  assert.equal(reason("NotAllowedError", false), "problem.insecure");
  for (const name of ["NotAllowedError", "NotFoundError", "NotReadableError", "NoSound", "", "TypeError"])
    assert.ok(SPEAK.en[reason(name, true)], name);
});

test("the page stands there in the English words", () => {
  const page = readFileSync(new URL("../../viewer/speak/speak.html", import.meta.url), "utf8");
  for (const [, key, words] of page.matchAll(/data-text="([^"]+)"[^>]*>([^<]*)</g)) assert.equal(words, SPEAK.en[key], key);
});

test("every language has every text, with its values", () => {
  assert.deepEqual(Object.keys(SPEAK).sort(), [...LANGUAGES].sort());
  for (const [language, own] of Object.entries(SPEAK)) {
    assert.deepEqual(Object.keys(own).sort(), Object.keys(SPEAK.en).sort(), language);
    for (const [key, text] of Object.entries(own)) assert.deepEqual(text.match(/\{\w+\}/g), SPEAK.en[key].match(/\{\w+\}/g), `${language} ${key}`);
  }
});
