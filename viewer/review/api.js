// @ts-check
/**
 * The server's side of a review.
 *
 * @typedef {import("./model.js").Cue} Cue
 * @typedef {{number: number, at: number, note: string}} Version
 * @typedef {{id: string, track: string, first: string, last: string, author: string, text: string, at: number}} Statement
 * @typedef {{start: number | null, end: number | null, reason: string, at: number}} Stone
 * @typedef {{cues: number, corrected: number, too_fast: number, too_short: number, too_long: number, words: number, unsure_words: number}} Quality
 * @typedef {{meeting: {id: string, title: string, started: number}, seq: number, state: "draft" | "reviewed" | "published", reviewed_seq: number,
 *   mine: boolean, two_persons: boolean, quarantine: boolean, public_seq: number | null, tracks: {id: string, language: string, label: string}[],
 *   versions: Version[], statements: Statement[], stones: Stone[], quality: Record<string, Quality>, cues: Cue[]}} State
 * @typedef {{track: string, cue: string, start: number, end: number, text: string, kind: string, score: number, context: string, revision: number}} Proposal
 */

/** What the server refused, or a network that is away (`status` 0). */
export class Refused extends Error {
  /** @param {number} status @param {string} message @param {string[]} cues */
  constructor(status, message, cues = []) {
    super(message);
    this.status = status;
    this.cues = cues;
  }
}

/** Calls of one meeting's review. */
export class Api {
  /** @param {string} meeting @param {string} token */
  constructor(meeting, token) {
    this.base = `/api/review/${encodeURIComponent(meeting)}`;
    this.token = token;
  }

  /** @param {string} path @param {unknown} body @param {string} method @returns {Promise<any>} */
  async call(path = "", body = undefined, method = body === undefined ? "GET" : "POST") {
    /** @type {RequestInit} */
    const request = { method, headers: { Authorization: `Bearer ${this.token}`, "Content-Type": "application/json" }, cache: "no-store" };
    if (body !== undefined) request.body = JSON.stringify(body);
    /** @type {Response} */
    let answer;
    try {
      answer = await fetch(this.base + path, request);
    } catch {
      throw new Refused(0, "");
    }
    const said = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Refused(answer.status, said.error ?? String(answer.status), said.cues ?? []);
    return said;
  }

  /** @returns {Promise<State>} */
  state() {
    return this.call();
  }
}

/** The meeting in /review/M. @param {string} path */
export const meetingOf = (path) => decodeURIComponent(path.replace(/\/+$/, "").split("/").pop() ?? "");

/**
 * The token of the address, which is taken out of it and kept for this tab only.
 * @param {string} meeting
 */
export function takeToken(meeting) {
  const store = `captioner.review.${meeting}`;
  const found = new URLSearchParams(location.hash.slice(1)).get("token");
  if (found) {
    sessionStorage.setItem(store, found);
    history.replaceState(null, "", location.pathname);
  }
  return found ?? sessionStorage.getItem(store) ?? "";
}

/** @param {string} meeting @param {string} token */
export const keepToken = (meeting, token) => sessionStorage.setItem(`captioner.review.${meeting}`, token);
