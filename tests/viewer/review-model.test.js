import assert from "node:assert/strict";
import test from "node:test";

import { Review, clock, finder, milliseconds } from "../../viewer/review/model.js";

const cue = (id, start, text, more = {}) => ({
  track: "floor", id, start, end: start + 1000, text, speaker: "", language: "en", revision: 1, status: "automatic", unsure: [], marks: [], ...more,
});
const three = () => new Review([cue("b", 1000, "Two words."), cue("a", 0, "One."), cue("c", 2000, "Three more words.")]);

/** A server that keeps everything. */
function keep(review, step, how = "do") {
  const edits = review.edits(step);
  review.kept(step, edits.map((e, i) => ({ ...step[i].after, revision: e.base + 1, status: "corrected" })), how);
  return edits;
}
const texts = (review) => review.list("floor").map((each) => each.text);

test("cues are listed as they are read", () => assert.deepEqual(texts(three()), ["One.", "Two words.", "Three more words."]));

test("an edit is one step, with the revision it was made from", () => {
  const review = three();
  const edits = keep(review, review.edit("floor", "b", { text: "  Two  good words. ", speaker: "Ann" }));
  assert.deepEqual(edits, [{ track: "floor", cue: "b", base: 1, text: "Two good words.", start: 1000, end: 2000, speaker: "Ann", language: "en" }]);
  assert.equal(review.get("floor", "b").revision, 2);
  assert.equal(review.get("floor", "b").status, "corrected");
});

test("what changes nothing, or ends before it starts, is no step", () => {
  const review = three();
  assert.deepEqual(review.edit("floor", "b", { text: "Two words." }), []);
  assert.deepEqual(review.edit("floor", "b", { end: 1000 }), []);
  assert.deepEqual(review.edit("floor", "nobody", { text: "x" }), []);
});

test("merging keeps the first id and both times", () => {
  const review = three();
  keep(review, review.merge("floor", "a"));
  assert.deepEqual(texts(review), ["One. Two words.", "Three more words."]);
  assert.equal(review.get("floor", "a").end, 2000);
  assert.deepEqual(review.merge("floor", "c"), []);
});

test("Chinese cues are merged without a space", () => {
  const review = new Review([cue("a", 0, "我们讨论。"), cue("b", 1000, "网络。")]);
  keep(review, review.merge("floor", "a"));
  assert.deepEqual(texts(review), ["我们讨论。网络。"]);
});

test("splitting makes a new id and cuts the time where the letters are", () => {
  const review = three();
  const edits = keep(review, review.split("floor", "c", 6));
  assert.deepEqual(texts(review), ["One.", "Two words.", "Three", "more words."]);
  assert.deepEqual(edits.map((e) => [e.cue, e.base, e.start, e.end]), [["c", 1, 2000, 2313], ["c.s1", -1, 2313, 3000]]);
  keep(review, review.split("floor", "c.s1", 5));
  assert.deepEqual(review.list("floor").map((each) => each.id), ["a", "b", "c", "c.s1", "c.s2"]);
});

test("splitting at an end is no step", () => {
  assert.deepEqual(three().split("floor", "c", 0), []);
  assert.deepEqual(three().split("floor", "c", 99), []);
});

test("undo and redo are steps with newer revisions", () => {
  const review = three();
  keep(review, review.merge("floor", "a"));
  keep(review, review.split("floor", "c", 6));
  keep(review, review.toUndo(), "undo");
  assert.deepEqual(texts(review), ["One. Two words.", "Three more words."]);
  keep(review, review.toUndo(), "undo");
  assert.deepEqual(texts(review), ["One.", "Two words.", "Three more words."]);
  assert.equal(review.get("floor", "a").revision, 3);
  assert.equal(review.toUndo(), null);
  keep(review, review.toRedo(), "redo");
  keep(review, review.toRedo(), "redo");
  assert.deepEqual(texts(review), ["One. Two words.", "Three", "more words."]);
  assert.equal(review.toRedo(), null);
});

