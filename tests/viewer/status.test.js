import assert from "node:assert/strict";
import test from "node:test";
import { sentence as worded } from "../../viewer/status.js";
import { Texts } from "../../viewer/texts.js";

const sentence = (facts) => worded(facts, new Texts().say);
const facts = { connection: "live", waiting: false, ended: false, policy: "on_record", health: "live", behind: 0, recovered: 0, refusal: "" };

test("each state has its sentence", () => {
  assert.equal(sentence(facts), "Live.");
  assert.equal(sentence({ ...facts, recovered: 12 }), "12 captions recovered. Live.");
  assert.match(sentence({ ...facts, health: "absent" }), /away/);
  assert.match(sentence({ ...facts, health: "delayed", behind: 12_400 }), /10 seconds/);
  assert.match(sentence({ ...facts, policy: "off_record" }), /nothing is kept/);
  assert.match(sentence({ ...facts, policy: "chatham" }), /no names/);
  assert.match(sentence({ ...facts, connection: "reconnecting" }), /Nothing shown is lost/);
  assert.match(sentence({ ...facts, waiting: true }), /not begun/);
  assert.match(sentence({ ...facts, ended: true }), /ended/);
  assert.match(sentence({ ...facts, paused: true }), /host has paused/);
  assert.match(sentence({ ...facts, connection: "refused", door: "passcode" }), /passcode/);
  assert.match(sentence({ ...facts, connection: "refused", door: "too_many" }), /minutes/);
  assert.equal(sentence({ ...facts, connection: "refused", refusal: "No." }), "No.");
});
