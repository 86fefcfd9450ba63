// @ts-check
/**
 * The fold of a meeting's events: the twin of captioner/captions/transcript.py. Both pass tests/vectors/fold.json.
 *
 * @typedef {{start: number, end: number, text: string, probability?: number}} Word
 * @typedef {{id: string, start: number, end: number, text: string, language: string, speaker?: string, words?: Word[]}} Cue
 * @typedef {{cue: Cue, revision: number, status: "partial" | "final" | "retracted", stable?: number, human?: boolean}} CueUpdate
 * @typedef {{id: string, language: string, label: string, origin: "automatic" | "human"}} Track
 * @typedef {{at: number, policy: string}} PolicyChange
 * @typedef {{track: string, update: CueUpdate}} TrackUpdate
 * @typedef {{start: number, end: number, reason: "audio_lost" | "not_captioned" | "paused"}} Gap it lasts while end is start
 * @typedef {{epoch: string, seq: number, state: "live" | "ended", tracks: Track[], policy: PolicyChange[], cues: TrackUpdate[], gaps?: Gap[]}} Snapshot
 * @typedef {{epoch: string, seq: number} & ({kind: "caption", track: string, update: CueUpdate} | {kind: "track", track: Track} |
 *   {kind: "policy", change: PolicyChange} | {kind: "state", state: "live" | "ended"} | ({kind: "gap"} & Gap) |
 *   {kind: "clock", at_ms: number, wall_ms: number})} LogEvent
 */

/** An event is missing before the one that came: a replay is due. */
export class GapInLog extends Error {}

/** Folds events in order of seq. */
export class Transcript {
  /** @param {Snapshot | null} snapshot */
  constructor(snapshot = null) {
    this.epoch = snapshot?.epoch ?? "";
    this.seq = snapshot?.seq ?? 0;
    /** @type {"live" | "ended"} */
    this.state = snapshot?.state ?? "live";
    /** @type {Map<string, Track>} */
    this.tracks = new Map((snapshot?.tracks ?? []).map((track) => [track.id, track]));
    /** @type {PolicyChange[]} */
    this.policy = [...(snapshot?.policy ?? [])];
    /** @type {Map<string, TrackUpdate>} */
    this.kept = new Map((snapshot?.cues ?? []).map((each) => [name(each), each]));
    /** @type {Map<string, Gap>} */
    this.gaps = new Map((snapshot?.gaps ?? []).map((gap) => [key(gap.reason, String(gap.start)), gap]));
  }

  /**
   * Take one event; false when it was known already.
   * @param {LogEvent} event
   */
  apply(event) {
    if (this.epoch && event.epoch === this.epoch && event.seq <= this.seq) return false;
    if ((this.epoch && event.epoch !== this.epoch) || event.seq !== this.seq + 1) throw new GapInLog();
    this.epoch = event.epoch;
    this.seq = event.seq;
    if (event.kind === "caption") this.#take(event.track, event.update);
    else if (event.kind === "track") this.tracks.set(event.track.id, event.track);
    else if (event.kind === "policy") this.policy.push(event.change);
    else if (event.kind === "state") this.state = event.state;
    else if (event.kind === "gap") {
      const { start, end, reason } = event;
      this.gaps.set(key(reason, String(start)), { start, end, reason });
    } // a clock's anchor, and what a newer log knows, counts only by its seq
    return true;
  }

  /** @param {string} track @param {CueUpdate} update */
  #take(track, update) {
    const at = key(track, update.cue.id);
    const known = this.kept.get(at);
    if (!known || update.revision > known.update.revision) this.kept.set(at, { track, update });
  }

  /**
   * Take older cues than those of the snapshot, as they were at some later event; the ones that are new here.
   * @param {TrackUpdate[]} cues in the order of first appearance @returns {TrackUpdate[]}
   */
  older(cues) {
    const before = this.kept;
    const unknown = cues.filter((each) => !before.has(name(each)));
    this.kept = new Map(unknown.map((each) => [name(each), each]));
    for (const [at, each] of before) this.kept.set(at, each);
    for (const each of cues) this.#take(each.track, each.update);
    return unknown;
  }

  /** Whether this is a newer revision of a cue that is here. @param {TrackUpdate} each */
  newer(each) {
    return each.update.revision > (this.kept.get(name(each))?.update.revision ?? Infinity);
  }

  /** The newest revision that is here, or the given one. @param {TrackUpdate} each */
  latest(each) {
    return (this.kept.get(name(each)) ?? each).update;
  }

  /** @returns {Snapshot} */
  snapshot() {
    return {
      epoch: this.epoch, seq: this.seq, state: this.state, tracks: [...this.tracks.values()],
      policy: [...this.policy], cues: [...this.kept.values()],
      gaps: [...this.gaps.values()],
    };
  }

  /**
   * The track's finals for reading: by start, then by first appearance.
   * @param {string} track
   */
  cues(track) {
    return [...this.kept.values()]
      .filter((each) => each.track === track && each.update.status === "final")
      .map((each) => each.update)
      .sort((a, b) => a.cue.start - b.cue.start);
  }
}

/** What a cue is known by. @param {TrackUpdate} each */
export const name = ({ track, update }) => key(track, update.cue.id);

/** @param {string} track @param {string} cue */
const key = (track, cue) => `${track}\n${cue}`;

/**
 * The text that will not change, and the rest.
 * @param {CueUpdate} update
 */
export function splitStable(update) {
  if (update.status !== "partial") return { stable: update.cue.text, tail: "" };
  const words = (update.cue.words ?? []).map((word) => word.text);
  const count = update.stable ?? 0;
  if (!words.length) return { stable: "", tail: update.cue.text };
  return { stable: words.slice(0, count).join("").trim(), tail: words.slice(count).join("").trim() };
}
