// @ts-check
/** The live page: puts the parts together. */
import { CaptionsView } from "./captions-view.js";
import { GapInLog, Transcript } from "./fold.js";
import { CHOICES, read } from "./settings.js";
import { connect } from "./socket.js";
import { sentence } from "./status.js";

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
  const text = sentence(facts);
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
    chosen.origin === "human" ? "Captions by a person." : "Automatic captions. They contain mistakes.";
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
      else view.take(shown.update, false);
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
    if (view.take(happened.update, replayed) && replayed) recovered += 1;
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

const settings = read(stored());

function applySettings() {
  const root = document.documentElement;
  root.style.setProperty("--size", String(Number(settings.size) / 100));
  if (settings.theme === "system") delete root.dataset["theme"];
  else root.dataset["theme"] = settings.theme;
  view.announce(settings.announce === "sentence");
  byId("open").hidden = settings.partials === "off";
}

for (const name of /** @type {(keyof import("./settings.js").Settings)[]} */ (Object.keys(CHOICES))) {
  const select = /** @type {HTMLSelectElement} */ (byId(name));
  select.value = settings[name];
  select.addEventListener("change", () => {
    settings[name] = select.value;
    applySettings();
    try {
      localStorage.setItem(STORE, JSON.stringify(settings));
    } catch {
      // as above
    }
  });
}
byId("track").addEventListener("change", (happened) => {
  track = "";
  const wanted = /** @type {HTMLSelectElement} */ (happened.target).value;
  const chosen = transcript.tracks.get(wanted);
  if (!chosen) return;
  transcript.tracks = new Map([[wanted, chosen], ...transcript.tracks]);
  showTrack();
  tell();
});
applySettings();

const socket = connect(meeting, {
  cursor: () => ({ epoch: transcript.epoch, seq: transcript.seq }),
  message: receive,
  state: (state) => {
    facts.connection = state;
    tell();
  },
});
