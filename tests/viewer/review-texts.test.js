import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import test from "node:test";
import ENGLISH from "../../viewer/review/locales/en.js";
import { LANGUAGES } from "../../viewer/texts.js";

const base = (key) => key.replace(/\.(zero|one|two|few|many)$/, "");
const holes = (text) => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]).sort();
const bases = [...new Set(Object.keys(ENGLISH).map(base))].sort();
const counted = bases.filter((key) => Object.hasOwn(ENGLISH, `${key}.one`));

for (const language of LANGUAGES)
  test(`the review page in ${language}`, async () => {
    const { default: own } = await import(`../../viewer/review/locales/${language}.js`);
    assert.deepEqual([...new Set(Object.keys(own).map(base))].sort(), bases);
    for (const key of bases) assert.deepEqual(holes(own[key]), holes(ENGLISH[key]), key);
    const forms = new Set(Array.from({ length: 201 }, (_, n) => new Intl.PluralRules(language).select(n)));
    for (const key of counted) for (const form of forms) if (form !== "other") assert.ok(own[`${key}.${form}`], `${key}.${form}`);
    if (language === "en") return;
    const same = Object.entries(own).filter(([key, text]) => text === ENGLISH[key] && text.length > 8 && key !== "review.version");
    assert.deepEqual(same, [], "these are English");
  });

test("the page stands there in the words of the English catalogue, and every text is asked for", () => {
  const page = readFileSync(new URL("../../viewer/review.html", import.meta.url), "utf8");
  const folder = new URL("../../viewer/review/", import.meta.url);
  const sources = readdirSync(folder).filter((name) => name.endsWith(".js")).map((name) => readFileSync(new URL(name, folder), "utf8")).join("\n");
  for (const [, key, words] of page.matchAll(/data-text="([^"]+)"[^>]*>([^<]*)</g)) assert.equal(words, ENGLISH[key], key);
  for (const [, words, key] of page.matchAll(/aria-label="([^"]+)" data-label="([^"]+)"/g)) assert.equal(words, ENGLISH[key], key);
  for (const [, key] of sources.matchAll(/"(review\.[a-z_]+)"/g)) assert.ok(ENGLISH[key], key);
  const made = /^review\.(kind_|draft|reviewed|published|automatic|corrected|too_)/;  // keys put together
  assert.deepEqual(bases.filter((key) => !page.includes(`"${key}"`) && !sources.includes(`"${key}"`) && !made.test(key)), []);
});
