// @ts-check
/** The live page: puts the parts together. */
import { CaptionsView } from "./captions-view.js";
import { GapInLog, Transcript } from "./fold.js";
import { Announcer } from "./announcer.js";
import { apply } from "./look.js";
import { panel } from "./panel.js";
import { fromFragment, read } from "./settings.js";
import { share } from "./share.js";
import { connect } from "./socket.js";
import { sentence } from "./status.js";
import { Texts } from "./texts.js";
import { tools } from "./tools.js";

const STORE = "captions.settings";
const PARTIAL_MS = 250; // at most four pictures of the open cue a second
const RECOVERED_MS = 8_000; // how long "12 captions recovered" stands

/** @param {string} id */
function byId(id) {
  const node = document.getElementById(id);
  if (!node) throw new Error(`no element ${id}`);
  return node;
}

const meeting = decodeURIComponent(location.pathname.replace(/\/+$/, "").split("/").at(-1) ?? "");
const view = new CaptionsView({
  log: byId("log"), open: byId("open"), stable: byId("stable"), tail: byId("tail"), jump: byId("jump"),
});
const texts = new Texts();
const announcer = new Announcer();
let transcript = new Transcript();
let track = "";
let again = false; // a reconnect: what comes up to `target` is a replay
let target = 0;
let recovered = 0;
/** @type {import("./wire.js").TrackHealth[]} */
let captioners = [];
/** @type {import("./status.js").Facts} */
const facts = {
  connection: "connecting", waiting: false, ended: false, policy: "on_record", health: "", behind: 0, recovered: 0, refusal: "",
};

function tell() {
  const mine = captioners.find((each) => each.track === track);
  facts.health = mine ? mine.health : captioners.length ? "" : "absent";
  facts.behind = mine?.behind_ms ?? 0;
  facts.ended = transcript.state === "ended";
  const told = sentence(facts, texts.say);
  const text = view.paused ? `${texts.say("paused", { n: view.waiting })} ${told}` : told;
  const node = byId("status");
  if (node.textContent !== text) node.textContent = text;
  byId("ended").hidden = !facts.ended;
}

function showTrack() {
  const tracks = [...transcript.tracks.values()];
  const chosen = transcript.tracks.get(track) ?? tracks[0];
  const select = /** @type {HTMLSelectElement} */ (byId("track"));
  const names = tracks.map((each) => each.label || `${each.id} (${each.language})`);
  if (names.join("\n") !== [...select.options].map((option) => option.text).join("\n"))
    select.replaceChildren(...tracks.map((each, index) => new Option(names[index], each.id)));
  byId("track-label").hidden = tracks.length < 2;
  if (!chosen) return;
  select.value = chosen.id;
  byId("origin").textContent =
    texts.say(chosen.origin);
  if (chosen.id === track) return;
  track = chosen.id;
  view.clear();
  for (const update of transcript.cues(track)) view.take(update, true);
}

/** @type {import("./fold.js").CueUpdate | null} */
let pending = null;
let last = 0;

/** @param {import("./fold.js").CueUpdate} update */
function partial(update) {
  if (settings.partials === "off") return;
  const due = last + PARTIAL_MS - performance.now();
  const idle = pending === null;
  pending = update;
  if (due <= 0) draw();
  else if (idle) setTimeout(draw, due);
}

function draw() {
  if (pending) view.partial(pending);
  pending = null;
  last = performance.now();
}

