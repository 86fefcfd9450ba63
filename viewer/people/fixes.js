// @ts-check
/** The usual fixes of a caption. Pure: a cue's text in, texts out. */

/** @typedef {import("../fold.js").Cue} Cue */

/** Change the case of the first letter of the word at `at`; of the first word by default. @param {string} text @param {number} at */
export function capitalise(text, at = 0) {
  const start = wordStart(text, at);
  const letter = [...text.slice(start)][0] ?? "";
  const other = letter === letter.toLocaleUpperCase() ? letter.toLocaleLowerCase() : letter.toLocaleUpperCase();
  return text.slice(0, start) + other + text.slice(start + letter.length);
}

/** @param {string} text @param {number} at */
function wordStart(text, at) {
  const before = text.slice(0, at).search(/[\p{L}\p{N}][^\s]*$/u);
  if (before >= 0) return before;
  const after = text.slice(at).search(/[\p{L}\p{N}]/u);
  return after < 0 ? text.length : at + after;
}

/** Two captions as one: a sentence that the machine broke loses the break's mark. @param {string} one @param {string} next */
export function joined(one, next) {
  const goes = /^\p{Ll}/u.test(next);
  const first = goes ? one.replace(/[.…]+$/u, "") : one;
  return `${first} ${next}`.trim();
}

/**
 * Two texts of one, cut at the caret, and when the second begins: by its share of the text, or by its words' times.
 * null when one of them would be empty.
 * @param {Cue} cue @param {string} text as edited @param {number} at
 * @returns {{first: string, second: string, middle: number} | null}
 */
export function split(cue, text, at) {
  const first = text.slice(0, at).trim();
  const second = text.slice(at).trim();
  if (!first || !second) return null;
  const word = cue.words?.[first.split(/\s+/u).length];
  const share = cue.start + Math.round(((cue.end - cue.start) * at) / text.length);
  const middle = word && word.start > cue.start && word.start < cue.end ? word.start : share;
  return { first, second, middle: Math.min(Math.max(middle, cue.start + 1), cue.end - 1) };
}

/**
 * The parts in which two versions differ, word by word, for a person to choose from.
 * @param {string} mine @param {string} theirs @returns {{same: boolean, mine: string, theirs: string}[]}
 */
export function compare(mine, theirs) {
  const a = mine.split(/\s+/u);
  const b = theirs.split(/\s+/u);
  let from = 0;
  while (from < Math.min(a.length, b.length) && a[from] === b[from]) from += 1;
  let same = 0;
  while (same < Math.min(a.length, b.length) - from && a.at(-1 - same) === b.at(-1 - same)) same += 1;
  const parts = [
    { same: true, mine: a.slice(0, from).join(" "), theirs: "" },
    { same: false, mine: a.slice(from, a.length - same).join(" "), theirs: b.slice(from, b.length - same).join(" ") },
    { same: true, mine: a.slice(a.length - same).join(" "), theirs: "" },
  ];
  return parts.filter((part) => part.mine || part.theirs);
}
