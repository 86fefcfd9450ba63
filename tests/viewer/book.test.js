import assert from "node:assert/strict";
import test from "node:test";
import { Book } from "../../viewer/people/book.js";

const known = (text = "Wrnog.", revision = 3) => ({ cue: { id: "a", start: 0, end: 9, text, language: "en", words: [{ start: 0, end: 9, text }] }, revision, status: "final" });

test("a correction names the revision it was made of", () => {
  const book = new Book();
  const message = book.correct("floor", known(), { ...known().cue, text: "Wrong." });
  assert.equal(message.base, 3);
  assert.equal(message.update.cue.text, "Wrong.");
  assert.deepEqual(message.update.cue.words, []);
  assert.equal(message.update.human, true);
  assert.deepEqual(book.unanswered(), [message]);
});

test("the server's answer ends the waiting, and can be undone", () => {
  const book = new Book();
  book.correct("floor", known(), { ...known().cue, text: "Wrong." });
  assert.equal(book.acknowledged("b", 4), false);
  assert.equal(book.acknowledged("a", 4), true);
  assert.deepEqual(book.unanswered(), []);
  const [back] = book.undo("floor", () => known("Wrong.", 4));
  assert.deepEqual([back.update.cue.text, back.base], ["Wrnog.", 4]);
  book.acknowledged("a", 5);
  assert.deepEqual(book.undo("floor", () => known("Wrnog.", 5)), [], "an undo is not undone");
});

test("what others changed since is not undone", () => {
  const book = new Book();
  book.correct("floor", known(), { ...known().cue, text: "Wrong." });
  book.acknowledged("a", 4);
  assert.deepEqual(book.undo("floor", () => known("Right.", 5)), []);
});

test("a conflict gives back what we wanted to say", () => {
  const book = new Book();
  book.correct("floor", known(), { ...known().cue, text: "Mine." });
  assert.equal(book.refused("a")?.update.cue.text, "Mine.");
  assert.equal(book.refused("a"), null);
});

test("a change of two cues is undone as one", () => {
  const book = new Book();
  const b = { ...known("Two.", 1), cue: { ...known("Two.").cue, id: "b" } };
  book.correct("floor", known(), { ...known().cue, text: "One two." });
  book.correct("floor", b, { ...b.cue, text: "" }, "retracted");
  book.acknowledged("a", 4);
  book.acknowledged("b", 2);
  const back = book.undo("floor", (cue) => (cue === "a" ? known("One two.", 4) : { ...b, revision: 2, status: "retracted" }));
  assert.deepEqual(back.map((each) => [each.update.cue.id, each.update.cue.text, each.update.status]), [["a", "Wrnog.", "final"], ["b", "Two.", "final"]]);
});
