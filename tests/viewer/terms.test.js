import assert from "node:assert/strict";
import test from "node:test";
import { applied, distance, expand, key, suggest, terms } from "../../viewer/people/terms.js";

const known = terms("DCAD = decad, D-card # a coalition\nSecretariat\n\n= nothing\nAl-Khalīl", [{ name: "Ana Sánchez" }, { name: "dcad" }]);

test("a glossary and a roster make terms, each once", () => {
  assert.deepEqual(known.map((term) => term.text), ["DCAD", "Secretariat", "Al-Khalīl", "Ana Sánchez"]);
  assert.deepEqual(known[0].forms, ["decad", "D-card"]);
});

test("the distance of Damerau and Levenshtein", () => {
  for (const [a, b, cost] of [["", "", 0], ["abc", "abc", 0], ["abc", "acb", 1], ["kitten", "sitting", 3], ["", "ab", 2]])
    assert.equal(distance(a, b), cost, `${a} ${b}`);
  assert.equal(distance("abcdefgh", "zzzzzzzz", 3), 4);
  assert.equal(distance("short", "a lot longer", 2), 3);
});

test("the distance is symmetric, and no more than the longer text", () => {
  const letters = "abc";
  let state = 7;
  const next = () => (state = (state * 16807) % 2147483647);
  for (let round = 0; round < 300; round += 1) {
    const word = () => Array.from({ length: next() % 7 }, () => letters[next() % 3]).join("");
    const [a, b] = [word(), word()];
    assert.equal(distance(a, b), distance(b, a));
    assert.ok(distance(a, b) <= Math.max(a.length, b.length));
    assert.equal(distance(a, b) === 0, a === b);
  }
});

test("what was misheard is suggested, the likeliest first", () => {
  const text = "The decad and the secretariate met Anna Sanchez.";
  const found = suggest(text, known);
  assert.deepEqual(found.map((each) => each.term), ["DCAD", "Secretariat", "Ana Sánchez"]);
  assert.equal(applied(text, found[0]), "The DCAD and the secretariate met Anna Sanchez.");
  assert.equal(applied(text, found[2]), "The decad and the secretariate met Ana Sánchez.");
});

test("spelled letters are one term", () => {
  assert.equal(applied("Welcome to D C A D today", suggest("Welcome to D C A D today", known)[0]), "Welcome to DCAD today");
});

test("what is right, or something else, is not suggested", () => {
  assert.deepEqual(suggest("DCAD and the Secretariat are here", known), []);
  assert.deepEqual(suggest("We had a card and a cat", known), []);
  assert.deepEqual(suggest("", known), []);
});

test("keys know neither case nor accent", () => assert.equal(key("Ána-Sánchez 3"), "anasanchez3"));

test("an abbreviation is expanded when it is finished", () => {
  assert.deepEqual(expand("the decad ", 10, known), { text: "the DCAD ", caret: 9 });
  assert.deepEqual(expand("the d-card, and", 11, known), { text: "the DCAD, and", caret: 9 });
  assert.equal(expand("the decad", 9, known), null);
  assert.equal(expand("the decade ", 11, known), null);
});
