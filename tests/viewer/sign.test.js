import assert from "node:assert/strict";
import test from "node:test";
import { addressIn } from "../../viewer/sign.js";

test("only an https address is a video, whatever the server says", () => {
  assert.equal(addressIn({ address: "https://meet.example/sign" }), "https://meet.example/sign");
  for (const answer of [null, undefined, {}, { address: "" }, { address: "http://meet.example" }, { address: "javascript:alert(1)" }, { address: 7 }, []])
    assert.equal(addressIn(answer), "");
});
