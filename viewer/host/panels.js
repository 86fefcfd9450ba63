// @ts-check
/** Parts of the console that only show: sound and captioners, conference outputs. Nodes stay; texts change where they differ. */
import { byId, make, set, tell } from "./dom.js";
import { Healths } from "./healths.js";
import { loudness, share } from "./status.js";

/** @typedef {import("../status.js").Say} Say */

/**
 * One block a track: who captions, how far behind, what it hears.
 * @param {import("./meeting.js").MeetingClient} meeting @param {Say} say
 */
export function vitals(meeting, say) {
  const place = byId("vitals");
  /** @type {Map<string, {level_db?: number | null, cpu?: number | null, source?: string}>} */
  const heard = new Map();
  /** @type {Map<string, Record<string, HTMLElement>>} */
  const rows = new Map();
  const none = make("p", { class: "meta" }, say("nobody"));
  const why = make("p", { class: "hint" }, say("vitals.why"));
  const healths = new Healths();

  const row = (/** @type {string} */ track) => {
    const known = rows.get(track);
    if (known) return known;
    /** @type {Record<string, HTMLElement>} */
    const parts = {};
    const list = make("dl", {});
    const line = (/** @type {string} */ key, /** @type {HTMLElement} */ node) => {
      parts[key] = node;
      list.append(make("div", {}, make("dt", {}, say(key)), make("dd", {}, node)));
    };
    line("captioner", make("span"));
    line("source", make("span"));
    line("level", make("span"));
    parts["meter"] = make("meter", { min: "0", max: "100", low: "15", high: "90", optimum: "50" });
    parts["name"] = make("h3");
    parts["level"]?.before(parts["meter"], " ");
    line("behind", make("span"));
    line("cpu", make("span"));
    why.before(make("div", { class: "vital" }, parts["name"], list));
    rows.set(track, parts);
    return parts;
  };

  const draw = () => {
    const { captioners } = meeting.facts;
    if (!captioners.length && !rows.size) place.replaceChildren(none);
    else if (!why.isConnected) place.replaceChildren(why);
    for (const each of captioners) {
      const parts = row(each.track);
      const facts = heard.get(each.track) ?? {};
      const put = (/** @type {string} */ key, /** @type {string} */ text) => parts[key] && set(parts[key], text);
      const name = meeting.called(each.track);
      put("name", name);
      parts["meter"]?.setAttribute("aria-label", [say("level"), name].join(say("colon")));
      for (const key of ["source", "level", "cpu"]) parts[key]?.closest("div")?.toggleAttribute("hidden", each.origin === "human"); // a person has none of them
      put("captioner", [say(`origin.${each.origin ?? "automatic"}`), say(`health.${each.health}`)].join(say("comma")));
      put("source", facts.source || say("level.none"));
      put("behind", say("behind.value", { n: Math.round((each.behind_ms ?? 0) / 1000) }));
      put("cpu", facts.cpu === undefined || facts.cpu === null ? say("level.none") : say("percent", { n: facts.cpu }));
      const db = facts.level_db;
      const figure = db === undefined || db === null ? "" : say("level.db", { n: Math.round(db) }) + say("comma");
      put("level", figure + say(`level.${loudness(db)}`));
      /** @type {HTMLMeterElement} */ (parts["meter"]).value = share(db);
    }
  };
  meeting.on("vitals", (/** @type {{track: string, level_db?: number, cpu?: number, source?: string}} */ message) => {
    heard.set(message.track, message);
    draw();
  });
  meeting.on("change", draw);
  setInterval(() => {
    const { captioners, connection, paused } = meeting.facts;
    const due = connection === "live" && !paused ? healths.due(captioners, performance.now()) : [];
    if (due.length) tell(byId("vitals-status"), due.map((each) => say("health.changed", { track: meeting.called(each.track), health: say(`health.${each.health}`) })).join(" "));
  }, 1_000);
  draw();
}

const OUTPUTS_MS = 5_000;

/** @param {import("./access.js").Api} api @param {Say} say */
export function outputs(api, say) {
  const place = byId("outputs");
  const status = byId("outputs-status");
  const none = make("p", { class: "meta" }, say("outputs.none"));
  const head = ["output.name", "output.kind", "output.state", "output.sent", "output.errors", "output.last"];
  const body = make("tbody");
  const table = make("table", {}, make("caption", { class: "quiet" }, say("outputs.caption")),
    make("thead", {}, make("tr", {}, ...head.map((key) => make("th", { scope: "col" }, say(key))))), body);
  /** @type {Map<string, string>} */
  const states = new Map();

  const draw = (/** @type {import("./outputs.js").Output[]} */ list) => {
    place.replaceChildren(list.length ? table : none);
    for (const [index, each] of list.entries()) {
      const cells = [each.name, each.kind, say(`output.${each.state}`), String(each.sent), String(each.errors),
        each.ago_ms === null || each.ago_ms === undefined ? say("output.never") : say("output.ago", { n: Math.round(each.ago_ms / 1000) })];
      const line = body.rows[index] ?? body.insertRow();
      for (const [column, text] of cells.entries()) set(line.cells[column] ?? line.appendChild(make(column ? "td" : "th", column ? {} : { scope: "row" })), text);
      line.dataset["state"] = each.state;
      const before = states.get(each.name);
      if (before && before !== each.state) tell(status, say("outputs.trouble", { name: each.name, state: say(`output.${each.state}`) }));
      states.set(each.name, each.state);
    }
    while (body.rows.length > list.length) body.deleteRow(-1);
  };
  const look = async () => {
    try {
      draw(await api.ask("/outputs"));
    } catch {
      // the connection's state stands above; the last known figures stay
    }
  };
  setInterval(look, OUTPUTS_MS);
  look();
}
