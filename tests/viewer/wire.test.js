import assert from "node:assert/strict";
import test from "node:test";
import { hello, parse } from "../../viewer/wire.js";

test("known messages are read, unknown fields kept", () => {
  assert.equal(parse('{"type":"ping","new":1}').type, "ping");
  assert.equal(parse('{"type":"status","captioners":[],"policy":"on_record"}').policy, "on_record");
});

test("everything else is null", () => {
  for (const frame of ["", "[]", "null", "1", '{"type":"toString"}', '{"type":"welcome"}', '{"type":"live","shown":null}', undefined, new ArrayBuffer(2)])
    assert.equal(parse(frame), null);
});

test("what host and correctors get", () => {
  assert.equal(parse('{"type":"signalled","id":1,"signal":"who","count":2}').count, 2);
  assert.equal(parse('{"type":"presence","viewers":7}').viewers, 7);
  assert.equal(parse('{"type":"ack","cue":"c","revision":2}').revision, 2);
  assert.equal(parse('{"type":"presence"}'), null);
});

test("a hello says what the page claims, and no more", () => {
  assert.deepEqual(JSON.parse(hello("m", "e", 3)), { type: "hello", role: "viewer", meeting: "m", epoch: "e", after: 3 });
  const claimed = JSON.parse(hello("m", "", 0, { role: "corrector", token: "t" }));
  assert.equal(claimed.role, "corrector");
  assert.equal(claimed.token, "t");
});
