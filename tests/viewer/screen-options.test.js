import assert from "node:assert/strict";
import test from "node:test";
import { OPTIONS, OPTION_NAMES, readOptions, writeOptions } from "../../viewer/screen-options.js";

test("a link carries every option there and back", () => {
  for (const name of OPTION_NAMES)
    for (const value of OPTIONS[name]) assert.equal(readOptions(`#${writeOptions({ ...readOptions(""), [name]: value })}`)[name], value);
});

test("the defaults need no fragment, and nonsense is as if it were not there", () => {
  assert.equal(writeOptions(readOptions("")), "");
  assert.deepEqual(readOptions("#lines=99&text=url(x)&other=1"), readOptions(""));
});
