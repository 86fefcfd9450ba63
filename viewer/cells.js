// @ts-check
/**
 * Lines for a Braille display. Pure. The cells of a text are those of uncontracted Braille, counted rather too high than
 * too low, so that a line that is made here also fits contracted Braille; tests compare them with liblouis.
 */

const CJK = /[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]/u;
const CLOSING = /^[\s,.;:!?)\]}\u3001\u3002\u300b\u300d\u300f\u3011\uff01\uff09\uff0c\uff1a\uff1b\uff1f\u201d\u2019%]/u;
const TWO = /[()[\]{}"\u201c\u201d\u2018\u2019\u2013\u2014/@$%&+=*#_<>\u2026]/u; // signs of two cells and more

/** Cells of a text in uncontracted Braille, at most. @param {string} text */
export function cells(text) {
  let count = 0;
  let digits = false;
  for (const sign of text) {
    const digit = /\p{Nd}/u.test(sign);
    if (digit && !digits) count += 1; // the number sign
    digits = digit || (digits && /[.,]/.test(sign));
    if (CJK.test(sign)) count += 2;
    else if (TWO.test(sign)) count += 3;
    else if (/\p{Lu}/u.test(sign)) count += 2;
    else if (!/\p{M}/u.test(sign)) count += sign > "\u007f" && /\p{L}/u.test(sign) ? 2 : 1;
  }
  return count;
}

/**
 * Where the lines of a text end: a word is split only when it alone is longer than the line; a sign that closes never
 * begins a line where it can be helped.
 * @param {string} text @param {number} width cells @returns {number[]} offsets, the last one is the text's length
 */
export function lines(text, width) {
  /** @type {number[]} */
  const ends = [];
  let begin = 0;
  let at = 0;
  for (const piece of pieces(text)) {
    const end = at + piece.length;
    if (cells(text.slice(begin, end).trim()) > width) {
      if (at > begin) {
        ends.push(at);
        begin = at;
      }
      for (const split of splits(piece, width)) {
        ends.push(at + split);
        begin = at + split;
      }
    }
    at = end;
  }
  if (text.slice(begin).trim() || !ends.length) ends.push(text.length);
  else ends[ends.length - 1] = text.length;
  return ends;
}

/** What may not be split: words with the spaces behind them, single CJK signs with what closes them. @param {string} text */
function pieces(text) {
  /** @type {string[]} */
  const found = [];
  for (const word of text.match(/\S+\s*|^\s+/gu) ?? []) {
    let held = "";
    for (const sign of word) {
      const opens = held === "" || CLOSING.test(sign) || (!CJK.test(sign) && !CJK.test(held.at(-1) ?? ""));
      if (opens) held += sign;
      else {
        found.push(held);
        held = sign;
      }
    }
    found.push(held);
  }
  return found;
}

/** Where a piece that is longer than a line is split. @param {string} piece @param {number} width */
function splits(piece, width) {
  /** @type {number[]} */
  const found = [];
  let held = "";
  let at = 0;
  for (const sign of piece) {
    if (held && sign.trim() && cells(held + sign) > width) {
      found.push(at);
      held = "";
    }
    held += sign;
    at += sign.length;
  }
  return found;
}
