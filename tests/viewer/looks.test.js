import assert from "node:assert/strict";
import test from "node:test";
import { sizeStep } from "../../viewer/looks.js";
import { plainly } from "../../viewer/plainly.js";

test("sizes go step by step and stop at both ends", () => {
  assert.equal(sizeStep("100", 1), "125");
  assert.equal(sizeStep("100", -1), "75");
  assert.equal(sizeStep("400", 1), "400");
  assert.equal(sizeStep("50", -1), "50");
});

test("the simple page tells each state in a key of its own", () => {
  const facts = { connection: "live", waiting: false, ended: false, policy: "on_record", health: "live", behind: 0, recovered: 0, refusal: "" };
  const say = (key) => key;
  assert.equal(plainly(facts, say), "simple.live");
  assert.equal(plainly({ ...facts, health: "delayed" }, say), "simple.late");
  assert.equal(plainly({ ...facts, health: "absent", policy: "off_record" }, say), "simple.away simple.off_record");
  assert.equal(plainly({ ...facts, connection: "reconnecting" }, say), "simple.lost");
  assert.equal(plainly({ ...facts, ended: true }, say), "simple.ended");
  assert.equal(plainly({ ...facts, waiting: true }, say), "simple.waiting");
  assert.equal(plainly({ ...facts, connection: "refused", refusal: "No." }, say), "No.");
  assert.equal(plainly({ ...facts, connection: "refused", refusal: "No.", door: "passcode" }, say), "door.passcode");
  assert.equal(plainly({ ...facts, paused: true }, say), "status.paused");
});
