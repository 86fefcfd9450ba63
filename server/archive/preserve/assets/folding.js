"use strict";
/* Text made comparable for search, exactly as the index was made: server/archive/folding.py has the same rules. */
(() => {
  const same = new Map(Object.entries({
    "\u0622": "\u0627", "\u0623": "\u0627", "\u0625": "\u0627", "\u0671": "\u0627", "\u0649": "\u064a", "\u0626": "\u064a",
    "\u06cc": "\u064a", "\u0624": "\u0648", "\u0629": "\u0647", "\u06a9": "\u0643", "\u0451": "\u0435", "\u0640": "",
  }));
  const mark = /^[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u200b-\u200f\u00ad]$/u;
  const wides = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u{20000}-\u{3ffff}\u0e00-\u0e7f";
  const narrow = `(?![${wides}])[\\p{L}\\p{N}]`;
  const token = new RegExp(`[${wides}]+|${narrow}(?:${narrow}|[\\u0900-\\u0dff])*`, "gu");
  const wide = new RegExp(`^[${wides}]`, "u");

  const bare = (letter) => {
    const one = same.get(letter) ?? letter;
    if (!one || mark.test(one)) return "";
    return /[^\x00-\x7f]/.test(one) && /^[\p{Script=Latin}\p{Script=Greek}]/u.test(one) ? one.normalize("NFD").replace(/\p{M}/gu, "") : one;
  };
  const known = new Map();
  const letter = (one) => {
    let made = known.get(one);
    if (made === undefined) {
      const plain = one.normalize("NFKC");
      const small = plain === "\u0131" ? plain : plain.toLowerCase().toUpperCase().toLowerCase().replace(/\u03c2/g, "\u03c3");
      known.set(one, made = Array.from(small, bare).join(""));
    }
    return made;
  };
  const fold = (text) => Array.from(text.normalize("NFC"), letter).join("");
  const pairs = (run) => {
    const letters = Array.from(run);
    return letters.map((one, place) => one + (letters[place + 1] ?? ""));
  };

  /** The words of a text; of scripts without spaces each pair of characters, and the last character. */
  const tokens = (text) => (fold(text).match(token) ?? []).flatMap((run) => wide.test(run) ? pairs(run) : [run]);

  /** What a query asks for: words that follow each other; `prefix`: the last one may go on, from two letters on. */
  const parse = (query) => {
    const terms = [];
    for (const [, phrase, word] of query.slice(0, 300).normalize("NFC").matchAll(/"([^"]*)"|(\S+)/g)) {
      const found = (fold(phrase || word || "").match(token) ?? []).flatMap((run) =>
        !wide.test(run) || Array.from(run).length === 1 ? [run] : pairs(run).slice(0, -1));
      if (!found.length) continue;
      const last = found.at(-1), single = Array.from(last).length === 1;
      const alone = found.length === 1 && single && wide.test(last);
      terms.push({ tokens: found, prefix: alone || (!!word?.endsWith("*") && !(single && !wide.test(last))) });
    }
    return terms.slice(0, 12);
  };

  /** Whether a text's tokens have what a term asks for. */
  const has = (said, { tokens: wanted, prefix }) => said.some((_, at) => wanted.every((one, place) => {
    const here = said[at + place] ?? "";
    return prefix && place === wanted.length - 1 ? here.startsWith(one) : here === one;
  }));

  /** Which file of a block has a token. */
  const shard = (one, shards) => {
    const [first, second] = Array.from(one);
    return (first.codePointAt(0) * 31 + (second && !wide.test(one) ? second.codePointAt(0) : 0)) % shards;
  };

  globalThis.captionerFolding = { fold, tokens, parse, has, shard };
})();
