import assert from "node:assert/strict";
import test from "node:test";
import { LEAST, MOST, moved, within } from "../../viewer/split.js";

test("arrows move the border, Home and End go to its ends", () => {
  assert.equal(moved("ArrowRight", 50), 55);
  assert.equal(moved("ArrowLeft", 50), 45);
  assert.equal(moved("ArrowDown", 50), 55);
  assert.equal(moved("Home", 50), LEAST);
  assert.equal(moved("End", 50), MOST);
  assert.equal(moved("Tab", 50), null);
});

test("on swapped sides an arrow moves the border where it points", () => {
  assert.equal(moved("ArrowRight", 50, true), 45);
});

test("neither side can be lost", () => {
  assert.equal(moved("ArrowRight", MOST), MOST);
  assert.equal(within(-3), LEAST);
  assert.equal(within(1000), MOST);
});
