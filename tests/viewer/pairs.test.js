import assert from "node:assert/strict";
import test from "node:test";
import { RGB, captionContrast, contrast } from "../../viewer/colours.js";
import { DEFAULTS } from "../../viewer/settings.js";

// WCAG 2.2's formula, written a second time from its text.
const channel = (value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
const ratio = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);

test("the contrast of every pair of the eight colours is computed, and each low one is told", () => {
  const names = Object.keys(RGB);
  assert.equal(names.length, 8);
  let low = 0;
  for (const text of names)
    for (const back of names) {
      const expected = ratio(RGB[text], RGB[back]);
      assert.ok(Math.abs(contrast(RGB[text], RGB[back]) - expected) < 1e-9, `${text} on ${back}`);
      const shown = captionContrast({ ...DEFAULTS, text, back }, RGB.white, RGB.black);
      assert.ok(Math.abs(shown - expected) < 0.05, `${text} on ${back} as shown`);
      if (shown < 4.5) low += 1;
    }
  assert.equal(low, names.flatMap((a) => names.filter((b) => ratio(RGB[a], RGB[b]) < 4.5)).length);
  assert.ok(low > 8); // not only a colour on itself
});
