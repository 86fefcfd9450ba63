// @ts-check
/** The versions of each corrected cue that this page has seen, the oldest first. Pure. @typedef {import("./fold.js").CueUpdate} CueUpdate */

const MOST = 500; // corrected cues; the oldest go first, and the server has them still

export class History {
  constructor() {
    /** @type {Map<string, CueUpdate[]>} by cue, the newest correction last */
    this.versions = new Map();
  }

  /** A cue has another version; what was taken back is not told any more. @param {CueUpdate} before @param {CueUpdate} after */
  note(before, after) {
    const id = after.cue.id;
    const known = this.versions.get(id) ?? [before];
    this.versions.delete(id);
    this.versions.set(id, after.status === "retracted" ? [after] : [...known, after]);
    if (this.versions.size > MOST) this.versions.delete(this.versions.keys().next().value ?? "");
  }

  clear() {
    this.versions.clear();
  }
}

/**
 * What the server knows of one cue; the versions that can be read, oldest first.
 * @param {unknown} answer @returns {CueUpdate[]}
 */
export function versionsIn(answer) {
  const list = /** @type {{versions?: unknown}} */ (answer)?.versions;
  if (!Array.isArray(list)) return [];
  return list.filter((each) => typeof each?.cue?.text === "string" && typeof each?.revision === "number");
}
