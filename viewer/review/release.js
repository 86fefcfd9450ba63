// @ts-check
/** Where the record stands: release, versions, quality, statements, and what is struck. */
import { byId, day, field, make, sure } from "./dom.js";
import { clock, milliseconds } from "./model.js";

/** @typedef {import("./page.js").Desk} Desk */

/** @param {Desk} desk @param {import("./captions.js").Captions} captions */
export function release(desk, captions) {
  byId("mark-reviewed").addEventListener("click", () => desk.guard(async () => {
    await desk.settled();
    await desk.api.call("/state", { step: "review", seq: desk.state.seq, note: "" });
    await desk.refresh();
    desk.tell(desk.say("review.marked"));
  }));
  byId("publish").addEventListener("click", () => desk.guard(async () => {
    await desk.settled();
    const said = await desk.api.call("/state", { step: "publish", seq: desk.state.seq, note: field("note").value });
    field("note").value = "";
    await desk.refresh();
    desk.tell(desk.say("review.done", { n: said.version }));
  }));
  byId("dissent").addEventListener("click", () => {
    const cue = captions.cue;
    if (!cue) return;
    field("first").value = field("last").value = clock(cue.start);
    field("author").focus();
  });
  byId("statement").addEventListener("submit", (happened) => {
    happened.preventDefault();
    void desk.guard(async () => {
      const [first, last] = ["first", "last"].map((id) => cueAt(desk, captions.track, field(id).value));
      if (!first || !last) {
        desk.problem(desk.say("review.no_caption", { time: field(first ? "last" : "first").value }));
        return;
      }
      await desk.api.call("/statements", {
        track: captions.track, first: first.id, last: last.id, author: field("author").value, text: field("words").value,
      });
      /** @type {HTMLFormElement} */ (byId("statement")).reset();
      await desk.refresh();
      desk.tell(desk.say("review.attached"));
    });
  });
  byId("strike").addEventListener("submit", (happened) => {
    happened.preventDefault();
    const [start, end] = [milliseconds(field("from").value), milliseconds(field("to").value)];
    if (!(/** @type {number} */ (end) > /** @type {number} */ (start))) {
      desk.problem(desk.say("review.bad_time"));
      return;
    }
    void desk.guard(async () => {
      if (!(await sure(desk.say("review.sure_strike", { from: field("from").value, to: field("to").value })))) return;
      await desk.api.call("/strike", { start, end, policy: field("as").value, reason: field("reason").value });
      /** @type {HTMLFormElement} */ (byId("strike")).reset();
      await desk.refresh();
      desk.tell(desk.say("review.struck"));
    });
  });
  byId("erase").addEventListener("click", () => desk.guard(async () => {
    if (!field("reason").value.trim()) {
      desk.problem(desk.say("review.give_reason"));
      field("reason").focus();
      return;
    }
    if (!(await sure(desk.say("review.sure_erase")))) return;
    await desk.api.call("/erase", { reason: field("reason").value });
    byId("main").hidden = true;
    desk.tell(desk.say("review.erased"));
  }));
}

/** @param {Desk} desk @param {string} track @param {string} text */
function cueAt(desk, track, text) {
  const time = milliseconds(text);
  return desk.review.list(track).find((cue) => cue.start <= time && time < cue.end) ?? null;
}

/** Show where it stands. @param {Desk} desk @param {string} track */
export function standing(desk, track) {
  const state = desk.state, say = desk.say;
  byId("quarantine").hidden = !state.quarantine;
  const lines = [say(state.state === "reviewed" && state.mine ? "review.reviewed_mine" : `review.${state.state}`)];
  const newest = state.versions.at(-1);
  if (newest) lines.push(say("review.version_seen", { n: newest.number }));
  else lines.push(say(state.public_seq === null ? "review.closed" : "review.open_draft"));
  if (newest && state.public_seq !== null && state.seq > state.public_seq) lines.push(say("review.changed"));
  if (state.two_persons) lines.push(say("review.two_people"));
  byId("state").textContent = lines.join(" ");
  const figures = state.quality[track];
  byId("quality").textContent = !figures ? "" : `${say("review.figures", {
    n: figures.cues, share: figures.cues ? Math.round((100 * figures.corrected) / figures.cues) : 0, unsure: figures.unsure_words,
    words: figures.words, fast: figures.too_fast, short: figures.too_short, long: figures.too_long,
  })} ${figures.corrected < figures.cues ? say("review.automatic_note") : ""}`;
  byId("versions").replaceChildren(...state.versions.map((version) => {
    const link = make("a", say("review.version", { n: version.number, date: day(version.at) }));
    link.href = `/archive/${state.meeting.id}/v/${version.number}/`;
    const line = document.createElement("li");
    line.append(link, version.note ? ` ${version.note}` : "");
    return line;
  }));
  byId("stones").replaceChildren(...state.stones.map((stone) => make("li", stone.start === null || stone.end === null
    ? say("review.whole_stone", { date: day(stone.at), reason: stone.reason })
    : say("review.stone", { from: clock(stone.start), to: clock(stone.end), date: day(stone.at), reason: stone.reason }))));
  byId("statement-list").replaceChildren(...state.statements.map((statement) => {
    const line = make("li");
    const cue = desk.review.get(statement.track, statement.first);
    const gone = make("button", say("review.take_away", { author: statement.author }));
    gone.type = "button";
    gone.addEventListener("click", () => desk.guard(async () => {
      await desk.api.call(`/statements/${statement.id}`, undefined, "DELETE");
      await desk.refresh();
      desk.tell(say("review.gone"));
      byId("statements").focus();
    }));
    line.append(make("q", statement.text), ` — ${statement.author}, ${day(statement.at)}${cue ? `, ${clock(cue.start)}` : ""} `, gone);
    return line;
  }));
}
