import assert from "node:assert/strict";
import test from "node:test";
import { action, readKeys } from "../../viewer/keys.js";

const OWN = { next: "n", back: "b" };
const press = (key, more = {}) => ({ key, ctrlKey: false, altKey: false, metaKey: false, ...more });

test("keys can be changed and switched off; nonsense is ignored", () => {
  assert.deepEqual(readKeys(null, OWN), { on: true, keys: OWN });
  assert.deepEqual(readKeys('{"on": false, "keys": {"next": "J", "back": "long", "other": "x"}}', OWN), { on: false, keys: { next: "j", back: "b" } });
  assert.deepEqual(readKeys("{", OWN), { on: true, keys: OWN });
});

test("a key with Ctrl is the browser's, and off is off", () => {
  const keys = readKeys(null, OWN);
  assert.equal(action(keys, press("N")), "next");
  assert.equal(action(keys, press("n", { ctrlKey: true })), "");
  assert.equal(action({ ...keys, on: false }, press("n")), "");
  assert.equal(action(keys, press("x")), "");
});

test("on a Russian or Arabic keyboard the key counts that stands where the Latin letter does", () => {
  const keys = readKeys(null, OWN);
  assert.equal(action(keys, press("т", { code: "KeyN" })), "next");
  assert.equal(action(keys, press("ى", { code: "KeyN" })), "next");
  assert.equal(action(keys, press("x", { code: "KeyN" })), "", "another Latin layout: what is written on the key counts");
  assert.equal(action(keys, press("Dead", { code: "KeyN" })), "");
  assert.equal(action({ on: true, keys: { next: "т", back: "b" } }, press("т", { code: "KeyN" })), "next");
});
