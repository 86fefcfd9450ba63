import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import vm from "node:vm";

const context = vm.createContext({ URL });
vm.runInContext(readFileSync(new URL("../../viewer/sw.js", import.meta.url), "utf8"), context);
const HERE = "https://captions.example";
const shell = (path, { method = "GET", destination = "document", origin = HERE } = {}) =>
  context.shellOf(new URL(origin + path), HERE, method, destination);

test("the pages' shell is kept", () => {
  assert.equal(shell("/viewer/live.js", { destination: "script" }), "/viewer/live.js");
  assert.equal(shell("/live/m1"), "/viewer/live.html");
  assert.equal(shell("/read/m1"), "/viewer/read.html");
  assert.equal(shell("/manifest.webmanifest"), "/manifest.webmanifest");
});

test("nothing of a meeting is ever kept", () => {
  for (const path of ["/archive/m1/", "/archive/m1/floor.vtt", "/api/meetings", "/live/m1/events", "/live/m1/text", "/live/m1/plain", "/live/m1?after=3", "/", "/host/m1", "/embed/m1", "/screen/m1", "/viewer/try/meeting.json"])
    assert.equal(shell(path), "", path);
  assert.equal(shell("/live/m1", { destination: "empty" }), "");
  assert.equal(shell("/live/m1", { method: "POST" }), "");
  assert.equal(shell("/viewer/live.js", { origin: "https://other.example" }), "");
});
