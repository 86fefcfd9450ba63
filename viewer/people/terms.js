// @ts-check
/**
 * The glossary and the roster as a person who corrects or types needs them. Pure. A glossary has a term a line, and after
 * "=" what is heard or typed for it: "DCAD = decad, D-card".
 *
 * @typedef {{text: string, forms: string[]}} Term
 * @typedef {{from: number, to: number, term: string, cost: number}} Suggestion put `term` in place of [from, to)
 */

/** Letters and digits only, without case and accents. @param {string} text */
export const key = (text) => text.normalize("NFKD").toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

/** @param {string} glossary @param {{name: string}[]} roster @returns {Term[]} */
export function terms(glossary, roster = []) {
  /** @type {Map<string, Term>} */
  const found = new Map();
  const add = (/** @type {string} */ text, /** @type {string[]} */ forms) => {
    if (key(text) && !found.has(key(text))) found.set(key(text), { text, forms });
  };
  for (const line of glossary.split("\n")) {
    const [written = "", heard = ""] = (line.split("#")[0] ?? "").split("=");
    add(written.trim(), heard.split(",").map((form) => form.trim()).filter(Boolean));
  }
  for (const { name } of roster) add(name.trim(), []);
  return [...found.values()];
}

/**
 * Damerau-Levenshtein distance (optimal string alignment); `most + 1` when it is more than `most`.
 * @param {string} a @param {string} b @param {number} most
 */
export function distance(a, b, most = Infinity) {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  /** @type {number[]} */
  let older = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, (older[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    if (Math.min(...row) > most) return most + 1;
    [older, last] = [last, row];
  }
  return Math.min(last[b.length] ?? 0, most + 1);
}

const MORE = 3; // a term may be heard as so many words more: "D C A D"
const SHORTEST = 3; // letters: shorter words are too often something else

/**
 * What of `text` may be a misheard term, the likeliest first; at most `most`.
 * @param {string} text @param {Term[]} known @param {number} most @returns {Suggestion[]}
 */
export function suggest(text, known, most = 3) {
  const words = [...text.matchAll(/[\p{L}\p{N}][\p{L}\p{N}'’.-]*/gu)].map((found) => {
    const bare = found[0].replace(/['’.-]+$/u, "");
    return { from: found.index, to: found.index + bare.length };
  });
  /** @type {Map<string, Suggestion>} */
  const best = new Map();
  for (const term of known) {
    const count = term.text.split(/\s+/u).length;
    for (let length = 1; length <= Math.min(words.length, count + MORE); length += 1)
      for (let index = 0; index + length <= words.length; index += 1) {
        const from = words[index]?.from ?? 0;
        const to = words[index + length - 1]?.to ?? 0;
        const cost = price(text.slice(from, to), term, length - count);
        const before = best.get(term.text);
        if (cost !== null && (!before || cost < before.cost)) best.set(term.text, { from, to, term: term.text, cost });
      }
  }
  return [...best.values()].sort((a, b) => a.cost - b.cost || a.from - b.from).slice(0, most);
}

/** 0 (a known form) to 1; null when it is something else, or right already. @param {string} said @param {Term} term @param {number} more */
function price(said, term, more) {
  if (` ${said} `.includes(` ${term.text} `)) return null;
  const heard = key(said);
  const wanted = key(term.text);
  if (heard.length < SHORTEST) return null;
  if (heard === wanted || term.forms.some((form) => key(form) === heard)) return 0;
  if (more > 1) return null;
  const most = Math.floor(Math.max(heard.length, wanted.length) * 0.34);
  const far = distance(heard, wanted, most);
  return far > most ? null : far / Math.max(heard.length, wanted.length) + 0.05 * Math.abs(more);
}

/** @param {string} text @param {Suggestion} suggestion */
export const applied = (text, { from, to, term }) => text.slice(0, from) + term + text.slice(to);

/**
 * Expand the abbreviation that was just finished before the caret; null when there is none.
 * @param {string} text @param {number} caret behind the space or mark that finished it @param {Term[]} known
 * @returns {{text: string, caret: number} | null}
 */
export function expand(text, caret, known) {
  const found = /([\p{L}\p{N}-]+)([\s.,;:!?])$/u.exec(text.slice(0, caret));
  if (!found) return null;
  const typed = found[1] ?? "";
  const term = known.find((each) => each.forms.some((form) => form.toLowerCase() === typed.toLowerCase()));
  if (!term || term.text === typed) return null;
  const from = caret - found[0].length;
  return { text: text.slice(0, from) + term.text + text.slice(from + typed.length), caret: caret - typed.length + term.text.length };
}
