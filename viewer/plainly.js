// @ts-check
/** What a reader of the simple page is told: short sentences in plain words. Pure. */

/** @param {import("./status.js").Facts} facts @param {import("./status.js").Say} say */
export function plainly(facts, say) {
  if (facts.connection === "refused" && facts.door) return say(`door.${facts.door}`);
  if (facts.connection === "refused") return facts.refusal || say("status.refused");
  if (facts.waiting) return say("simple.waiting");
  if (facts.connection !== "live") return say("simple.lost");
  if (facts.ended) return say("simple.ended");
  if (facts.paused) return say("status.paused");
  const off = facts.policy === "off_record" ? ` ${say("simple.off_record")}` : "";
  if (facts.health === "absent" || facts.health === "audio_lost") return say("simple.away") + off;
  return say(facts.health === "delayed" ? "simple.late" : "simple.live") + off;
}
