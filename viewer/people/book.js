// @ts-check
/**
 * What a corrector has done and waits for. Pure. A correction names the revision it was made of; the server takes it when
 * nobody was quicker, and acknowledges; else it says `conflict`, and the person decides with both versions in sight.
 *
 * @typedef {import("../fold.js").CueUpdate} CueUpdate
 * @typedef {{track: string, update: CueUpdate, base: number}} Correction
 */

const UNDOS = 50;

export class Book {
  constructor() {
    /** @type {Map<string, Correction & {before: CueUpdate | null}>} by cue: sent, not yet answered */
    this.waiting = new Map();
    /** @type {{cue: string, before: CueUpdate, after: number}[][]} what each change was before; a change may touch several cues */
    this.done = [];
    /** @type {{cue: string, before: CueUpdate, after: number}[]} */
    this.step = [];
  }

  /**
   * The message that corrects a cue. `cue` carries the new text, speaker and times.
   * @param {string} track @param {CueUpdate | null} known the newest revision, null for a cue that is new
   * @param {import("../fold.js").Cue} cue @param {"final" | "retracted"} status
   */
  correct(track, known, cue, status = "final") {
    const base = known?.revision ?? -1;
    /** @type {CueUpdate} */
    const update = { cue: { ...cue, words: cue.text === known?.cue.text ? (cue.words ?? []) : [] }, revision: base + 1, status, human: true };
    this.waiting.set(cue.id, { track, update, base, before: known });
    return { type: "correct", track, update, base };
  }

  /** The server took it; true when it was ours. @param {string} cue @param {number} revision */
  acknowledged(cue, revision) {
    const mine = this.waiting.get(cue);
    if (!mine) return false;
    this.waiting.delete(cue);
    if (mine.before) this.step.push({ cue, before: mine.before, after: revision });
    if (!this.waiting.size && this.step.length) {
      this.done = [...this.done.slice(1 - UNDOS), this.step];
      this.step = [];
    }
    return true;
  }

  /** Somebody was quicker: what we wanted to say. @param {string} cue @returns {Correction | null} */
  refused(cue) {
    const mine = this.waiting.get(cue) ?? null;
    this.waiting.delete(cue);
    return mine;
  }

  /** What to send again after a reconnect. */
  unanswered() {
    return [...this.waiting.values()].map(({ track, update, base }) => ({ type: "correct", track, update, base }));
  }

  /**
   * The messages that take the last change back; [] when there is none, or others have gone on since.
   * @param {string} track @param {(cue: string) => CueUpdate | null} newest
   */
  undo(track, newest) {
    const last = this.done.pop() ?? [];
    const untouched = last.filter(({ cue, after }) => newest(cue)?.revision === after);
    const messages = untouched.map(({ cue, before }) => this.correct(track, newest(cue), before.cue, before.status === "retracted" ? "retracted" : "final"));
    for (const { cue } of untouched) {
      const sent = this.waiting.get(cue);
      if (sent) sent.before = null; // taking back is no change to take back
    }
    return messages;
  }
}
