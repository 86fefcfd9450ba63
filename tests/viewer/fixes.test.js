import assert from "node:assert/strict";
import test from "node:test";
import { capitalise, compare, joined, split } from "../../viewer/people/fixes.js";

const cue = { id: "a", start: 1000, end: 3000, text: "we begin now", language: "en" };

test("capitals go on and off, at the word of the caret", () => {
  assert.equal(capitalise("we begin"), "We begin");
  assert.equal(capitalise("We begin"), "we begin");
  assert.equal(capitalise("we begin", 5), "we Begin");
  assert.equal(capitalise("¿qué?"), "¿Qué?");
  assert.equal(capitalise(""), "");
  assert.equal(capitalise("我们"), "我们");
});

test("joining takes away the break that was none", () => {
  assert.equal(joined("We begin.", "with the report"), "We begin with the report");
  assert.equal(joined("We begin.", "The report"), "We begin. The report");
});

test("splitting at the caret, in time as in text", () => {
  assert.deepEqual(split(cue, "we begin now", 6), { first: "we beg", second: "in now", middle: 2000 });
  const words = [0, 400, 1200].map((at, i) => ({ start: 1000 + at, end: 1100 + at, text: ["we", " begin", " now"][i] }));
  assert.equal(split({ ...cue, words }, "we begin now", 8)?.middle, 2200);
  assert.equal(split(cue, "we begin", 0), null);
  assert.equal(split(cue, "we begin  ", 8), null);
});

test("two versions are compared word by word", () => {
  assert.deepEqual(compare("we begin right now", "we begun now"), [
    { same: true, mine: "we", theirs: "" },
    { same: false, mine: "begin right", theirs: "begun" },
    { same: true, mine: "now", theirs: "" },
  ]);
  assert.deepEqual(compare("same", "same"), [{ same: true, mine: "same", theirs: "" }]);
});
