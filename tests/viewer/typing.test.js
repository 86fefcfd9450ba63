import assert from "node:assert/strict";
import test from "node:test";
import { BACK, LONG_PAUSE_MS, MOST_WORDS, PAUSE_MS, Typing } from "../../viewer/people/typing.js";

/** A person at the field, and what readers see. */
class Field {
  constructor() {
    this.typing = new Typing("h1", "en");
    this.value = "";
    this.now = 1000;
    this.finals = new Map();
    this.partial = "";
  }

  see(updates) {
    for (const update of updates) {
      const known = this.finals.get(update.cue.id);
      assert.ok(!known || update.revision > known.revision, "revisions rise");
      if (update.status === "partial") this.partial = update.cue.text;
      else this.finals.set(update.cue.id, update);
      if (update.status === "final") {
        assert.ok(update.cue.text && update.cue.end > update.cue.start);
        if (!known) this.partial = "";
      }
    }
    this.value = this.typing.text;
    return this;
  }

  set(value) {
    this.now += 100;
    return this.see(this.typing.edit(value, this.now));
  }

  type(text) {
    for (const char of text) this.set(char === "\b" ? this.value.slice(0, -1) : this.value + char);
    return this;
  }

  wait(ms) {
    this.now += ms;
    return this.see(this.typing.tick(this.now));
  }

  get text() {
    return [...this.finals.values()].filter((update) => update.status === "final").map((update) => update.cue.text);
  }
}

test("partials while typing, a final when the next sentence begins", () => {
  const field = new Field().type("Good mor");
  assert.deepEqual([field.text, field.partial], [[], "Good mor"]);
  field.type("ning. W");
  assert.deepEqual([field.text, field.partial], [["Good morning."], "W"]);
});

test("Enter finishes; a pause finishes, a fragment later", () => {
  assert.deepEqual(new Field().type("one\ntwo\n").text, ["one", "two"]);
  const field = new Field().type("Done.");
  assert.deepEqual(field.wait(PAUSE_MS - 1).text, []);
  assert.deepEqual(field.wait(1).text, ["Done."]);
  field.type("and then").wait(PAUSE_MS);
  assert.deepEqual(field.text, ["Done."]);
  assert.deepEqual(field.wait(LONG_PAUSE_MS).text, ["Done.", "and then"]);
  assert.equal(field.value, "Done. and then ");
});

test("abbreviations end no sentence; Chinese needs no space", () => {
  assert.deepEqual(new Field().type("Dr. Smith").text, []);
  assert.deepEqual(new Field().type("我们开始。第").text, ["我们开始。"]);
});

test("steno in bursts, with deletes into what is finished, is a revision", () => {
  const field = new Field().set("I recieve.\n").set("I recieve.\nNext");
  const id = [...field.finals.keys()][0];
  field.set("I rec").set("I receive.").set("I receive.\nNext").wait(LONG_PAUSE_MS);
  assert.deepEqual(field.text, ["I receive.", "Next"]);
  assert.ok(field.finals.get(id).revision > 1);
});

test("deleting back to a word's beginning, and on from there, stays in the sentence", () => {
  const field = new Field().type("We vote on teh text.\n");
  field.type("\b".repeat("teh text. ".length)).wait(PAUSE_MS).type("the text. ").wait(PAUSE_MS);
  assert.deepEqual(field.text, ["We vote on the text."]);
  field.type("Next.").wait(PAUSE_MS);
  assert.deepEqual(field.text, ["We vote on the text.", "Next."]);
});

test("a word in the middle is mended, and only its cue revised", () => {
  const field = new Field().type("One apple. Two pears. Three");
  const before = new Map(field.finals);
  field.set("One apple. Two plums. Three").wait(PAUSE_MS);
  assert.deepEqual(field.text.slice(0, 2), ["One apple.", "Two plums."]);
  const [first, second] = [...field.finals.keys()];
  assert.equal(field.finals.get(first), before.get(first));
  assert.ok(field.finals.get(second).revision > before.get(second).revision);
});

test("a sentence that is deleted is retracted", () => {
  const field = new Field().type("One.\nTwo.\n");
  field.set("One.\n").wait(PAUSE_MS);
  assert.deepEqual(field.text, ["One."]);
  field.set("").wait(PAUSE_MS);
  assert.deepEqual(field.text, []);
});

test("a cue does not grow for ever", () => {
  const field = new Field().type("word ".repeat(30));
  assert.ok(field.text.length >= 1 && field.text.every((text) => text.split(" ").length <= MOST_WORDS + 1));
});

test("the field keeps the last sentences only", () => {
  const field = new Field();
  for (let number = 0; number < BACK + 3; number += 1) field.type(`Line ${number}.\n`);
  const gone = field.typing.trim();
  assert.equal(gone, "Line 0.\nLine 1.\nLine 2.\n".length);
  assert.equal(field.typing.text.startsWith("Line 3."), true);
});

test("the last words survive the end", () => {
  const field = new Field().type("the end");
  field.see(field.typing.close(field.now));
  assert.deepEqual(field.text, ["the end"]);
});

test("whatever is done to the field, readers end with its words", () => {
  let state = 11;
  const next = (most) => (state = (state * 16807) % 2147483647) % most;
  const bits = ["Hello. ", "and so on ", "no", "\n", "Yes! ", " ", "é"];
  for (let round = 0; round < 150; round += 1) {
    const field = new Field();
    for (let step = 0; step < 30; step += 1) {
      const at = next(4) ? field.value.length : next(field.value.length + 1);
      const cut = next(3) ? 0 : next(Math.max(1, field.value.length - at + 1));
      const from = next(4) ? at : Math.max(0, at - next(9));
      field.set(field.value.slice(0, from) + bits[next(bits.length)] + field.value.slice(at + cut));
      if (!next(4)) field.wait(next(7000));
    }
    const value = field.value;
    field.see(field.typing.close(field.now + 1));
    const words = (text) => text.replace(/\s+/gu, ""); // between two cues there is always a space
    assert.equal(words(field.text.join(" ")), words(value), `round ${round}`);
  }
});
