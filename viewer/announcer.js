// @ts-check
/**
 * What a screen reader is given besides the log: batches of captions, or only who speaks. Pure; time is an argument.
 * The log itself announces only in the mode "sentence".
 */

const MOST = 2_000; // characters at once: about two minutes of speech; older captions stay in the log

export class Announcer {
  constructor() {
    this.mode = "off";
    this.everyMs = 20_000;
    /** @type {string[]} */
    this.held = [];
    this.since = 0;
    this.speaker = "";
  }

  /** @param {string} mode @param {number} everyMs */
  choose(mode, everyMs) {
    if (mode !== this.mode) this.held = [];
    this.mode = mode;
    this.everyMs = everyMs;
  }

  /**
   * A new final; returns what to say at once, or "".
   * @param {import("./fold.js").Cue} cue @param {number} now ms
   */
  take(cue, now) {
    const changed = cue.speaker !== undefined && cue.speaker !== "" && cue.speaker !== this.speaker;
    if (changed) this.speaker = cue.speaker ?? "";
    if (this.mode === "speaker") return changed ? this.speaker : "";
    if (this.mode !== "batch") return "";
    if (!this.held.length) this.since = now;
    this.held.push(changed ? `${cue.speaker}: ${cue.text}` : cue.text);
    return "";
  }

  /** Time passes; returns the batch that is due, or "". @param {number} now ms */
  tick(now) {
    if (!this.held.length || now - this.since < this.everyMs) return "";
    const text = this.held.join(" ");
    this.held = [];
    return text.length > MOST ? `… ${text.slice(-MOST)}` : text;
  }
}
