import assert from "node:assert/strict";
import { test } from "node:test";
import { pathFor } from "../../viewer/socket.js";

test("readers go to an edge, people with an invitation to the origin", () => {
  assert.equal(pathFor({}), "/ws");
  assert.equal(pathFor({ passcode: "open sesame" }), "/ws");
  assert.equal(pathFor({ token: "t" }), "/staff/ws");
});
