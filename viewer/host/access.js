// @ts-check
/**
 * The link's token: taken from the fragment, which no server sees, kept for this tab, and gone from the address bar. Then
 * it travels in the first WebSocket message and in the Authorization header only.
 */

/** The meeting's id in an address such as /host/M/setup. @param {string} path */
export function meetingOf(path) {
  return decodeURIComponent(path.split("/")[2] ?? "");
}

/**
 * @param {string} meeting @param {Location} place @param {Storage} store @param {History} past
 * @returns {string} "" where there is none
 */
export function takeToken(meeting, place, store, past) {
  const key = `captions.token.${meeting}`;
  const given = new URLSearchParams(place.hash.replace(/^#/, "")).get("token");
  try {
    if (given) store.setItem(key, given);
    else return store.getItem(key) ?? "";
  } catch {
    return given ?? ""; // storage is off: the address keeps it
  }
  past.replaceState(null, "", place.pathname);
  return given;
}

/** @typedef {{field: string, problem: string, fault?: string, values?: Record<string, string | number>}} FieldError */

/** A refusal of the server, with its words. */
export class Refused extends Error {
  /** @param {number} status @param {{error?: string, errors?: FieldError[]}} body */
  constructor(status, body) {
    super(body.error ?? `HTTP ${status}`);
    this.status = status;
    this.errors = body.errors ?? [];
  }
}

/** The HTTP addresses of one meeting. */
export class Api {
  /** @param {string} meeting @param {string} token */
  constructor(meeting, token) {
    this.base = `/api/meetings/${encodeURIComponent(meeting)}`;
    this.token = token;
  }

  /** @param {string} path @param {string} method @param {unknown} body @returns {Promise<any>} */
  async ask(path, method = "GET", body = undefined) {
    /** @type {Record<string, string>} */
    const headers = { Authorization: `Bearer ${this.token}` };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const answer = await fetch(this.base + path, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
    const text = await answer.text();
    let value = {};
    try {
      value = text ? JSON.parse(text) : {};
    } catch {
      value = {}; // a page of a proxy, not ours
    }
    if (!answer.ok) throw new Refused(answer.status, value);
    return value;
  }
}
