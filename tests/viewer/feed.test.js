import assert from "node:assert/strict";
import test from "node:test";
import { Feed, follow, meetingOf } from "../../viewer/feed.js";

const cue = (id, text) => ({ id, start: Number(id) * 1000, end: Number(id) * 1000 + 900, text, language: "en" });
const final = (id, text, revision = 1) => ({ cue: cue(id, text), revision, status: "final", stable: 2 });
const track = (id) => ({ id, language: "en", label: "", origin: "automatic" });
const welcome = (seq) => ({ type: "welcome", meeting: { id: "m1", title: "A meeting", started: 0 }, epoch: "e", seq, policy: "on_record" });
const event = (seq, happened) => ({ type: "event", event: { epoch: "e", seq, ...happened } });
const caption = (seq, update, on = "floor") => event(seq, { kind: "caption", track: on, update });

function reading() {
  const kept = new Map();
  const reader = {
    log: [],
    fresh: (one) => reader.log.push(`fresh ${one.id}`),
    clear: () => {
      kept.clear();
      reader.log.push("clear");
    },
    take: (update, quietly) => {
      const known = kept.has(update.cue.id);
      kept.set(update.cue.id, update);
      reader.log.push(`${quietly ? "quietly " : ""}${update.cue.text}`);
      return !known && update.status === "final";
    },
    partial: (update) => reader.log.push(`partial ${update.cue.text}`),
    tell: () => {},
  };
  const due = [];
  const feed = new Feed(reader, (work) => due.push(work));
  return { reader, feed, due };
}

const begin = (feed) => {
  feed.receive(welcome(0));
  feed.receive(event(1, { kind: "track", track: track("floor") }));
  feed.receive(caption(2, final("1", "One.")));
};

test("a caption that comes live is fresh, one that is replayed comes quietly and is counted", () => {
  const { reader, feed, due } = reading();
  begin(feed);
  assert.deepEqual(reader.log, ["clear", "One.", "fresh 1"]);
  reader.log.length = 0;
  feed.receive(welcome(4));
  feed.receive(caption(3, final("2", "Two.")));
  assert.equal(feed.facts.recovered, 0);
  feed.receive(caption(4, final("3", "Three.")));
  assert.deepEqual(reader.log, ["quietly Two.", "quietly Three."]);
  assert.equal(feed.facts.recovered, 2);
  due[0]();
  assert.equal(feed.facts.recovered, 0);
});

test("a gap in the log asks for a replay and shows nothing", () => {
  const { reader, feed } = reading();
  begin(feed);
  let asked = 0;
  feed.replay = () => (asked += 1);
  feed.receive(caption(9, final("9", "Nine.")));
  assert.equal(asked, 1);
  assert.ok(!reader.log.includes("Nine."));
});

test("a snapshot instead of a replay counts what the reader lacked", () => {
  const { reader, feed } = reading();
  begin(feed);
  feed.receive(welcome(3));
  const cues = [final("1", "One."), final("2", "Two.")].map((update) => ({ track: "floor", update }));
  feed.receive({ type: "snapshot", gap: true, snapshot: { epoch: "e", seq: 3, state: "live", tracks: [track("floor")], policy: [], cues } });
  assert.equal(feed.facts.recovered, 1);
  assert.ok(reader.log.includes("quietly Two."));
});

test("another record begins anew", () => {
  const { reader, feed } = reading();
  begin(feed);
  feed.receive({ type: "snapshot", snapshot: { epoch: "f", seq: 1, state: "live", tracks: [track("floor")], policy: [], cues: [] } });
  assert.equal(reader.log.filter((each) => each === "clear").length, 3);
  assert.equal(feed.facts.recovered, 0);
});

test("the reader's track is kept when another one comes", () => {
  const { reader, feed } = reading();
  begin(feed);
  feed.receive(event(3, { kind: "track", track: track("english") }));
  feed.receive(caption(4, final("2", "Elsewhere."), "english"));
  assert.ok(!reader.log.includes("Elsewhere."));
  feed.choose("english");
  assert.equal(feed.track, "english");
  assert.ok(reader.log.includes("quietly Elsewhere."));
  feed.choose("nowhere");
  assert.equal(feed.track, "english");
});

test("the captioner's health is that of the track that is read", () => {
  const { feed } = reading();
  begin(feed);
  feed.receive({ type: "status", policy: "chatham", captioners: [{ track: "floor", health: "delayed", behind_ms: 9000 }] });
  assert.deepEqual([feed.facts.health, feed.facts.behind, feed.facts.policy], ["delayed", 9000, "chatham"]);
});

test("a connection gets the cursor, and what is sent goes through it", () => {
  const { feed } = reading();
  const sent = [];
  let listener;
  follow(feed, "m1", (meeting, given) => {
    assert.equal(meeting, "m1");
    listener = given;
    return { again: () => {}, send: (text) => Boolean(sent.push(text)) };
  });
  begin(feed);
  assert.deepEqual(listener.cursor(), { epoch: "e", seq: 2 });
  assert.equal(feed.send("x"), true);
  assert.deepEqual(sent, ["x"]);
});

test("the meeting stands in the address", () => {
  assert.equal(meetingOf("/live/m1"), "m1");
  assert.equal(meetingOf("/read/a%20b/"), "a b");
});

test("what came while the connection was lost is told as a whole, once", () => {
  const { reader, feed } = reading();
  const told = [];
  reader.recovered = (cues) => told.push(cues.map((each) => each.text));
  begin(feed);
  feed.receive(welcome(4));
  feed.receive(caption(3, final("2", "Two.")));
  feed.receive(caption(4, final("3", "Three.")));
  feed.receive(caption(5, final("4", "Four.")));
  assert.deepEqual(told, [["Two.", "Three."]]);
});