test("a new step forgets what was undone", () => {
  const review = three();
  keep(review, review.merge("floor", "a"));
  keep(review, review.toUndo(), "undo");
  keep(review, review.edit("floor", "c", { text: "Other." }));
  assert.equal(review.toRedo(), null);
});

test("what somebody else has changed since is not undone over their head", () => {
  const review = three();
  keep(review, review.edit("floor", "a", { text: "Mine." }));
  keep(review, review.edit("floor", "b", { text: "Mine too." }));
  review.take([cue("b", 1000, "Theirs.", { revision: 9 })]);
  const step = review.toUndo();
  assert.deepEqual(step.map((change) => change.after.text), ["One."]);
});

test("any chain of steps is undone to the beginning", () => {
  let seed = 7;
  const dice = (n) => (seed = (seed * 48271) % 2147483647) % n;
  for (let round = 0; round < 50; round += 1) {
    const review = three();
    const first = JSON.stringify(review.list("floor").map((c) => [c.id, c.start, c.end, c.text, c.speaker]));
    for (let i = 0; i < 12; i += 1) {
      const list = review.list("floor"), one = list[dice(list.length)];
      const step = [() => review.merge("floor", one.id), () => review.split("floor", one.id, dice(20)),
        () => review.edit("floor", one.id, { text: `Text ${dice(99)}.` }), () => review.rename("floor", "", `N${dice(3)}`)][dice(4)]();
      if (step.length) keep(review, step);
    }
    while (review.toUndo()) keep(review, review.toUndo(), "undo");
    assert.equal(JSON.stringify(review.list("floor").map((c) => [c.id, c.start, c.end, c.text, c.speaker])), first);
  }
});

test("find and replace: by letters, by whole words, by pattern, with nothing special in what is put", () => {
  const review = new Review([cue("a", 0, "Decad and decade. $& costs.")]);
  const how = (more) => ({ regex: false, letters: false, whole: false, ...more });
  assert.equal(finder("decad", "DCAD", how({})).count("Decad and decade."), 2);
  assert.equal(finder("decad", "DCAD", how({ whole: true })).count("Decad and decade."), 1);
  assert.equal(finder("decad", "DCAD", how({ letters: true })).count("Decad and decade."), 1);
  assert.equal(finder("(d)ecad", "$1-CAD", how({ regex: true, whole: true })).replaced("a decad"), "a d-CAD");
  assert.equal(finder("$&", "$$", how({})).replaced("$& costs"), "$$ costs");
  assert.equal(finder("(", "x", how({ regex: true })), null);
  assert.equal(finder("", "x", how({})), null);
  keep(review, review.replace("floor", finder("decad", "DCAD", how({ whole: true }))));
  assert.deepEqual(texts(review), ["DCAD and decade. $& costs."]);
});

test("whole words in every script", () => {
  const how = { regex: false, letters: false, whole: true };
  assert.equal(finder("сеть", "Сеть", how).count("сеть и сетьми"), 1);
  assert.equal(finder("محمد", "م", how).count("قال محمد ومحمدي"), 1);
});

test("a pattern that finds nothing everywhere counts nothing", () => {
  assert.equal(finder("x*", "y", { regex: true, letters: false, whole: false }).count("abc"), 0);
});

test("renaming takes all of one speaker", () => {
  const review = new Review([cue("a", 0, "x", { speaker: "A" }), cue("b", 1, "y", { speaker: "B" }), cue("c", 2, "z", { speaker: "A" })]);
  assert.deepEqual(review.rename("floor", "A", "Ann").map((c) => c.after.id), ["a", "c"]);
  assert.deepEqual(review.rename("floor", "A", "A"), []);
});

test("times as people write them", () => {
  assert.equal(clock(3723450), "1:02:03.450");
  for (const [text, ms] of [["62.5", 62500], ["1:02,5", 62500], ["1:02:03.450", 3723450], [" 5 ", 5000]]) assert.equal(milliseconds(text), ms);
  for (const text of ["", "x", "1:2:3:4", "-1", "1.2.3", "1:", "1.5:00"]) assert.ok(Number.isNaN(milliseconds(text)), text);
});
