import assert from "node:assert/strict";
import test from "node:test";
import { claimOf, withoutClaim } from "../../viewer/claim.js";

test("token and passcode come from the fragment, else from what this tab keeps", () => {
  assert.deepEqual(claimOf("#token=abc.def&size=200"), { token: "abc.def" });
  assert.deepEqual(claimOf("", '{"token":"old","passcode":"p w"}'), { token: "old", passcode: "p w" });
  assert.deepEqual(claimOf("#token=new", '{"token":"old"}'), { token: "new" });
  assert.deepEqual(claimOf("", "broken"), {});
  assert.deepEqual(claimOf("", "null"), {});
  assert.deepEqual(claimOf(`#token=${"x".repeat(3000)}`, '{"token":7}'), {});
});

test("the address keeps everything but the claim", () => {
  assert.equal(withoutClaim("#token=abc&size=200&passcode=x"), "size=200");
  assert.equal(withoutClaim("#passcode=x"), "");
});
