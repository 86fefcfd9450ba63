import assert from "node:assert/strict";
import test from "node:test";
import { History, versionsIn } from "../../viewer/history.js";

const version = (id, revision, text) => ({ cue: { id, start: 0, end: 1, text, language: "en" }, revision, status: "final" });

test("every version is kept in order, the latest corrected cue last", () => {
  const history = new History();
  history.note(version("a", 1, "Won."), version("a", 2, "One."));
  history.note(version("b", 1, "Too."), version("b", 2, "Two."));
  history.note(version("a", 2, "One."), version("a", 5, "One!"));
  assert.deepEqual([...history.versions.keys()], ["b", "a"]);
  assert.deepEqual(history.versions.get("a").map((each) => each.cue.text), ["Won.", "One.", "One!"]);
});

test("what was taken back is not told any more", () => {
  const history = new History();
  history.note(version("a", 1, "A secret."), { ...version("a", 2, ""), status: "retracted" });
  assert.doesNotMatch(JSON.stringify([...history.versions]), /secret/);
});

test("a day of corrections does not fill the memory", () => {
  const history = new History();
  for (let at = 0; at < 600; at += 1) history.note(version(`c${at}`, 1, "a"), version(`c${at}`, 2, "b"));
  assert.equal(history.versions.size, 500);
  assert.ok(!history.versions.has("c99") && history.versions.has("c599"));
});

test("what is no list of versions is an empty one", () => {
  assert.deepEqual(versionsIn(null), []);
  assert.deepEqual(versionsIn({ versions: [{ cue: {}, revision: 1 }, version("a", 1, "One.")] }).length, 1);
});
