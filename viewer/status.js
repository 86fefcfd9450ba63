// @ts-check
/** What the reader is told, in words. Pure. */

/**
 * @typedef {object} Facts
 * @property {import("./connection.js").State} connection
 * @property {boolean} waiting the meeting has not begun
 * @property {boolean} ended
 * @property {string} policy
 * @property {string} health of the shown track's captioner
 * @property {number} behind ms
 * @property {number} recovered captions
 * @property {string} refusal the server's own words
 * @property {string} [door] why a reader is not let in: "passcode", "too_many" or ""
 * @property {string} [origin] who makes the shown track's captions now: "automatic", "human" or ""
 * @property {boolean} [paused] the host has paused the captions
 */

/** @typedef {(key: string, values?: Record<string, string | number>) => string} Say */

/** @param {Facts} facts @param {Say} say */
export function sentence(facts, say) {
  if (facts.connection === "refused" && facts.door) return say(`door.${facts.door}`);
  if (facts.connection === "refused") return facts.refusal || say("status.refused");
  if (facts.waiting) return say("status.waiting");
  if (facts.connection !== "live") return say(`status.${facts.connection}`);
  if (facts.ended) return say("status.ended");
  const parts = [facts.paused ? say("status.paused") : captioner(facts, say)];
  if (facts.policy === "off_record" || facts.policy === "chatham") parts.push(say(`status.${facts.policy}`));
  if (facts.recovered) parts.unshift(say("status.recovered", { n: facts.recovered }));
  return parts.join(" ");
}

/** @param {Facts} facts @param {Say} say */
function captioner(facts, say) {
  if (facts.health === "absent" || facts.health === "audio_lost") return say(`status.${facts.health}`);
  if (facts.health === "delayed") return say("status.delayed", { n: Math.max(5, Math.round(facts.behind / 5000) * 5) });
  return say("status.live");
}
