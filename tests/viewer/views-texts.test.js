import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import test from "node:test";
import MAIN from "../../viewer/locales/en.js";
import ENGLISH from "../../viewer/locales-views/en.js";
import { LANGUAGES } from "../../viewer/texts.js";

const FORM = /\.(zero|one|two|few|many)$/;
const base = (key) => key.replace(FORM, "");
const holders = (text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
const catalogues = await Promise.all(
  LANGUAGES.map(async (language) => [language, (await import(`../../viewer/locales-views/${language}.js`)).default]),
);
const bases = [...new Set(Object.keys(ENGLISH).map(base))];
const counted = bases.filter((key) => Object.hasOwn(ENGLISH, `${key}.one`));

test("every language has every text of the smaller pages, with every {value}", () => {
  for (const [language, own] of catalogues) {
    assert.deepEqual([...new Set(Object.keys(own).map(base))].sort(), [...bases].sort(), language);
    for (const key of bases) assert.deepEqual(holders(own[key]), holders(ENGLISH[key]), `${language}: ${key}`);
  }
});

test("counted texts have the plural forms of their language", () => {
  assert.ok(counted.length >= 2);
  for (const [language, own] of catalogues) {
    const forms = new Set(Array.from({ length: 201 }, (_, n) => new Intl.PluralRules(language).select(n)));
    for (const key of counted) for (const form of forms) if (form !== "other") assert.ok(own[`${key}.${form}`], `${language} lacks ${key}.${form}`);
  }
});

test("no text stands in both catalogues, and each one is asked for", () => {
  assert.deepEqual(bases.filter((key) => Object.hasOwn(MAIN, key)), []);
  const folder = new URL("../../viewer/", import.meta.url);
  const sources = readdirSync(folder).filter((name) => /\.(js|html)$/.test(name)).map((name) => readFileSync(new URL(name, folder), "utf8")).join("\n");
  const made = /^(read\.(caption|sentence|next|back|newest|beginning|where)|tell\.(slow_down|unclear|who|repeat|told|wait|failed)|views\.|screen\.)/; // keys put together
  assert.deepEqual(bases.filter((key) => !sources.includes(`"${key}"`) && !made.test(key)), []);
});

test("no language speaks English by mistake", () => {
  for (const [language, own] of catalogues) {
    if (language === "en") continue;
    assert.deepEqual(bases.filter((key) => own[key] === ENGLISH[key] && !["embed.pixels"].includes(key)), [], language);
  }
});
