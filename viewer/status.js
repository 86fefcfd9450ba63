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
 * @property {import("./fold.js").Gap | null} [missed] a stretch that nobody captioned, told for a while
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
  if (facts.missed) parts.unshift(gapText(facts.missed, say));
  return parts.join(" ");
}

/** A stretch without captions, as it stands in its place. @param {import("./fold.js").Gap} gap @param {Say} say */
export function gapText({ start, end, reason }, say) {
  const lasts = end <= start && reason !== "not_captioned";
  return lasts ? say(`gap.${reason}_now`) : say(`gap.${reason}`, { time: end - start });
}

/** @param {Facts} facts @param {Say} say */
function captioner(facts, say) {
  if (facts.health === "absent" || facts.health === "audio_lost") return say(`status.${facts.health}`);
  if (facts.health === "delayed") return say("status.delayed", { n: Math.max(5, Math.round(facts.behind / 5000) * 5) });
  return say("status.live");
}
