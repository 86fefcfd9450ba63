// @ts-check
/** Pictures of the open cue at a pace that can be read: the newest one, at most four a second. */

const PARTIAL_MS = 250;

/** @typedef {import("./fold.js").CueUpdate} CueUpdate */

export class Pace {
  /** @param {(update: CueUpdate) => void} show */
  constructor(show) {
    this.show = show;
    /** @type {CueUpdate | null} */
    this.pending = null;
    this.last = -PARTIAL_MS;
  }

  /** @param {CueUpdate} update */
  take(update) {
    const due = this.last + PARTIAL_MS - performance.now();
    const idle = this.pending === null;
    this.pending = update;
    if (due <= 0) this.#draw();
    else if (idle) setTimeout(() => this.#draw(), due);
  }

  /** The cue is finished: a picture of it that waits is out of date. @param {string} cue */
  drop(cue) {
    if (this.pending?.cue.id === cue) this.pending = null;
  }

  #draw() {
    if (this.pending) this.show(this.pending);
    this.pending = null;
    this.last = performance.now();
  }
}
