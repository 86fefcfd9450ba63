// @ts-check
/**
 * A reader's way through a transcript that grows: a static text that only the reader moves. Pure. Nothing is ever taken
 * away at or after the reading point, and what is shown changes only when the reader asks for more.
 */
import { lines } from "./cells.js";

/** @typedef {import("./fold.js").CueUpdate} CueUpdate */
/** @typedef {{cue: string, start: number, offset: number}} Place a place in a cue's text; `start` finds it when the cue is gone */
/** @typedef {{cue: string, before: string, now: string}} Correction */

const GAP = "\ngap "; // begins the name of a stretch without captions: no cue's name has a line end

export const STEPS = ["caption", "sentence", "20", "40", "80"];
const FAR = 40; // captions that a sentence may go over: speech without full stops must end somewhere
const NO_SPACES = new Set(["zh", "ja", "th", "lo", "km", "my"]);

export class Reading {
  constructor() {
    this.step = "caption";
    this.names = true;
    /** @type {CueUpdate[]} by start */
    this.cues = [];
    /** @type {Place | null} where the shown text begins */
    this.at = null;
    /** @type {Place | null} where the next text begins */
    this.end = null;
    this.text = "";
    this.language = "en";
    /** @type {Correction[]} of what was read already */
    this.corrections = [];
  }

  /** Take a final, a correction or a retraction; true when it is new. @param {CueUpdate} update */
  take(update) {
    const index = this.#index(update.cue.id);
    const known = this.cues[index];
    if (known) {
      if (update.revision <= known.revision) return false;
      this.#change(index, update);
      return false;
    }
    if (update.status !== "final") return false;
    let place = this.cues.length;
    while (place > 0 && (this.cues[place - 1]?.cue.start ?? 0) > update.cue.start) place -= 1;
    this.cues.splice(place, 0, update);
    return true;
  }

  /** Take a stretch without captions that is over, as a text to read in its place; it counts as no caption. @param {import("./fold.js").Gap} gap @param {string} text @param {string} language the text's */
  gap({ start, end, reason }, text, language) {
    return this.take({ cue: { id: `${GAP}${reason} ${start}`, start, end, text, language }, revision: 0, status: "final" });
  }

  clear() {
    Object.assign(this, { cues: [], at: null, end: null, text: "", corrections: [] });
  }

  /** How many captions come after the shown text. */
  get behind() {
    const rest = this.end ? this.cues.slice(this.#reached(this.end) + 1) : this.cues;
    return rest.filter((each) => !each.cue.id.startsWith(GAP)).length;
  }

  /** Go on; false when nothing newer is there. */
  next() {
    if (!this.end) return this.beginning();
    const index = this.#index(this.end.cue);
    const here = this.cues[index];
    if (!here) return this.#show(this.cues.findIndex((each) => each.cue.start >= (this.end?.start ?? 0)), 0);
    const more = this.end.offset < this.#label(index).length + here.cue.text.length;
    if (more && (this.step !== "caption" || this.end.offset === 0)) return this.#show(index, this.end.offset);
    return this.#show(index + 1, 0);
  }

  /** Go back; false at the beginning. */
  back() {
    if (!this.at) return this.newest();
    const found = this.#reached(this.at);
    const index = this.cues[found]?.cue.id === this.at.cue ? found : found + 1;
    const { first, text, starts } = this.#passage(Math.min(index, this.cues.length - 1));
    const here = index < this.cues.length ? (starts[index - first] ?? 0) + this.at.offset : text.length;
    const ends = this.#ends(text);
    const before = [0, ...ends].filter((each) => each < here && text.slice(each, here).trim()).at(-1);
    if (before !== undefined) return this.#showIn(first, before);
    if (first === 0) return false;
    const last = this.#passage(first - 1);
    return this.#showIn(last.first, [0, ...this.#ends(last.text)].at(-2) ?? 0);
  }

  newest() {
    if (!this.cues.length) return false;
    const { first, text } = this.#passage(this.cues.length - 1);
    return this.#showIn(first, [0, ...this.#ends(text)].at(-2) ?? 0);
  }

  beginning() {
    return this.#show(0, 0);
  }

  /** Another step: the text that is shown now is cut anew. @param {string} step @param {boolean} names */
  choose(step, names) {
    this.step = STEPS.includes(step) ? step : "caption";
    this.names = names;
    if (this.at) this.restore(this.at);
  }

  /** Show the text at a place that was kept; false when nothing is there. @param {Place} place */
  restore(place) {
    const index = this.#index(place.cue);
    const here = this.cues[index];
    if (!here) {
      const later = this.cues.findIndex((each) => each.cue.start >= place.start);
      return later < 0 ? this.newest() : this.#show(later, 0);
    }
    const { first, text, starts } = this.#passage(index);
    const wanted = (starts[index - first] ?? 0) + Math.min(place.offset, this.#label(index).length + here.cue.text.length);
    return this.#showIn(first, [0, ...this.#ends(text)].filter((each) => each <= wanted && each < text.length).at(-1) ?? 0);
  }

  /** @param {string} cue */
  #index(cue) {
    for (let index = this.cues.length - 1; index >= 0; index -= 1) if (this.cues[index]?.cue.id === cue) return index;
    return -1;
  }

  /** The last caption that a place is in or behind. @param {Place} place */
  #reached(place) {
    const index = this.#index(place.cue);
    if (index >= 0) return place.offset === 0 && place !== this.at ? index - 1 : index;
    const later = this.cues.findIndex((each) => each.cue.start >= place.start);
    return (later < 0 ? this.cues.length : later) - 1;
  }

