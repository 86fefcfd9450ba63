import assert from "node:assert/strict";
import test from "node:test";
import { gapText, sentence as worded } from "../../viewer/status.js";
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

test("a stretch without captions says how long it was, and why", async () => {
  const texts = new Texts();
  const gap = (reason, start, end) => gapText({ reason, start, end }, texts.say);
  assert.equal(gap("not_captioned", 9_500, 21_400), "[about 12 sec not captioned]");
  assert.equal(gap("not_captioned", 0, 300), "[about 1 sec not captioned]");
  assert.equal(gap("paused", 0, 600_000), "[captions paused for about 10 min]");
  assert.equal(gap("paused", 5_000, 5_000), "[captions paused]");
  assert.match(gap("audio_lost", 5_000, 5_000), /no sound/);
  assert.match(sentence({ ...facts, missed: { reason: "not_captioned", start: 0, end: 12_000 } }), /^\[about 12 sec not captioned\] Live/);
  await texts.use("ar");
  assert.match(gap("not_captioned", 0, 12_000), /12/);
});