/** @param {import("./wire.js").FromServer} message */
function receive(message) {
  if (message.type === "welcome") {
    byId("title").textContent = message.meeting.title;
    document.title = `${message.meeting.title}: live captions`;
    /** @type {HTMLAnchorElement} */ (byId("transcript")).href = `/archive/${encodeURIComponent(message.meeting.id)}/`;
    facts.policy = message.policy;
    facts.waiting = false;
    again = transcript.seq > 0;
    target = message.seq;
    recovered = 0;
  } else if (message.type === "snapshot") {
    take(message.snapshot);
  } else if (message.type === "event") {
    event(message.event);
  } else if (message.type === "live") {
    const { shown } = message;
    if (shown.track === track || !track) {
      if (shown.update.status === "partial") partial(shown.update);
      else if (view.take(shown.update, false)) announce(announcer.take(shown.update.cue, performance.now()));
    }
  } else if (message.type === "status") {
    captioners = message.captioners;
    facts.policy = message.policy;
  } else if (message.type === "error") {
    if (message.code === "no_meeting") facts.waiting = true;
    facts.refusal = message.message;
  } else if (message.type === "ended" && message.transcript.startsWith("/")) {
    /** @type {HTMLAnchorElement} */ (byId("transcript")).href = message.transcript;
  }
  tell();
}

/** @param {import("./fold.js").Snapshot} snapshot */
function take(snapshot) {
  if (transcript.epoch && transcript.epoch !== snapshot.epoch) {
    view.clear();
    track = "";
  }
  const late = again && transcript.epoch === snapshot.epoch;
  transcript = new Transcript(snapshot);
  showTrack();
  let fresh = 0;
  for (const update of transcript.cues(track)) if (view.take(update, true)) fresh += 1;
  for (const each of snapshot.cues) if (each.track === track && each.update.status === "retracted") view.take(each.update, true);
  if (late) recover(fresh);
}

/** @param {import("./fold.js").LogEvent} happened */
function event(happened) {
  const replayed = again && happened.seq <= target;
  try {
    if (!transcript.apply(happened)) return;
  } catch (error) {
    if (!(error instanceof GapInLog)) throw error;
    socket.again(); // the server replays from what we have
    return;
  }
  if (happened.kind === "track") showTrack();
  if (happened.kind === "policy") facts.policy = happened.change.policy;
  if (happened.kind === "caption" && happened.track === track) {
    if (pending?.cue.id === happened.update.cue.id) pending = null;
    const fresh = view.take(happened.update, replayed);
    if (fresh && replayed) recovered += 1;
    else if (fresh) announce(announcer.take(happened.update.cue, performance.now()));
  }
  if (replayed && happened.seq === target) recover(recovered);
}

/** @param {number} count */
function recover(count) {
  if (!count) return;
  facts.recovered = count;
  setTimeout(() => {
    facts.recovered = 0;
    tell();
  }, RECOVERED_MS);
}

/** @returns {string | null} */
function stored() {
  try {
    return localStorage.getItem(STORE);
  } catch {
    return null; // storage is off: the choices hold for this page
  }
}

/** @param {import("./settings.js").Settings} chosen */
function applySettings(chosen) {
  apply(document.documentElement, chosen);
  view.announce(chosen.announce === "sentence");
  view.name(chosen.speakers === "on");
  announcer.choose(chosen.announce, Number(chosen.every) * 1000);
  byId("open").hidden = chosen.partials === "off";
  try {
    localStorage.setItem(STORE, JSON.stringify(chosen));
  } catch {
    // as above
  }
}

const settings = read(stored(), location.hash);
if (Object.keys(fromFragment(location.hash)).length) history.replaceState(null, "", location.pathname); // kept from now on
applySettings(settings); // before the panel: it measures the contrast of what is shown
panel(byId("panel"), settings, texts.say, () => applySettings(settings));
tools(view, texts.say, tell);
share(settings);

/** @param {string} text */
function announce(text) {
  if (text && !view.paused) byId("announcer").textContent = text;
}
setInterval(() => announce(announcer.tick(performance.now())), 1000);

byId("track").addEventListener("change", (happened) => {
  track = "";
  const wanted = /** @type {HTMLSelectElement} */ (happened.target).value;
  const chosen = transcript.tracks.get(wanted);
  if (!chosen) return;
  transcript.tracks = new Map([[wanted, chosen], ...transcript.tracks]);
  showTrack();
  tell();
});
const socket = connect(meeting, {
  cursor: () => ({ epoch: transcript.epoch, seq: transcript.seq }),
  message: receive,
  state: (state) => {
    facts.connection = state;
    tell();
  },
});
