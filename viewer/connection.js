// @ts-check
/**
 * The connection as a state machine without socket, timer or clock: events in, actions out.
 *
 * @typedef {{kind: "open"} | {kind: "send", text: string} | {kind: "close"} | {kind: "wait", ms: number}} Action
 * @typedef {"connecting" | "live" | "stale" | "reconnecting" | "refused"} State
 */
import { hello } from "./wire.js";

export const STALE_MS = 5_000; // the server speaks every 2 s; a reader must know within 5 s that it does not
export const DEAD_MS = 12_000; // then the connection is given up and made anew
export const LOADING_MS = 120_000; // a day's captions on a slow line take their time, and nothing else passes meanwhile
const SHORTEST_MS = 500;
const LONGEST_MS = 30_000;

/** Keeps itself connected for ever, unless the server refuses for good. */
export class Connection {
  /** @param {string} meeting @param {() => number} random 0..1, for the jitter */
  constructor(meeting, random) {
    this.meeting = meeting;
    this.random = random;
    /** @type {State} */
    this.state = "connecting";
    this.failures = 0;
    this.heard = 0;
    this.hint = 0;
    this.loading = false; // between the welcome and what was missing
  }

  /** @returns {Action[]} */
  start() {
    return [{ kind: "open" }];
  }

  /**
   * The socket is open: say what we have.
   * @param {number} now ms @param {string} epoch @param {number} seq @param {import("./wire.js").Claim} [claim]
   * @returns {Action[]}
   */
  opened(now, epoch, seq, claim) {
    this.heard = now;
    return [{ kind: "send", text: hello(this.meeting, epoch, seq, claim) }];
  }

  /**
   * The reader has something else to show at the door.
   * @returns {Action[]}
   */
  knock() {
    if (this.state !== "refused") return [];
    this.state = "connecting";
    return [{ kind: "open" }];
  }

  /**
   * A message came. An error that is not fatal is no reason to leave: a meeting that has not begun lets its readers in
   * when it begins, and one message that was refused is only that.
   * @param {import("./wire.js").FromServer} message @param {number} now
   * @returns {Action[]}
   */
  received(message, now) {
    this.heard = now;
    if (message.type === "error" && message.fatal !== false) {
      const again = ["too_slow", "storage"].includes(message.code);
      if (!again) this.state = "refused";
      return [{ kind: "close" }];
    }
    if (message.type === "bye") this.hint = message.retry_after_ms ?? 500;
    if (message.type === "welcome") this.failures = 0;
    this.loading = message.type === "welcome";
    if (["snapshot", "event", "welcome", "status", "ping", "live", "error"].includes(message.type)) this.state = "live";
    return message.type === "bye" ? [{ kind: "close" }] : [];
  }

  /**
   * Time passes; call it every second.
   * @param {number} now
   * @returns {Action[]}
   */
  tick(now) {
    if (this.state !== "live" && this.state !== "stale") return [];
    const silent = now - this.heard;
    if (silent >= (this.loading ? LOADING_MS : DEAD_MS)) return [{ kind: "close" }];
    if (silent >= STALE_MS && !this.loading) this.state = "stale";
    return [];
  }

  /**
   * The socket is closed or never opened. Full jitter over a doubling window; the first retry is quick.
   * @returns {Action[]}
   */
  closed() {
    if (this.state === "refused") return [];
    this.state = "reconnecting";
    this.loading = false;
    const window = Math.min(LONGEST_MS, SHORTEST_MS * 2 ** this.failures);
    this.failures = Math.min(this.failures + 1, 10);
    const ms = Math.max(this.hint, this.random() * window);
    this.hint = 0;
    return [{ kind: "wait", ms }];
  }
}
