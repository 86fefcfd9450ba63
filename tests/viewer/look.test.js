import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { Announcer } from "../../viewer/announcer.js";
import { captionContrast, contrast, parse } from "../../viewer/colours.js";
import { look } from "../../viewer/look.js";
import { valueName } from "../../viewer/panel.js";
import { CHOICES, DEFAULTS, NAMES, read, toFragment } from "../../viewer/settings.js";
import { Texts } from "../../viewer/texts.js";

const css = readFileSync(new URL("../../viewer/viewer.css", import.meta.url), "utf8");

test("every pair of text and page in every theme has a contrast of 7 to 1", () => {
  const themes = [...css.matchAll(/\{\s*--page: (#\w+); --text: (#\w+); --soft: (#\w+); --line: (#\w+); --link: (#\w+); --tail: (#\w+); --panel: (#\w+)/g)];
  assert.equal(themes.length, 4);
  for (const [, page, text, soft, line, link, tail, panel] of themes) {
    for (const one of [text, soft, link, tail]) assert.ok(contrast(parse(one), parse(page)) >= 7, `${one} on ${page}`);
    for (const one of [text, soft]) assert.ok(contrast(parse(one), parse(panel)) >= 7, `${one} on ${panel}`);
    assert.ok(contrast(parse(line), parse(page)) >= 3);
  }
});

test("contrast is WCAG's, and opacity counts", () => {
  assert.equal(contrast([0, 0, 0], [255, 255, 255]), 21);
  assert.deepEqual(parse("rgb(1, 2, 3)"), parse("#010203"));
  const white = parse("#fff");
  const settings = { ...DEFAULTS, text: "yellow", back: "black" };
  assert.ok(captionContrast(settings, white, white) > 15);
  assert.ok(captionContrast({ ...settings, backOpacity: "0" }, white, white) < 1.2);
  assert.ok(captionContrast({ ...settings, textOpacity: "25" }, white, white) < 4.5);
});

test("the choices pass through a link, and over what is stored", () => {
  assert.equal(toFragment(DEFAULTS), "");
  for (const name of NAMES)
    for (const value of CHOICES[name]) {
      const settings = { ...DEFAULTS, [name]: value };
      assert.deepEqual(read(null, `#${toFragment(settings)}`), settings);
    }
  assert.equal(read('{"size":"50","font":"serif"}', "#size=300&size2=4&theme=evil").size, "300");
  assert.equal(read('{"size":"50","font":"serif"}', "#size=300").font, "serif");
});

test("each choice changes the look or the behaviour, and has a name", () => {
  const behaviour = new Set(["language", "announce", "every", "partials", "data", "speakers"]);
  const { say } = new Texts();
  const plain = JSON.stringify(look(DEFAULTS));
  for (const name of NAMES) {
    assert.notEqual(say(`set.${name}`), `set.${name}`);
    for (const value of CHOICES[name]) assert.doesNotMatch(valueName(name, value, say), /\.[a-z]|^$/);
    if (behaviour.has(name) || name.endsWith("Opacity")) continue;
    for (const value of CHOICES[name].slice(1)) assert.notEqual(JSON.stringify(look({ ...DEFAULTS, [name]: value })), plain);
  }
});

test("batches come after their time, once; speakers on change", () => {
  const announcer = new Announcer();
  const cue = (text, speaker = "") => ({ id: text, start: 0, end: 1, text, language: "en", speaker });
  announcer.choose("batch", 20_000);
  assert.equal(announcer.take(cue("One.", "Ann"), 0), "");
  announcer.take(cue("Two.", "Ann"), 9_000);
  assert.equal(announcer.tick(19_999), "");
  assert.equal(announcer.tick(20_000), "Ann: One. Two.");
  assert.equal(announcer.tick(60_000), "");
  announcer.choose("speaker", 20_000);
  assert.equal(announcer.take(cue("Three.", "Ann"), 0), "");
  assert.equal(announcer.take(cue("Four.", "Ben"), 0), "Ben");
  announcer.choose("off", 20_000);
  assert.equal(announcer.take(cue("Five.", "Ann"), 0) + announcer.tick(99_999), "");
});
