// @ts-check
/** The host console: puts the parts together. */
import { Api, meetingOf, takeToken } from "./access.js";
import { captions } from "./captions.js";
import { ask, byId, clock, field, make, report, set, tell } from "./dom.js";
import { glossary } from "./glossary.js";
import { invitations } from "./invitations.js";
import { MeetingClient } from "./meeting.js";
import { outputs, vitals } from "./panels.js";
import { signals } from "./signals.js";
import { speakers } from "./speakers.js";
import { told } from "./status.js";
import { words } from "./words.js";

const SETUP_MS = 10_000; // another host may change the set-up

const id = meetingOf(location.pathname);
const token = takeToken(id, location, sessionStorage, history);
const say = await words();
const status = byId("status");

for (const [link, path] of [["to-setup", `/host/${id}/setup`], ["to-live", `/live/${id}`], ["to-correct", `/correct/${id}`], ["to-cart", `/cart/${id}`]])
  /** @type {HTMLAnchorElement} */ (byId(link ?? "")).href = path ?? "";

if (!token) {
  byId("refusal").hidden = false;
  set(byId("refusal"), say("no_token"));
} else run();

function run() {
  const api = new Api(id, token);
  const meeting = new MeetingClient(id, { role: "host", token });
  const shown = captions(meeting);
  const cast = speakers(meeting, say, shown.track);
  const terms = glossary(say, async (change) => {
    const kept = await api.ask("/setup");
    await api.ask("/setup", "PUT", { ...kept, ...change });
  });
  vitals(meeting, say);
  signals(meeting, say);
  invitations(id, api, say);
  outputs(api, say);
  facts(meeting);
  controls(meeting);
  policy(meeting);

  const setup = async () => {
    try {
      const kept = await api.ask("/setup");
      cast.use(kept.roster ?? []);
      terms.use(kept.glossary ?? "");
    } catch {
      // the next look may do better; the connection's state stands above
    }
  };
  setInterval(setup, SETUP_MS);
  setup();
}

/** @param {MeetingClient} meeting */
function facts(meeting) {
  const list = byId("facts");
  /** @type {Record<string, HTMLElement>} */
  const parts = {};
  for (const key of ["time", "viewers", "cues"]) {
    const value = (parts[key] = make("dd"));
    list.append(make("div", {}, make("dt", {}, say(`fact.${key}`)), value));
  }
  let before = "";
  const draw = () => {
    const { facts } = meeting;
    const now = told(facts, say);
    if (now !== before) report(status, (before = now)); // an answer to the host stands until something changes
    document.title = [facts.title, say("console")].filter(Boolean).join(say("colon"));
    set(byId("title"), [say("console"), facts.title].filter(Boolean).join(say("colon")));
    const put = (/** @type {string} */ key, /** @type {string} */ text) => parts[key] && set(parts[key], text);
    put("viewers", String(facts.viewers));
    put("cues", String([...meeting.transcript.kept.values()].filter((each) => each.update.status === "final").length));
    put("time", facts.connection === "live" && !facts.waiting ? clock(meeting.now) : "–");
  };
  meeting.on("change", draw);
  setInterval(draw, 1_000);
  draw();
}

/**
 * Ask before something that readers notice; where the host thinks better of it, what holds is said.
 * @param {MeetingClient} meeting @param {string} key @param {string} why @param {string} yes
 */
async function sure(meeting, key, why, yes) {
  set(byId("confirm-title"), say(key));
  set(byId("confirm-text"), say(why));
  set(byId("confirm-yes"), yes);
  if ((await ask(/** @type {HTMLDialogElement} */ (byId("confirm")))) === "yes") return true;
  tell(status, told(meeting.facts, say));
  return false;
}

/** @param {MeetingClient} meeting */
function controls(meeting) {
  const pause = /** @type {HTMLButtonElement} */ (byId("pause"));
  const end = /** @type {HTMLButtonElement} */ (byId("end"));
  const start = /** @type {HTMLButtonElement} */ (byId("start"));
  const order = (/** @type {string} */ action) => {
    const sent = meeting.send({ type: "control", action });
    if (!sent) tell(status, say("offline"));
    return sent;
  };
  pause.addEventListener("click", async () => {
    if (meeting.facts.paused) order("resume");
    else if (await sure(meeting, "ask.pause", "ask.pause.why", say("pause"))) order("pause");
  });
  end.addEventListener("click", async () => {
    if (!(await sure(meeting, "ask.end", "ask.end.why", say("end"))) || !order("end")) return;
    meeting.facts.ending = true;
    report(status, told(meeting.facts, say));
  });
  start.addEventListener("click", () => {
    if (meeting.facts.paused) return void order("resume");
    set(byId("begin-command"), `captioner live --meeting ${id}`);
    set(byId("begin-relay"), `captioner live --meeting ${id} --source relay:${id}`);
    /** @type {HTMLAnchorElement} */ (byId("to-speak")).href = `/speak/${encodeURIComponent(id)}#token=${encodeURIComponent(token)}`;
    ask(/** @type {HTMLDialogElement} */ (byId("begin")));
  });
  const draw = () => {
    const { facts } = meeting;
    const runs = facts.connection === "live" && !facts.waiting && !facts.ended;
    set(pause, say(facts.paused ? "resume" : "pause"));
    pause.disabled = end.disabled = !runs;
    start.hidden = facts.ended || (runs && !facts.paused && facts.captioners.some((each) => each.health !== "absent"));
  };
  meeting.on("change", draw);
  draw();
}

/** @param {MeetingClient} meeting */
function policy(meeting) {
  let before = "";
  const inputs = /** @type {NodeListOf<HTMLInputElement>} */ (document.getElementsByName("policy"));
  meeting.on("change", () => {
    const now = meeting.facts.policy;
    if (now === before) return;
    for (const input of inputs) input.checked = input.value === now; // never over a choice that is being made
    before = now;
  });
  byId("policy").addEventListener("submit", async (event) => {
    event.preventDefault();
    const wanted = [...inputs].find((input) => input.checked)?.value ?? "";
    if (!wanted || wanted === meeting.facts.policy) return tell(status, told(meeting.facts, say)); // what holds
    const yes = await sure(meeting, "ask.policy", `ask.${wanted}`, say(`policy.${wanted}`));
    if (yes && !meeting.send({ type: "set_policy", change: { at: meeting.now, policy: wanted } })) tell(status, say("offline"));
    if (!yes) for (const input of inputs) input.checked = input.value === meeting.facts.policy;
  });
}

field("link").addEventListener("focus", () => field("link").select());
