// @ts-check
/**
 * The messages of captions.v1 that a viewer sends and receives.
 *
 * @typedef {import("./fold.js").LogEvent} LogEvent
 * @typedef {import("./fold.js").Snapshot} Snapshot
 * @typedef {import("./fold.js").TrackUpdate} TrackUpdate
 * @typedef {{type: "welcome", meeting: {id: string, title: string, started: number}, epoch: string, seq: number, policy: string, now_ms?: number}} Welcome
 * @typedef {{track: string, health: string, behind_ms?: number, origin?: "automatic" | "human"}} TrackHealth origin: who makes the captions now
 * @typedef {"slow_down" | "unclear" | "who" | "repeat" | "question"} SignalKind
 * @typedef {"new" | "seen" | "answered"} SignalState what the hosts have done about it
 * @typedef {{role?: "viewer" | "corrector" | "host" | "archivist", token?: string, passcode?: string, partials?: boolean, recent?: boolean}} Claim what a page may add to its hello
 * @typedef {Welcome
 *   | {type: "snapshot", snapshot: Snapshot, gap?: boolean, older?: number}
 *   | {type: "event", event: LogEvent}
 *   | {type: "live", shown: TrackUpdate}
 *   | {type: "status", captioners: TrackHealth[], policy: string, paused?: boolean}
 *   | {type: "signalled", id: number, signal: SignalKind, text?: string, name?: string, at_ms?: number, count?: number, state?: SignalState}
 *   | {type: "told", signal: SignalKind, told?: boolean, again_ms?: number}
 *   | {type: "presence", viewers: number}
 *   | {type: "vitals", track: string, level_db?: number, cpu?: number, source?: string}
 *   | {type: "being_edited", by: number, track: string, cue?: string}
 *   | {type: "ack", cue: string, revision: number}
 *   | {type: "error", code: string, message: string, fatal?: boolean, cue?: string, revision?: number}
 *   | {type: "bye", retry_after_ms?: number}
 *   | {type: "ended", transcript: string}
 *   | {type: "ping"} | {type: "pong"}} FromServer
 */

export const SUBPROTOCOL = "captions.v1";

const FIELDS = /** @type {Record<string, Record<string, string>>} */ ({
  welcome: { meeting: "object", epoch: "string", seq: "number", policy: "string" },
  snapshot: { snapshot: "object" },
  event: { event: "object" },
  live: { shown: "object" },
  status: { captioners: "object", policy: "string" },
  signalled: { id: "number", signal: "string" },
  told: { signal: "string" },
  presence: { viewers: "number" },
  vitals: { track: "string" },
  being_edited: { by: "number", track: "string" },
  ack: { cue: "string", revision: "number" },
  error: { code: "string", message: "string" },
  bye: {},
  ended: { transcript: "string" },
  ping: {},
  pong: {},
});

/** @param {string} meeting @param {string} epoch @param {number} after @param {Claim} [claim] */
export const hello = (meeting, epoch, after, claim) =>
  JSON.stringify({ type: "hello", role: "viewer", meeting, epoch, after, ...claim });

/**
 * Read a frame; null for what is not a known message (a newer server may send more).
 * @param {unknown} frame
 * @returns {FromServer | null}
 */
export function parse(frame) {
  if (typeof frame !== "string") return null;
  let value;
  try {
    value = JSON.parse(frame);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null || !Object.hasOwn(FIELDS, value.type)) return null;
  for (const [field, kind] of Object.entries(FIELDS[value.type] ?? {}))
    if (typeof value[field] !== kind || value[field] === null) return null;
  return value;
}
