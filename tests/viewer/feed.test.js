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

const snapshot = (seq, updates, older = 0, epoch = "e") => ({
  type: "snapshot", older,
  snapshot: { epoch, seq, state: "live", tracks: [track("floor")], policy: [], cues: updates.map((update) => ({ track: "floor", update })) },
});
const block = (first, updates, epoch = "e") => ({ epoch, first, cues: updates.map((update) => ({ track: "floor", update })) });

/** A long meeting of which captions 7 and 8 are here. */
function late() {
  const { reader, feed, due } = reading();
  reader.older = (updates) => reader.log.push(`older ${updates.map((each) => each.cue.text).join(" ")}`);
  feed.receive(welcome(8));
  feed.receive(snapshot(8, [final("7", "Seven."), final("8", "Eight.")], 6));
  reader.log.length = 0;
  return { reader, feed, due };
}

test("of a long meeting the newest captions come first, and the older ones before them, in order", () => {
  const { reader, feed } = late();
  assert.equal(feed.older, 6);
  assert.equal(feed.takeOlder(block(4, [final("5", "Five."), final("6", "Six."), final("7", "Seven.")]), 8), true);
  assert.equal(feed.older, 4);
  feed.takeOlder(block(0, [final("2", "Two."), final("1", "One."), final("3", "Three."), final("4", "Four.")]), 9);
  assert.equal(feed.older, 0);
  assert.deepEqual(reader.log, ["older Five. Six.", "older One. Two. Three. Four."]);
  assert.deepEqual(feed.transcript.cues("floor").map((each) => each.cue.id), ["1", "2", "3", "4", "5", "6", "7", "8"]);
});

test("a block of another record, or one that is not new enough, is not taken", () => {
  const { reader, feed } = late();
  assert.equal(feed.takeOlder(block(0, [final("1", "One.")], "f"), 99), false);
  assert.equal(feed.takeOlder(block(0, [final("1", "One.")]), 7), false);
  assert.deepEqual([reader.log, feed.older], [[], 6]);
});

test("a correction of what is not here yet is not new, and comes with its block", () => {
  const { reader, feed } = late();
  feed.receive(caption(9, final("3", "Three, corrected.", 2)));
  feed.receive(caption(10, final("3", "Three, corrected twice.", 3)));
  assert.deepEqual(reader.log, []);
  feed.receive(caption(11, final("9", "Nine.")));
  assert.deepEqual(reader.log.splice(0), ["Nine.", "fresh 9"]);
  feed.takeOlder(block(0, [final("3", "Three."), final("4", "Four.")]), 8);
  assert.deepEqual(reader.log, ["older Three, corrected twice. Four."]);
});

test("what was taken back comes with no block, and a block corrects what is here", () => {
  const { reader, feed } = late();
  feed.takeOlder(block(0, [{ ...final("3", ""), status: "retracted" }, final("4", "Four."), final("7", "Seven, corrected.", 2)]), 9);
  assert.deepEqual(reader.log, ["quietly Seven, corrected.", "older Four."]);
});

test("a whole snapshot while older captions are missing leaves no hole", () => {
  const { reader, feed } = late();
  feed.receive(welcome(700));
  feed.receive(snapshot(700, [final("1", "One."), final("7", "Seven."), final("8", "Eight."), final("9", "Nine.")]));
  assert.equal(feed.older, 0);
  assert.deepEqual(reader.log, ["clear", "clear", "quietly One.", "quietly Seven.", "quietly Eight.", "quietly Nine."]);
});

test("the host has a signal when the server says so, and not before", async () => {
  const { feed, due } = reading();
  begin(feed);
  assert.equal(await feed.tellHost("x"), "failed", "no connection");
  feed.send = () => true;
  const [first, second, third, fourth] = ["a", "b", "c", "d"].map((text) => feed.tellHost(text));
  feed.receive({ type: "told", signal: "who" });
  assert.equal(await first, "told");
  feed.receive({ type: "told", signal: "who", told: false, again_ms: 1000 });
  assert.equal(await second, "wait");
  due[2]();
  assert.equal(await third, "failed", "no answer came");
  feed.connection("reconnecting");
  assert.equal(await fourth, "failed", "the connection broke");
  feed.receive({ type: "told", signal: "who" });
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

const gap = (seq, start, end, reason = "not_captioned") => event(seq, { kind: "gap", start, end, reason });

test("a stretch without captions is shown in its place, and said once; no caption is counted", () => {
  const { reader, feed, due } = reading();
  reader.gap = ({ start, end, reason }) => reader.log.push(`${reason} ${start} ${end}`);
  begin(feed);
  reader.log.length = 0;
  feed.receive(gap(3, 2000, 14_000));
  assert.deepEqual(reader.log, ["not_captioned 2000 14000"]);
  assert.equal(feed.facts.missed.end, 14_000);
  assert.equal(feed.facts.recovered, 0);
  due[0]();
  assert.equal(feed.facts.missed, null);
  feed.receive(gap(4, 15_000, 15_000, "paused"));
  feed.receive(gap(5, 15_000, 20_000, "paused"));
  assert.equal(reader.log.at(-1), "paused 15000 20000");
  assert.equal(feed.facts.missed, null); // the status says that the host has paused
});

test("a stretch without captions comes with a replay, and is said after a reconnect only", () => {
  const { reader, feed, due } = reading();
  reader.gap = ({ start }) => reader.log.push(`gap ${start}`);
  const snapshot = (seq, gaps) => ({ type: "snapshot", snapshot: {
    epoch: "e", seq, state: "live", tracks: [track("floor")], policy: [], cues: [{ track: "floor", update: final("1", "One.") }], gaps,
  } });
  const first = { start: 2000, end: 9000, reason: "not_captioned" };
  feed.receive(welcome(5));
  feed.receive(snapshot(5, [first]));
  assert.ok(reader.log.includes("gap 2000"));
  assert.equal(feed.facts.missed, null);
  feed.receive(welcome(6));
  feed.receive(gap(6, 20_000, 30_000));
  assert.equal(feed.facts.missed.start, 20_000);
  due.at(-1)();
  feed.receive(welcome(9));
  feed.receive(snapshot(9, [first, { ...first, start: 40_000, end: 50_000 }]));
  assert.equal(feed.facts.missed.start, 40_000);
});

test("of a long meeting a stretch is shown once the captions around it are there", () => {
  const { reader, feed } = reading();
  reader.gap = ({ start }) => reader.log.push(`gap ${start}`);
  const cues = [{ track: "floor", update: final("50", "Fifty.") }];
  const gaps = [{ start: 10_000, end: 20_000, reason: "not_captioned" }];
  feed.receive(welcome(9));
  feed.receive({ type: "snapshot", older: 1, snapshot: { epoch: "e", seq: 9, state: "live", tracks: [track("floor")], policy: [], cues, gaps } });
  assert.ok(!reader.log.includes("gap 10000"));
  feed.takeOlder({ epoch: "e", first: 0, cues: [{ track: "floor", update: final("5", "Five.") }] }, 9);
  assert.ok(reader.log.includes("gap 10000"));
});
