// @ts-check
/**
 * What a reviewer does to a record, without a page and without a network. Every step is a list of changes from one value
 * of a cue to another; undoing is a step too, so that the log keeps all of it.
 *
 * @typedef {{track: string, id: string, start: number, end: number, text: string, speaker: string, language: string,
 *   revision: number, status: "automatic" | "corrected", unsure: string[], marks: string[]}} Cue a retracted cue has no text
 * @typedef {{before: Cue | null, after: Cue}} Change without `before` the cue is new
 * @typedef {{track: string, cue: string, base: number, text: string, start: number, end: number, speaker: string, language: string}} Edit
 */

const UNDO = 500; // steps; a day's work, and each is small

/** A record that is being reviewed. */
export class Review {
  /** @param {Cue[]} cues */
  constructor(cues) {
    /** @type {Map<string, Cue>} */
    this.cues = new Map(cues.map((cue) => [key(cue), cue]));
    /** @type {Change[][]} */
    this.done = [];
    /** @type {Change[][]} */
    this.undone = [];
  }

  /** Cues of a track that have text, as they are read. @param {string} track */
  list(track) {
    return [...this.cues.values()].filter((cue) => cue.track === track && cue.text).sort((a, b) => a.start - b.start);
  }

  /** @param {string} track @param {string} id */
  get(track, id) {
    return this.cues.get(key({ track, id })) ?? null;
  }

  /** @param {string} track @param {string} id @param {number} step */
  beside(track, id, step) {
    const list = this.list(track);
    const at = list.findIndex((cue) => cue.id === id);
    return at < 0 ? null : list[at + step] ?? null;
  }

  /**
   * Other text, times or speaker; nothing when nothing changes.
   * @param {string} track @param {string} id @param {Partial<Pick<Cue, "text" | "start" | "end" | "speaker" | "language">>} fields
   * @returns {Change[]}
   */
  edit(track, id, fields) {
    const before = this.get(track, id);
    if (!before) return [];
    const after = { ...before, ...fields, text: tidy(fields.text ?? before.text), speaker: tidy(fields.speaker ?? before.speaker) };
    if (after.end <= after.start) return [];
    const same = after.text === before.text && after.start === before.start && after.end === before.end &&
      after.speaker === before.speaker && after.language === before.language;
    return same ? [] : [{ before, after }];
  }

  /** One cue of two; the first keeps its id. @param {string} track @param {string} id @returns {Change[]} */
  merge(track, id) {
    const first = this.get(track, id), second = this.beside(track, id, 1);
    if (!first || !second) return [];
    const glue = isWide(first.text.slice(-1)) && isWide(second.text.slice(0, 1)) ? "" : " ";
    const joined = { ...first, text: first.text + glue + second.text, end: Math.max(first.end, second.end) };
    return [{ before: first, after: joined }, { before: second, after: { ...second, text: "" } }];
  }

  /**
   * Two cues of one, at a place in its text; the time is cut where the letters are.
   * @param {string} track @param {string} id @param {number} place @returns {Change[]}
   */
  split(track, id, place) {
    const before = this.get(track, id);
    if (!before) return [];
    const head = tidy(before.text.slice(0, place)), tail = tidy(before.text.slice(place));
    if (!head || !tail) return [];
    const length = before.end - before.start;
    const at = before.start + Math.min(length - 1, Math.max(1, Math.round(length * head.length / (head.length + tail.length))));
    const fresh = { ...before, id: this.#fresh(track, id), text: tail, start: at, revision: -1 };
    return [{ before, after: { ...before, text: head, end: at } }, { before: null, after: fresh }];
  }

  /** @param {string} track @param {string} id */
  #fresh(track, id) {
    const stem = id.replace(/\.s\d+$/, "").slice(0, 56);
    for (let n = 1; ; n += 1) {
      const name = `${stem}.s${n}`;
      if (!this.cues.has(key({ track, id: name }))) return name;
    }
  }

  /** @param {string} track @param {Finder} finder @returns {Change[]} */
  replace(track, finder) {
    return this.list(track).flatMap((cue) => {
      const text = tidy(finder.replaced(cue.text));
      return text && text !== cue.text ? [{ before: cue, after: { ...cue, text } }] : [];
    });
  }

  /** Everything that `old` said was said by `name`. @param {string} track @param {string} old @param {string} name @returns {Change[]} */
  rename(track, old, name) {
    const speaker = tidy(name);
    return this.list(track).filter((cue) => cue.speaker === old && cue.speaker !== speaker)
      .map((cue) => ({ before: cue, after: { ...cue, speaker } }));
  }

