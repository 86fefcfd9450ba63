import assert from "node:assert/strict";
import test from "node:test";
import { Gate, SIGNALS, message } from "../../viewer/take-part.js";

test("the same signal is not sent again at once, another one is after a moment", () => {
  const gate = new Gate();
  assert.ok(gate.open("who", "", 0));
  gate.sent("who", "", 0);
  assert.ok(!gate.open("unclear", "", 500));
  assert.ok(gate.open("unclear", "", 1500));
  assert.ok(!gate.open("who", "", 9_000));
  assert.ok(gate.open("who", "", 10_000));
  gate.sent("question", "Why?", 20_000);
  assert.ok(gate.open("question", "When?", 22_000));
});

test("a signal that could not be sent may be tried again at once", () => {
  const gate = new Gate();
  assert.ok(gate.open("repeat", "", 5) && gate.open("repeat", "", 5));
  gate.sent("repeat", "", 5);
  assert.ok(!gate.open("repeat", "", 6));
  gate.back("repeat", "");
  assert.ok(gate.open("repeat", "", 7));
});

test("a signal is anonymous unless the reader gives a name", () => {
  assert.deepEqual(SIGNALS.map((each) => JSON.parse(message(each))), SIGNALS.map((signal) => ({ type: "signal", signal })));
  assert.deepEqual(JSON.parse(message("question", "Why?", "Ann")), { type: "signal", signal: "question", text: "Why?", name: "Ann" });
});
