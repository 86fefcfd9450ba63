import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import test from "node:test";
import { path, qr } from "../../viewer/qr.js";

// Made by another implementation: python-qrcode, level L, byte mode.
const vectors = JSON.parse(readFileSync(new URL("../vectors/qr.json", import.meta.url), "utf8"));

for (const { text, mask, side, sha256 } of vectors)
  test(`side ${side}, mask ${mask}`, () => {
    const grid = qr(text, mask);
    assert.equal(grid.length, side);
    const bits = grid.flat().map(Number).join("");
    assert.equal(createHash("sha256").update(bits).digest("hex"), sha256);
  });

test("the best mask is one of the eight; the path has a square for each dark module", () => {
  const best = qr("https://example.org/");
  const all = Array.from({ length: 8 }, (_, mask) => JSON.stringify(qr("https://example.org/", mask)));
  assert.ok(all.includes(JSON.stringify(best)));
  assert.equal(path(best).split("M").length - 1, best.flat().filter(Boolean).length);
});

test("what is too long is refused", () => assert.throws(() => qr("x".repeat(900)), RangeError));
