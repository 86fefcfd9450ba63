import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import test from "node:test";
import ENGLISH from "../../viewer/host/locales/en.js";
import { LANGUAGES } from "../../viewer/texts.js";

const holes = (text) => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]).sort();

for (const language of LANGUAGES.filter((each) => each !== "en"))
  test(`the pages of host, corrector and captioner in ${language}`, async () => {
    const { default: own } = await import(`../../viewer/host/locales/${language}.js`);
    const plain = (key) => key.replace(/\.(zero|one|two|few|many)$/, "");
    for (const [key, text] of Object.entries(ENGLISH)) {
      assert.ok(own[key] ?? own[plain(key)], `${language} lacks ${key}`);
      if (own[key] && plain(key) === key) assert.deepEqual(holes(own[key]), holes(text), `${language}: ${key}`);
    }
    for (const [key, text] of Object.entries(own)) {
      const english = ENGLISH[plain(key)];
      assert.ok(english, `${language} has ${key}, which English lacks`);
      assert.ok(holes(text).every((hole) => holes(english).includes(hole)), `${language}: ${key}`);
    }
  });

test("the pages stand there in the words of the English catalogue, and use no other key", () => {
  for (const folder of ["host", "people"]) {
    const place = new URL(`../../viewer/${folder}/`, import.meta.url);
    for (const file of readdirSync(place).filter((name) => name.includes("."))) {
      const text = readFileSync(new URL(file, place), "utf8");
      for (const [, key, words] of text.matchAll(/data-text="([^"]+)"[^>]*>([^<]*)</g)) assert.equal(words, ENGLISH[key], `${file}: ${key}`);
      for (const [, words, key] of text.matchAll(/aria-label="([^"]+)" data-label="([^"]+)"/g)) assert.equal(words, ENGLISH[key], `${file}: ${key}`);
      for (const [, key] of text.matchAll(/say\("([^"]+)"/g)) assert.ok(ENGLISH[key], `${file}: ${key}`);
      assert.doesNotMatch(text, / style=|<style|<script>| on\w+="/, file);
    }
  }
});
