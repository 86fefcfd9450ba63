import assert from "node:assert/strict";
import test from "node:test";
import { Reading, kept, sentences } from "../../viewer/reading.js";

let count = 0;
const said = (text, { id = `c${(count += 1)}`, start = count * 1000, speaker = "", revision = 1, status = "final", language = "en" } = {}) => ({
  cue: { id, start, end: start + 900, text, language, speaker }, revision, status,
});

function reading(texts, step = "caption") {
  const made = new Reading();
  made.choose(step, true);
  for (const text of texts) made.take(typeof text === "string" ? said(text) : text);
  return made;
}

function forward(made) {
  const all = [];
  while (made.next()) all.push(made.text);
  return all;
}

function backward(made) {
  const all = [made.text];
  while (made.back()) all.unshift(made.text);
  return all;
}

const TALK = ["We meet in the room with the ramp. The lift", "is late, and the", "stairs are steep. Thank you.", "Next item: the budget."];

test("by caption, forth and back", () => {
  const made = reading(TALK);
  assert.equal(made.behind, 4);
  assert.deepEqual(forward(made), TALK);
  assert.equal(made.behind, 0);
  assert.deepEqual(backward(made), TALK);
  assert.equal(made.behind, 3);
});

test("by sentence, over the captions' borders", () => {
  const expected = ["We meet in the room with the ramp.", "The lift is late, and the stairs are steep.", "Thank you.", "Next item: the budget."];
  const made = reading(TALK, "sentence");
  assert.deepEqual(forward(made), expected);
  assert.deepEqual(backward(made), expected);
});

for (const cells of ["20", "40", "80"])
  test(`by ${cells} cells nothing is lost, forth and back`, () => {
    const made = reading(TALK, cells);
    const lines = forward(made);
    assert.equal(lines.join(" "), TALK.join(" "));
    assert.deepEqual(backward(made), lines);
  });

test("a speaker's name comes when the speaker changes, before each caption in the step by caption", () => {
  const talk = ["One.", "Two."].map((text, index) => said(text, { id: `s${index}`, speaker: "Ann" }));
  assert.deepEqual(forward(reading(talk)), ["Ann: One.", "Ann: Two."]);
  assert.deepEqual(forward(reading(talk, "20")), ["Ann: One.", "Two."]);
});

test("what comes later does not change what is shown, and is counted", () => {
  const made = reading(["One."]);
  made.next();
  for (const text of ["Two.", "Three."]) made.take(said(text));
  assert.equal(made.text, "One.");
  assert.equal(made.behind, 2);
});

test("the rest of a sentence that was shown unfinished comes next, nothing twice", () => {
  const made = reading(["The lift"], "sentence");
  made.next();
  assert.equal(made.text, "The lift");
  made.take(said("is late."));
  assert.ok(made.next());
  assert.equal(made.text, "is late.");
  assert.equal(made.next(), false);
});

test("a place is kept by cue and offset over a reload, also in the middle of a caption", () => {
  const made = reading(TALK, "20");
  made.next();
  made.next();
  const place = kept(JSON.stringify(made.at));
  const again = new Reading();
  again.choose("20", true);
  for (const update of made.cues) again.take(update);
  assert.ok(again.restore(place));
  assert.equal(again.text, made.text);
  assert.equal(again.behind, made.behind);
  assert.deepEqual(forward(again), forward(made));
});

test("hours of captions at the reading point are never trimmed", () => {
  const made = reading(["First."]);
  made.next();
  for (let index = 0; index < 10_000; index += 1) made.take(said(`Caption ${index}.`));
  assert.equal(made.behind, 10_000);
  made.next();
  assert.equal(made.text, "Caption 0.");
});

