import assert from "node:assert/strict";
import test from "node:test";
import { parse } from "../../viewer/wire.js";

test("known messages are read, unknown fields kept", () => {
  assert.equal(parse('{"type":"ping","new":1}').type, "ping");
  assert.equal(parse('{"type":"status","captioners":[],"policy":"on_record"}').policy, "on_record");
});

test("everything else is null", () => {
  for (const frame of ["", "[]", "null", "1", '{"type":"toString"}', '{"type":"welcome"}', '{"type":"live","shown":null}', undefined, new ArrayBuffer(2)])
    assert.equal(parse(frame), null);
});
