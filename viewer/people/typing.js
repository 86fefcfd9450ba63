// @ts-check
/**
 * What a person types as cues. Pure: the whole text of the field in, cue updates out; time is an argument. Any edit is
 * taken, wherever it is: steno software (Plover and others) writes in bursts, and deletes back into what is finished; then
 * the finished sentence is revised. `server/typed.py` does the same for software that writes to the server.
 *
 * @typedef {import("../fold.js").CueUpdate} CueUpdate
 * @typedef {{id: string, text: string, start: number, end: number, revision: number, kept: boolean, told: string,
 *   mending?: boolean}} Piece
 */

export const PAUSE_MS = 1_500; // a finished sentence waits so long for an afterthought, if nothing follows
export const LONG_PAUSE_MS = 5_000; // an unfinished one so long
export const LONGEST_MS = 8_000;
export const MOST_WORDS = 20;
export const BACK = 12; // finished sentences that stay in the field, to be mended there

const ENDED = /[.!?…。！？؟]['"”’»)\]]*\s*$/u;
const BREAK = /^(.*?[.!?…؟]['"”’»)\]]*\s+)(?=[\p{Lu}\p{Lo}\p{N}¿¡«“"'(])|^(.*?[。！？]\s*)(?=.)/su;
const SHORT = /(?:^|\s)(?:\p{Lu}|Mrs?|Ms|Dr|Prof|St|No|vs|e\.g|i\.e|approx|Art|para)\.$/iu;

/** On one line, without surplus spaces. @param {string} text */
export const clean = (text) => text.replace(/\s+/gu, " ").trim();

export class Typing {
  /** @param {string} run unique to this stream @param {string} language */
  constructor(run, language) {
    this.run = run;
    this.language = language;
    this.speaker = "";
    /** @type {Piece[]} */
    this.pieces = [];
    this.number = 0;
    this.last = 0; // when something was typed
    this.floor = 0; // no cue begins before this
    this.touched = -1; // the piece that is being edited
  }

  /** The field's text as it should be. */
  get text() {
    return this.pieces.map((piece) => piece.text).join("");
  }

  /**
   * The field now has this text. Finals first, then the open sentence.
   * @param {string} text @param {number} now ms on the meeting's timeline @returns {CueUpdate[]}
   */
  edit(text, now) {
    const before = this.text;
    if (text === before) return [];
    this.last = now;
    let from = 0;
    while (from < Math.min(before.length, text.length) && before[from] === text[from]) from += 1;
    let same = 0;
    while (same < Math.min(before.length, text.length) - from && before.at(-1 - same) === text.at(-1 - same)) same += 1;
    const updates = this.#replace(from, before.length - same, text.slice(from, text.length - same), now);
    return [...updates, ...this.#split(now), ...this.#partial(now)];
  }

  /** Time passes. @param {number} now @returns {CueUpdate[]} */
  tick(now) {
    if (!this.pieces.length) return [];
    const quiet = now - this.last;
    const updates = quiet >= PAUSE_MS ? this.#mended(-1) : [];
    const open = this.pieces.at(-1);
    if (open && !open.kept && clean(open.text) && quiet >= (ENDED.test(open.text) ? PAUSE_MS : LONG_PAUSE_MS))
      updates.push(...this.#finish(open, this.last));
    return updates;
  }

  /** The person ends, or hands back: finish everything. @param {number} now @returns {CueUpdate[]} */
  close(now) {
    const updates = this.#mended(-1);
    const open = this.pieces.at(-1);
    if (open && !open.kept && clean(open.text)) updates.push(...this.#finish(open, now));
    return updates;
  }

  /** Forget finished sentences that are too many for the field; returns how many characters are gone at its front. */
  trim() {
    let gone = 0;
    while (this.pieces.filter((piece) => piece.kept).length > BACK) gone += (this.pieces.shift()?.text ?? "").length;
    return gone;
  }

  /** @param {number} from @param {number} to @param {string} fresh @param {number} now @returns {CueUpdate[]} */
  #replace(from, to, fresh, now) {
    let at = 0;
    let first = -1;
    for (const [index, piece] of this.pieces.entries()) {
      const start = at;
      at += piece.text.length;
      // a finished one that lost its end is being mended: what follows belongs to it
      const goesOn = !piece.kept || !/\s$/u.test(piece.text) || (piece.mending === true && !ENDED.test(piece.text));
      const touches = from < at || (index === this.pieces.length - 1 && goesOn);
      if (!touches || (to <= start && first >= 0)) continue;
      piece.mending = piece.kept;
      if (first < 0) {
        first = index;
        piece.text = piece.text.slice(0, from - start) + fresh + piece.text.slice(Math.max(0, Math.min(piece.text.length, to - start)));
      } else piece.text = piece.text.slice(Math.max(0, to - start));
    }
    if (first < 0) {
      this.#open(fresh, now);
      first = this.pieces.length - 1;
    }
    const updates = first === this.touched ? [] : this.#mended(first);
    this.touched = first;
    const emptied = this.pieces.filter((piece) => !piece.text.trim() && piece.kept);
    for (const piece of emptied) updates.push(this.#retract(piece));
    this.pieces = this.pieces.filter((piece) => piece.text !== "" && !emptied.includes(piece));
    return updates;
  }

  /** @param {string} text @param {number} now */
  #open(text, now) {
    this.number += 1;
    const start = Math.max(now, this.floor);
    const id = `${this.run}-${String(this.number).padStart(5, "0")}`;
    this.pieces.push({ id, text, start, end: start + 1, revision: 0, kept: false, told: "" });
  }

  /** Finish sentences in the open piece behind which another begins, lines, and what gets too long. @param {number} now @returns {CueUpdate[]} */
  #split(now) {
    /** @type {CueUpdate[]} */
    const updates = [];
    for (let open = this.pieces.at(-1); open; open = this.pieces.at(-1)) {
      const at = this.#cut(open.text, open.kept ? 0 : now - open.start);
      if (!at || (open.kept && at === open.text.length)) break;
      const rest = open.text.slice(at);
      open.text = open.text.slice(0, at);
      if (open.kept) updates.push(...this.#mended(-1));
      else updates.push(...this.#finish(open, now));
      if (rest) this.#open(rest, now);
    }
    return updates;
  }

  /** Where the open text is to be cut, or 0. @param {string} text @param {number} ms */
  #cut(text, ms) {
    const line = text.indexOf("\n", text.length - text.trimStart().length);
    if (line >= 0) return line + 1;
    const found = BREAK.exec(text);
    if (found && !SHORT.test(found[0].trimEnd())) return found[0].length;
    const words = clean(text).split(" ").length;
    return /\s$/u.test(text) && (words > MOST_WORDS || (ms > LONGEST_MS && words > 1)) ? text.length : 0;
  }

  /** @param {Piece} piece @param {number} now @returns {CueUpdate[]} */
  #finish(piece, now) {
    piece.end = Math.max(now, piece.start + 1);
    this.floor = piece.end;
    piece.kept = true;
    piece.told = clean(piece.text);
    piece.revision += 1;
    if (!/\s$/u.test(piece.text)) piece.text += " "; // the field gets it too: the next sentence begins behind it
    return [this.#update(piece, "final")];
  }

  /** Finals of finished sentences that were changed, but for the one that is being edited. @param {number} editing @returns {CueUpdate[]} */
  #mended(editing) {
    /** @type {CueUpdate[]} */
    const updates = [];
    for (const [index, piece] of this.pieces.entries()) {
      if (index === editing || !piece.kept || !clean(piece.text) || clean(piece.text) === piece.told) continue;
      piece.told = clean(piece.text);
      piece.revision += 1;
      updates.push(this.#update(piece, "final"));
    }
    return updates;
  }

  /** @param {Piece} piece @returns {CueUpdate} */
  #retract(piece) {
    piece.revision += 1;
    return this.#update({ ...piece, told: "" }, "retracted");
  }

  /** @param {number} now @returns {CueUpdate[]} */
  #partial(now) {
    const open = this.pieces.at(-1);
    if (!open || open.kept || !clean(open.text)) return [];
    open.end = Math.max(now, open.start + 1);
    open.revision += 1;
    return [this.#update({ ...open, told: clean(open.text) }, "partial")];
  }

  /** @param {Piece} piece @param {"partial" | "final" | "retracted"} status @returns {CueUpdate} */
  #update(piece, status) {
    const { id, start, end, told } = piece;
    const cue = { id, start, end, text: told, language: this.language, ...(this.speaker && { speaker: this.speaker }) };
    return { cue, revision: piece.revision, status };
  }
}
