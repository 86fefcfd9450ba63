// @ts-check
/** What a human captioner has written and the server has not stored yet. Pure. Finals stay until they are acknowledged. */

/** @typedef {import("../fold.js").CueUpdate} CueUpdate */

export class Sent {
  constructor() {
    /** @type {Map<string, CueUpdate>} by cue: the newest revision of each */
    this.finals = new Map();
  }

  /** @param {CueUpdate} update */
  push(update) {
    if (update.status !== "partial") this.finals.set(update.cue.id, update);
  }

  /** @param {string} cue @param {number} revision */
  acknowledge(cue, revision) {
    const known = this.finals.get(cue);
    if (known && known.revision <= revision) this.finals.delete(cue);
  }

  /** What to send again after a reconnect, in order. */
  unanswered() {
    return [...this.finals.values()];
  }
}
