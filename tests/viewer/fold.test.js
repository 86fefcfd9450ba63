import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { GapInLog, Transcript, splitStable } from "../../viewer/fold.js";

const vectors = JSON.parse(readFileSync(new URL("../vectors/fold.json", import.meta.url), "utf8"));

/** Fields at their default may be left out on the wire. */
const plain = (value) => JSON.parse(JSON.stringify(value, (_, each) => each));

for (const vector of vectors)
  test(`vector: ${vector.name}`, () => {
    for (let cut = 0; cut <= vector.events.length; cut += 1) {
      const first = new Transcript(vector.snapshot ?? null);
      const apply = (transcript, event) => {
        try {
          transcript.apply(event);
        } catch (error) {
          if (!(error instanceof GapInLog)) throw error;
        }
      };
      for (const event of vector.events.slice(0, cut)) apply(first, event);
      const second = new Transcript(plain(first.snapshot()));
      for (const event of vector.events.slice(cut)) apply(second, event);
      assert.deepEqual(plain(second.snapshot()), vector.expect);
      for (const [track, ids] of Object.entries(vector.cues))
        assert.deepEqual(second.cues(track).map((update) => update.cue.id), ids);
    }
  });

test("a gap is told", () => {
  const transcript = new Transcript();
  assert.throws(() => transcript.apply({ epoch: "e", seq: 2, kind: "state", state: "live" }), GapInLog);
});

test("stable words and the tail", () => {
  const words = [" We", " begin", " now"].map((text, i) => ({ start: i, end: i + 1, text }));
  const cue = { id: "a", start: 0, end: 3, text: "We begin now", language: "en", words };
  assert.deepEqual(splitStable({ cue, revision: 1, status: "partial", stable: 2 }), { stable: "We begin", tail: "now" });
  assert.deepEqual(splitStable({ cue, revision: 1, status: "final" }), { stable: "We begin now", tail: "" });
});
