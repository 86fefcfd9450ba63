import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { Feed } from "../../viewer/feed.js";
import { replaySocket, steps } from "../../viewer/replay.js";
import { parse } from "../../viewer/wire.js";

const meeting = JSON.parse(readFileSync(new URL("../../viewer/try/meeting.json", import.meta.url), "utf8"));

/** A clock and timers that run by hand. */
function time() {
  let now = 0;
  let due = [];
  return {
    now: () => now,
    later: (work, ms) => due.push({ at: now + ms, work }),
    run: (until) => {
      for (;;) {
        due.sort((a, b) => a.at - b.at);
        if (!due.length || due[0].at > until) break;
        const [next] = due.splice(0, 1);
        now = Math.max(now, next.at);
        next.work();
      }
      now = until;
      due = [...due];
    },
  };
}

test("the steps are whole: every caption once final, one corrected, seq without gaps, an end", () => {
  const script = steps(meeting);
  const events = script.filter((step) => step.event).map((step) => step.event);
  assert.deepEqual(events.map((event) => event.seq), events.map((_, index) => index + 1));
  assert.equal(events.filter((event) => event.kind === "caption").length, meeting.captions.length + 1);
  assert.equal(events.at(-1).kind, "state");
  assert.ok(script.filter((step) => step.live).length > 100);
  assert.ok(new Set(meeting.captions.map((each) => each.speaker)).size > 1);
});

test("a reader gets the whole meeting over a broken connection, and nothing is lost", () => {
  const clock = time();
  const Socket = replaySocket(meeting, clock.now, clock.later);
  const states = [];
  const taken = new Map();
  const feed = new Feed({
    clear: () => taken.clear(),
    take: (update) => {
      const fresh = !taken.has(update.cue.id);
      taken.set(update.cue.id, update);
      return fresh;
    },
    tell: () => {},
  }, () => {});
  let most = 0;
  const open = () => {
    const socket = new Socket();
    socket.addEventListener("open", () => {
      states.push("open");
      socket.send(JSON.stringify({ type: "hello", role: "viewer", meeting: "x", epoch: feed.transcript.epoch, after: feed.transcript.seq }));
      socket.send(JSON.stringify({ type: "signal", signal: "who" }));
    });
    socket.addEventListener("message", (event) => {
      const message = parse(event.data);
      assert.ok(message, event.data);
      feed.receive(message);
      most = Math.max(most, feed.facts.recovered);
    });
    socket.addEventListener("close", () => {
      states.push("close");
      clock.later(open, 500);
    });
  };
  open();
  clock.run(150_000);
  assert.ok(states.filter((each) => each === "open").length === 2, states.join());
  assert.ok(most >= 1);
  assert.equal(feed.facts.ended, true);
  assert.deepEqual([...taken.values()].map((update) => update.cue.text), meeting.captions.map((each) => each.text));
});
