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
 * @property {string} refusal
 */

/** @param {Facts} facts */
export function sentence(facts) {
  if (facts.connection === "refused") return facts.refusal || "The server refuses this page.";
  if (facts.waiting) return "The meeting has not begun. This page waits for it.";
  if (facts.connection === "connecting") return "Connecting.";
  if (facts.connection === "reconnecting") return "Reconnecting. Nothing shown is lost.";
  if (facts.connection === "stale") return "Nothing heard from the server for 5 seconds.";
  if (facts.ended) return "The meeting has ended.";
  const parts = [captioner(facts)];
  if (facts.policy === "off_record") parts.push("Off the record: nothing is kept.");
  if (facts.policy === "chatham") parts.push("Chatham House Rule: no names are kept.");
  if (facts.recovered) parts.unshift(`${facts.recovered} ${facts.recovered === 1 ? "caption" : "captions"} recovered.`);
  return parts.join(" ");
}

/** @param {Facts} facts */
function captioner(facts) {
  if (facts.health === "absent") return "The captioner is away. Captions go on when it is back.";
  if (facts.health === "audio_lost") return "The captioner hears no audio.";
  if (facts.health === "delayed") return `Captions are delayed by about ${Math.max(5, Math.round(facts.behind / 5000) * 5)} seconds.`;
  return "Live.";
}
