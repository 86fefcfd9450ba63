// @ts-check
/** Why something did not work, in the user's language: by the server's code or status; its own English words are the last resort. Pure. */
import { Refused } from "./access.js";

/** @type {Record<string | number, string>} */
const WHY = {
  unauthorised: "why.link", 401: "why.link", 403: "why.link", too_large: "why.much", 413: "why.much", too_many: "why.again",
  429: "why.again", storage: "why.storage", 503: "why.storage", meeting_ended: "why.ended",
};

/** @param {unknown} problem what `fetch` threw, or the server's message on the socket @param {import("../status.js").Say} say @returns {string} */
export function why(problem, say) {
  if (problem instanceof TypeError) return say("why.network"); // as `fetch` has it
  const { status, code, message } = /** @type {{status?: number, code?: string, message?: string}} */ (problem ?? {});
  const key = WHY[(problem instanceof Refused ? status : code) ?? ""];
  return key ? say(key) : (message ?? "");
}

/** @param {unknown} problem @param {import("../status.js").Say} say */
export const failure = (problem, say) => say("failed", { why: why(problem, say) });

/**
 * What is wrong with a field of the set-up.
 * @param {import("./access.js").FieldError} error @param {import("../status.js").Say} say
 */
export function fault({ fault: code = "", values = {}, problem }, say) {
  const key = `fault.${code}`;
  const text = say(key, values);
  return text === key ? problem : text; // a server that is newer than this page
}