  /** What to send for a step. @param {Change[]} step @returns {Edit[]} */
  edits(step) {
    return step.map(({ after }) => ({
      track: after.track, cue: after.id, base: this.get(after.track, after.id)?.revision ?? -1, text: after.text,
      start: after.start, end: after.end, speaker: after.speaker, language: after.language,
    }));
  }

  /**
   * The step that undoes the last one; null when there is none. Steps on which somebody else has built are forgotten.
   * @returns {Change[] | null}
   */
  toUndo() {
    while (this.done.length && !this.#fits(this.done.at(-1), "after")) this.done.pop();
    const last = this.done.at(-1);
    return last ? last.map(({ before, after }) => ({ before: after, after: before ?? { ...after, text: "" } })) : null;
  }

  /** The step to do again. @returns {Change[] | null} */
  toRedo() {
    while (this.undone.length && !this.#fits(this.undone.at(-1), "before")) this.undone.pop();
    return this.undone.at(-1) ?? null;
  }

  /** Are the cues as the step left or found them? @param {Change[] | undefined} step @param {"before" | "after"} side */
  #fits(step, side) {
    return (step ?? []).every((change) => {
      const wanted = change[side], now = this.cues.get(key(change.after));
      if (!wanted?.text) return !now?.text;
      return now?.text === wanted.text && now.speaker === wanted.speaker && now.start === wanted.start && now.end === wanted.end;
    });
  }

  /**
   * The server kept a step: these are the cues now.
   * @param {Change[]} step @param {Cue[]} cues @param {"do" | "undo" | "redo"} how
   */
  kept(step, cues, how = "do") {
    this.take(cues);
    if (how === "undo") this.undone.push(/** @type {Change[]} */ (this.done.pop()));
    else {
      this.done.push(step);
      if (how === "redo") this.undone.pop();
      else this.undone = [];
      if (this.done.length > UNDO) this.done.shift();
    }
  }

  /** Take what the server says these cues are. @param {Cue[]} cues */
  take(cues) {
    for (const cue of cues) this.cues.set(key(cue), cue);
  }
}

/** Finds what is to be replaced. Made by `finder`. */
export class Finder {
  /** @param {RegExp} pattern @param {string} put @param {boolean} literal */
  constructor(pattern, put, literal) {
    this.pattern = pattern;
    this.put = put;
    this.literal = literal;
  }

  /** @param {string} text */
  count(text) {
    return [...text.matchAll(this.pattern)].filter((match) => match[0] !== "").length;
  }

  /** @param {string} text */
  replaced(text) {
    return this.literal ? text.replace(this.pattern, () => this.put) : text.replace(this.pattern, this.put);
  }
}

/**
 * A finder, or null when there is nothing to find or the pattern is none.
 * @param {string} find @param {string} put @param {{regex: boolean, letters: boolean, whole: boolean}} how `letters`: capitals matter
 */
export function finder(find, put, how) {
  if (!find) return null;
  const source = how.regex ? find : find.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const bounded = how.whole ? `(?<![\\p{L}\\p{N}])(?:${source})(?![\\p{L}\\p{N}])` : source;
  try {
    return new Finder(new RegExp(bounded, how.letters ? "gu" : "giu"), put, !how.regex);
  } catch {
    return null;
  }
}

/** Milliseconds as 1:02:03.450. @param {number} ms */
export function clock(ms) {
  const seconds = Math.floor(ms / 1000);
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}.${String(ms % 1000).padStart(3, "0")}`;
}

/** Milliseconds of what a person wrote: 62.5, 1:02.5, 1:02:03; NaN when it is no time. @param {string} text */
export function milliseconds(text) {
  const parts = text.trim().replace(",", ".").split(":");
  if (parts.length > 3 || parts.some((part, i) => !(i === parts.length - 1 ? /^\d+(\.\d{1,3})?$/ : /^\d+$/).test(part))) return NaN;
  return Math.round(parts.reduce((sum, part) => sum * 60 + Number(part), 0) * 1000);
}

/** @param {{track: string, id: string}} cue */
const key = (cue) => `${cue.track}\n${cue.id}`;

/** @param {string} text */
const tidy = (text) => text.replace(/\s+/g, " ").trim();

/** @param {string} char */
const isWide = (char) => /[\u3040-\u30ff\u3400-\u9fff\u3000-\u303f\uff00-\uffef]/.test(char);
