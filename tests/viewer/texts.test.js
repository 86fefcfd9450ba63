import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import test from "node:test";
import ENGLISH from "../../viewer/locales/en.js";
import VIEWS from "../../viewer/locales-views/en.js";
import { LANGUAGES, NAMES, Texts, pick } from "../../viewer/texts.js";

const FORM = /\.(zero|one|two|few|many)$/;
const base = (key) => key.replace(FORM, "");
const holders = (text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
const catalogues = await Promise.all(
  LANGUAGES.map(async (language) => [language, (await import(`../../viewer/locales/${language}.js`)).default]),
);
const bases = [...new Set(Object.keys(ENGLISH).map(base))];
const counted = bases.filter((key) => Object.keys(ENGLISH).some((each) => each !== key && base(each) === key && each.match(FORM)));

test("each file is a language, and each language a file", () => {
  const files = readdirSync(new URL("../../viewer/locales/", import.meta.url)).map((name) => name.replace(".js", ""));
  assert.deepEqual(files.sort(), [...LANGUAGES].sort());
  assert.deepEqual([...LANGUAGES].sort(), ["ar", "en", "es", "fr", "ru", "zh"]);
});

test("every language has every text, with every {value}, and no other", () => {
  for (const [language, own] of catalogues) {
    const lacking = bases.filter((key) => !Object.hasOwn(own, key) || !own[key].trim());
    assert.deepEqual(lacking, [], `${language} lacks texts: add them to viewer/locales/${language}.js`);
    assert.deepEqual([...new Set(Object.keys(own).map(base))].filter((key) => !bases.includes(key)), [], `${language} has texts nobody asks for`);
    for (const key of bases) assert.deepEqual(holders(own[key]), holders(ENGLISH[key]), `${language}: ${key}`);
    for (const key of Object.keys(own)) // a form may say the number in words, but nothing else may be missing
      assert.deepEqual(holders(own[key]).filter((name) => name !== "n"), holders(ENGLISH[base(key)]).filter((name) => name !== "n"), `${language}: ${key}`);
  }
});

test("every counted text has the plural forms of its language", () => {
  assert.ok(counted.length >= 5);
  for (const [language, own] of catalogues) {
    const forms = new Set(Array.from({ length: 201 }, (_, n) => new Intl.PluralRules(language).select(n)));
    for (const key of counted)
      for (const form of forms)
        if (form !== "other") assert.ok(own[`${key}.${form}`], `${language} lacks ${key}.${form}`);
  }
});

test("no language speaks English by mistake", () => {
  const same = new Set(["site", "font.casual"]); // words that some languages share; names and signs are not words
  for (const [language, own] of catalogues) {
    if (language === "en") continue;
    const shared = bases.filter((key) => own[key] === ENGLISH[key] && /[A-Za-z]{4}/.test(own[key].replace(/\{\w+\}/g, "")) && !same.has(key));
    assert.ok(shared.length <= 7, `${language} has English texts: ${shared}`);
  }
});

test("Arabic counts in six forms, Russian in four", async () => {
  const arabic = new Texts();
  assert.equal(await arabic.use("ar"), true);
  assert.equal(new Set([0, 1, 2, 3, 11, 100].map((n) => arabic.say("status.recovered", { n }))).size, 6);
  assert.match(arabic.say("status.recovered", { n: 12 }), /12/);
  const russian = new Texts();
  await russian.use("ru");
  assert.equal(russian.say("status.recovered", { n: 21 }), "Восстановлен 21 субтитр.");
  assert.equal(russian.say("status.recovered", { n: 3 }), "Восстановлено 3 субтитра.");
  assert.equal(russian.say("status.recovered", { n: 12 }), "Восстановлено 12 субтитров.");
  assert.match(russian.say("contrast_low", { n: "1.5" }), /1,5/);
});

test("the reader's choice goes before the browser's, and English is the last resort", () => {
  assert.equal(pick("auto", ["de-DE", "fr-CH", "es"]), "fr");
  assert.equal(pick("ru", ["fr"]), "ru");
  assert.equal(pick("auto", ["de"]), "en");
  assert.equal(new Texts("fr", {}).say("captions"), "Captions");
});

test("a language that cannot be fetched changes nothing", async () => {
  const texts = new Texts();
  assert.equal(await texts.use("xx"), false);
  assert.equal(texts.say("captions"), "Captions");
});

test("the pages stand there in the words of the English catalogue", () => {
  const folder = new URL("../../viewer/", import.meta.url);
  const english = { ...ENGLISH, ...VIEWS };
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".html") && name !== "review.html")) {
    const page = readFileSync(new URL(file, folder), "utf8");
    for (const [, key, text] of page.matchAll(/data-text="([^"]+)"[^>]*>([^<]*)</g)) assert.equal(text, english[key], `${file}: ${key}`);
    for (const [, label, key] of page.matchAll(/aria-label="([^"]+)" data-label="([^"]+)"/g)) assert.equal(label, english[key], `${file}: ${key}`);
  }
});

test("every language's own name is its own", () => {
  assert.equal(new Set(Object.values(NAMES)).size, LANGUAGES.length);
});