  /** @param {number} index @param {CueUpdate} update */
  #change(index, update) {
    const known = /** @type {CueUpdate} */ (this.cues[index]);
    const read = this.end !== null && index <= this.#reached(this.end);
    const shown = this.end?.cue === update.cue.id;
    const whole = this.#label(index).length + known.cue.text.length;
    if (update.status === "retracted") this.cues.splice(index, 1);
    else this.cues[index] = update;
    if (read) this.corrections.push({ cue: update.cue.id, before: known.cue.text, now: update.status === "retracted" ? "" : update.cue.text });
    if (!shown || !this.end || update.status === "retracted") return;
    // read to its end: the end stays the end; in the middle of it: the line that changed comes again
    if (this.end.offset >= whole) this.end = { ...this.end, offset: this.#label(index).length + update.cue.text.length };
    else if (this.at) this.end = { ...this.at, offset: Math.min(this.at.offset, update.cue.text.length) };
  }

  /** @param {number} index */
  #label(index) {
    const cue = this.cues[index]?.cue;
    if (!this.names || !cue?.speaker || (this.step !== "caption" && this.cues[index - 1]?.cue.speaker === cue.speaker)) return "";
    return `${cue.speaker}: `;
  }

  /** The captions that are cut together: one, or those of a sentence. @param {number} index */
  #passage(index) {
    let first = index;
    let last = index;
    if (this.step === "sentence") {
      while (first > 0 && index - first < FAR && this.#runsOn(first - 1)) first -= 1;
      while (last < this.cues.length - 1 && last - first < FAR && this.#runsOn(last)) last += 1;
    }
    let text = "";
    /** @type {number[]} */
    const starts = [];
    for (let each = first; each <= last; each += 1) {
      const cue = this.cues[each]?.cue;
      if (text && !NO_SPACES.has(cue?.language.split("-")[0] ?? "")) text += " ";
      starts.push(text.length);
      text += this.#label(each) + (cue?.text ?? "");
    }
    return { first, last, text, starts };
  }

  /** The sentence goes on in the next caption. @param {number} index */
  #runsOn(index) {
    const cue = this.cues[index]?.cue;
    const next = this.cues[index + 1]?.cue;
    if (cue?.id.startsWith(GAP) || next?.id.startsWith(GAP)) return false;
    return !!cue && !!next && (cue.speaker ?? "") === (next.speaker ?? "") && !/[.!?\u3002\uff01\uff1f\u061f\u2026]["\u201d\u2019)\]\u300d]*\s*$/u.test(cue.text);
  }

  /** @param {string} text */
  #ends(text) {
    if (this.step === "caption") return [text.length];
    return this.step === "sentence" ? sentences(text) : lines(text, Number(this.step));
  }

  /** @param {number} index @param {number} offset in the cue's own text @returns {boolean} */
  #show(index, offset) {
    if (index < 0 || index >= this.cues.length) return false;
    const { first, starts } = this.#passage(index);
    return this.#showIn(first, (starts[index - first] ?? 0) + offset);
  }

  /** @param {number} first index of the passage's first caption @param {number} from in the passage's text */
  #showIn(first, from) {
    const { text, starts } = this.#passage(first);
    const to = this.#ends(text).find((each) => each > from && text.slice(from, each).trim()) ?? text.length;
    const shown = text.slice(from, to).trim();
    if (!shown) return false;
    const within = starts.filter((each) => each <= from).length - 1;
    const until = starts.filter((each) => each < to).length - 1;
    this.text = shown;
    this.at = this.#place(first + within, from - (starts[within] ?? 0));
    this.end = this.#place(first + until, to - (starts[until] ?? 0));
    this.language = this.cues[first + within]?.cue.language ?? "en";
    return true;
  }

  /** @param {number} index @param {number} offset @returns {Place} */
  #place(index, offset) {
    const cue = this.cues[index]?.cue;
    return { cue: cue?.id ?? "", start: cue?.start ?? 0, offset };
  }
}

/** Where the sentences of a text end. @param {string} text @returns {number[]} */
export function sentences(text) {
  const ends = [...text.matchAll(/(?:[.!?\u061f\u2026]["\u201d\u2019)\]]*(?=\s+[^\s\p{Ll}]|\s*$))|[\u3002\uff01\uff1f][\u201d\u300d\uff09]*/gu)].map((each) => each.index + each[0].length);
  if (text.slice(ends.at(-1) ?? 0).trim()) ends.push(text.length);
  else if (ends.length) ends[ends.length - 1] = text.length;
  return ends.length ? ends : [text.length];
}

/** A place that was kept; null for what is none. @param {string | null} text @returns {Place | null} */
export function kept(text) {
  try {
    const value = JSON.parse(text ?? "null");
    const whole = (/** @type {unknown} */ each) => typeof each === "number" && Number.isInteger(each) && each >= 0;
    return value && typeof value.cue === "string" && whole(value.start) && whole(value.offset)
      ? { cue: value.cue, start: value.start, offset: value.offset } : null;
  } catch {
    return null;
  }
}