test("a correction of what was read is listed, of what is to come it is only read", () => {
  const made = reading([said("Wrong.", { id: "a" }), said("Then.", { id: "b" }), said("Latr.", { id: "c" })]);
  made.next();
  made.next();
  made.take(said("Right.", { id: "a", revision: 2 }));
  made.take(said("Later.", { id: "c", revision: 2 }));
  assert.deepEqual(made.corrections, [{ cue: "a", before: "Wrong.", now: "Right." }]);
  made.next();
  assert.equal(made.text, "Later.");
});

test("a line that changes while it is read comes again; a caption that was read whole does not", () => {
  const made = reading([said("We meet in the room with the lamp.", { id: "a" })], "20");
  made.next();
  made.take(said("We meet in the room with the ramp.", { id: "a", revision: 2 }));
  assert.deepEqual(forward(made), ["We meet in the room", "with the ramp."]);
  made.take(said("We meet in a room with the ramp.", { id: "a", revision: 3 }));
  assert.deepEqual(forward(made), []);
  assert.equal(made.corrections.length, 2);
});

test("a retracted caption under the reader leaves the place where it was", () => {
  const made = reading(["One.", said("Two.", { id: "b", start: 1e9 }), said("Three.", { id: "c", start: 2e9 })]);
  made.next();
  made.next();
  made.take(said("", { id: "b", revision: 2, status: "retracted" }));
  assert.equal(made.text, "Two.");
  assert.equal(made.behind, 1);
  assert.ok(made.next());
  assert.equal(made.text, "Three.");
  assert.ok(made.back());
  assert.equal(made.text, "One.");
});

test("newest, beginning, and an empty meeting", () => {
  const empty = reading([]);
  assert.deepEqual([empty.next(), empty.back(), empty.newest(), empty.behind], [false, false, false, 0]);
  const made = reading(TALK, "sentence");
  made.newest();
  assert.equal(made.text, "Next item: the budget.");
  made.beginning();
  assert.equal(made.text, "We meet in the room with the ramp.");
});

test("another step keeps the place", () => {
  const made = reading(TALK);
  made.next();
  made.next();
  made.next();
  made.choose("20", true);
  assert.equal(made.text, "stairs are steep.");
});

test("Chinese is read by sentence and by cells without spaces between captions", () => {
  const made = reading([said("各位早上好,欢迎", { id: "z1", language: "zh" }), said("参加会议。我们有人。", { id: "z2", language: "zh" })], "sentence");
  assert.deepEqual(forward(made), ["各位早上好,欢迎参加会议。", "我们有人。"]);
});

test("sentences end at full stops, not within numbers", () => {
  const text = "It costs 3.5 million. Who pays? 各位好。大家好";
  const ends = sentences(text);
  assert.deepEqual(ends.map((end, index) => text.slice(ends[index - 1] ?? 0, end).trim()), ["It costs 3.5 million.", "Who pays?", "各位好。", "大家好"]);
});

test("a kept place is read with care", () => {
  assert.equal(kept(null), null);
  assert.equal(kept("{"), null);
  assert.equal(kept('{"cue": 3}'), null);
  assert.deepEqual(kept('{"cue": "a", "start": 5, "offset": 2, "x": 1}'), { cue: "a", start: 5, offset: 2 });
});

for (const step of ["caption", "sentence"])
  test(`a stretch without captions is read in its place, and counts as no caption, by ${step}`, () => {
    const made = reading([said("The lift is", { start: 1000 }), said("Late.", { start: 30_000 })], step);
    assert.equal(made.gap({ start: 9_000, end: 21_000, reason: "not_captioned" }, "[about 12 sec not captioned]", "en"), true);
    assert.equal(made.gap({ start: 9_000, end: 21_000, reason: "not_captioned" }, "[about 12 sec not captioned]", "en"), false);
    assert.equal(made.behind, 2);
    assert.deepEqual(forward(made), ["The lift is", "[about 12 sec not captioned]", "Late."]);
    assert.deepEqual(backward(made), ["The lift is", "[about 12 sec not captioned]", "Late."]);
    assert.equal(made.behind, 1);
  });
