import assert from "node:assert/strict";
import test from "node:test";
import { Connection, DEAD_MS, LOADING_MS, STALE_MS } from "../../viewer/connection.js";

const welcome = { type: "welcome", meeting: { id: "m", title: "t", started: 0 }, epoch: "e", seq: 0, policy: "on_record" };

test("it says what it has", () => {
  const [action] = new Connection("m", () => 0.5).opened(0, "e", 7);
  assert.deepEqual(JSON.parse(action.text), { type: "hello", role: "viewer", meeting: "m", epoch: "e", after: 7 });
});

test("retries are jittered, grow, and stay below half a minute", () => {
  const connection = new Connection("m", () => 1);
  const waits = Array.from({ length: 12 }, () => connection.closed()[0].ms);
  assert.equal(waits[0], 500);
  assert.equal(waits.at(-1), 30_000);
  assert.deepEqual(waits, [...waits].sort((a, b) => a - b));
  connection.received(welcome, 0);
  assert.equal(connection.closed()[0].ms, 500);
});

test("silence is told, then ends the connection", () => {
  const connection = new Connection("m", () => 0);
  connection.received(welcome, 1_000);
  connection.received({ type: "status", captioners: [], policy: "on_record" }, 1_000);
  assert.deepEqual(connection.tick(1_000 + STALE_MS - 1), []);
  connection.tick(1_000 + STALE_MS);
  assert.equal(connection.state, "stale");
  connection.received({ type: "ping" }, 7_000);
  assert.equal(connection.state, "live");
  assert.deepEqual(connection.tick(7_000 + DEAD_MS), [{ kind: "close" }]);
});

test("a goodbye says when to come again", () => {
  const connection = new Connection("m", () => 0);
  connection.received({ type: "bye", retry_after_ms: 2_000 }, 0);
  assert.equal(connection.closed()[0].ms, 2_000);
});

test("a refusal is final; a meeting that has not begun is waited for; a slow reader comes back", () => {
  const refused = new Connection("m", () => 0);
  refused.received({ type: "error", code: "malformed", message: "no" }, 0);
  assert.deepEqual(refused.closed(), []);
  const waiting = new Connection("m", () => 0);
  assert.deepEqual(waiting.received({ type: "error", code: "no_meeting", message: "wait", fatal: false }, 0), []);
  assert.equal(waiting.state, "live");
  assert.deepEqual(waiting.tick(DEAD_MS), [{ kind: "close" }]); // nobody pings who waits: come again, and be sure
  waiting.closed();
  assert.equal(waiting.state, "reconnecting");
  const busy = new Connection("m", () => 0);
  busy.received(welcome, 0);
  assert.deepEqual(busy.received({ type: "error", code: "conflict", message: "", fatal: false }, 1), []);
  assert.equal(busy.state, "live");
  const slow = new Connection("m", () => 0);
  slow.received({ type: "error", code: "too_slow", message: "slow" }, 0);
  assert.equal(slow.closed()[0].kind, "wait");
});

test("a refused page may knock again with something else to show", () => {
  const connection = new Connection("m", () => 0.5);
  connection.opened(0, "", 0, { passcode: "wrong" });
  connection.received({ type: "error", code: "passcode", message: "" }, 1);
  assert.deepEqual(connection.closed(), []);
  assert.deepEqual(connection.knock(), [{ kind: "open" }]);
  assert.deepEqual(connection.knock(), []);
  const [sent] = connection.opened(2, "", 0, { passcode: "right", partials: false });
  assert.equal(JSON.parse(sent.text).passcode, "right");
  assert.equal(JSON.parse(sent.text).partials, false);
});

test("a long meeting may take its time on a slow line", () => {
  const connection = new Connection("m", () => 0.5);
  connection.opened(0, "", 0);
  connection.received(welcome, 0);
  assert.deepEqual(connection.tick(DEAD_MS + 1), []);
  assert.equal(connection.state, "live");
  assert.deepEqual(connection.tick(LOADING_MS), [{ kind: "close" }]);
  connection.closed();
  connection.opened(0, "", 0);
  connection.received(welcome, 0);
  connection.received({ type: "snapshot", snapshot: {} }, 1);
  assert.deepEqual(connection.tick(DEAD_MS + 1), [{ kind: "close" }]);
});
