import assert from "node:assert/strict";
import test from "node:test";
import { CHOICES, DEFAULTS, read } from "../../viewer/settings.js";

test("nothing stored, or nonsense, gives the defaults", () => {
  for (const text of [null, "", "[]", "null", "{", '{"size":"9999","theme":7}']) assert.deepEqual(read(text), DEFAULTS);
});

test("every choice is kept", () => {
  for (const [name, values] of Object.entries(CHOICES))
    for (const value of values) assert.equal(read(JSON.stringify({ [name]: value }))[name], value);
});
