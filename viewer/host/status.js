// @ts-check
/** What the host is told in one sentence. Pure. */
import { why } from "./why.js";

/** @param {import("./meeting.js").Facts} facts @param {import("../status.js").Say} say */
export function told(facts, say) {
  if (facts.connection === "refused") return (facts.refusal && why(facts.refusal, say)) || say("is.refused");
  if (facts.waiting) return say("is.waiting");
  if (facts.connection !== "live") return say(`is.${facts.connection}`);
  if (facts.ended) return say("is.ended");
  if (facts.ending) return say("is.ending");
  const away = facts.captioners.every((each) => each.health === "absent");
  const first = facts.paused ? "is.paused" : away ? "is.nobody" : "is.live";
  return `${say(first)} ${say(`is.${facts.policy || "off_record"}`)}`;
}

/** How loud speech is: where recognition works well. @param {number | null | undefined} db dBFS */
export function loudness(db) {
  if (db === null || db === undefined) return "none";
  if (db < -50) return "quiet";
  return db > -6 ? "loud" : "good";
}

/** A meter's share of 0..100 for a level in dBFS; -60 and below is nothing. @param {number | null | undefined} db */
export const share = (db) => Math.round(Math.min(1, Math.max(0, ((db ?? -60) + 60) / 60)) * 100);
