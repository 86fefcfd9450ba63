// @ts-check
/** The live page: puts the parts together. */
import { CaptionsView, spoken } from "./captions-view.js";
import { claimFor, headersFor, withoutClaim } from "./claim.js";
import { Feed, follow, meetingOf } from "./feed.js";
import { Announcer } from "./announcer.js";
import { apply } from "./look.js";
import { Pace } from "./pace.js";
import { fromFragment, read } from "./settings.js";
import { connect } from "./socket.js";
import { gapText, sentence } from "./status.js";
import { Texts, pick } from "./texts.js";
import { remembered, trackNames } from "./tracks.js";
import { speak, translate } from "./translate.js";

const SPOKEN = 3; // so many recovered captions are spoken after all; of more, the reader hears only how many
const OTHERWISE = "\u00a0"; // Orca takes what equals the log's last paragraph for a double, and does not say it
const LATER_MS = 1_500; // the tools come with the first captions, and at the latest so long after the page
const STORE = "captions.settings";
const SPOKEN_PX = 48; // of the line below the log, that must be in sight

/** @param {string} id */
function byId(id) {
  const node = document.getElementById(id);
  if (!node) throw new Error(`no element ${id}`);
  return node;
}

const meeting = meetingOf(location.pathname);
const view = new CaptionsView({
  log: byId("log"), open: byId("open"), stable: byId("stable"), tail: byId("tail"), jump: byId("jump"),
}, (unsaid) => announce(unsaid), (gap) => gapText(gap, texts.say));
const door = claimFor(meeting);
const texts = new Texts();
let title = ""; // the meeting's
const announcer = new Announcer();
const pace = new Pace((update) => view.partial(update));
const feed = new Feed({
  clear: () => view.clear(),
  take: (update, quietly) => {
    pace.drop(update.cue.id);
    return view.take(update, quietly);
  },
  partial: (update) => {
    if (!byId("open").hidden) pace.take(update);
  },
  recovered: (cues) => {
    if (settings.announce === "sentence" && cues.length <= SPOKEN) announce(cues.map((cue) => spoken(cue, settings.speakers === "on")));
  },
  older: (updates) => view.older(updates),
  gap: (gap) => view.gap(gap),
  fresh: (cue) => announce(announcer.take(cue, performance.now())),
  tracks: showTracks,
  meeting: (meeting) => {
    title = meeting.title;
    name();
  },
  transcript: (path) => {
    /** @type {HTMLAnchorElement} */ (byId("transcript")).href = path;
  },
  tell,
});

function name() {
  byId("title").textContent = title || texts.say("live_captions");
  document.title = title ? texts.say("page_title", { title }) : texts.say("live_captions");
}

let lookEarlier = () => {};

function tell() {
  lookEarlier();
  const told = sentence(feed.facts, texts.say);
  const text = view.paused ? `${texts.say("paused")} ${told}` : told;
  const node = byId("status");
  if (node.textContent !== text) node.textContent = text;
  byId("held").textContent = view.paused ? texts.say("held", { n: view.waiting }) : ""; // it counts on, and is not spoken
  byId("ended").hidden = !feed.facts.ended;
  byId("door").hidden = !(feed.facts.connection === "refused" && feed.facts.door);
  const { origin } = feed.facts;
  const by = origin ? texts.say(origin) : "";
  if (byId("origin").textContent !== by) byId("origin").textContent = by;
  view.byPerson = origin === "human";
}

/** @param {import("./fold.js").Track[]} tracks @param {import("./fold.js").Track} chosen */
function showTracks(tracks, chosen) {
  const select = /** @type {HTMLSelectElement} */ (byId("track"));
  const names = trackNames(tracks, texts.language);
  if (names.join("\n") !== [...select.options].map((option) => option.text).join("\n"))
    select.replaceChildren(...tracks.map((each, index) => new Option(names[index], each.id)));
  byId("track-label").hidden = tracks.length < 2;
  select.value = chosen.id;
  tooling();
}

/** @returns {string | null} */
function stored() {
  try {
    return localStorage.getItem(STORE);
  } catch {
    return null; // storage is off: the choices hold for this page
  }
}

let low = false; // what the server was asked for

/** @param {import("./settings.js").Settings} chosen */
function applySettings(chosen) {
  if (low !== (chosen.data === "low")) {
    low = !low;
    feed.replay(); // come again, and ask for less or for more
  }
  apply(document.documentElement, chosen);
  view.announce(chosen.announce === "sentence");
  view.name(chosen.speakers === "on");
  feed.choose(chosen.captions);
  announcer.choose(chosen.announce, Number(chosen.every) * 1000);
  byId("open").hidden = chosen.partials === "off" || chosen.data === "low";
  speak(texts, pick(chosen.language, navigator.languages));
  try {
    localStorage.setItem(STORE, JSON.stringify(chosen));
  } catch {
    // as above
  }
}

const settings = read(stored(), location.hash);
const fragment = withoutClaim(location.hash);
if (location.hash && (Object.keys(fromFragment(fragment)).length || fragment !== location.hash.slice(1)))
  history.replaceState(null, "", location.pathname); // kept from now on; nobody reads a token off the screen
const choices = /** @type {HTMLDetailsElement} */ (byId("choices"));
choices.open = !matchMedia("(max-width: 40rem), (max-height: 30rem)").matches; // on a phone the captions come first
choices.dataset.ready = "";
applySettings(settings); // before the panel: it measures the contrast of what is shown

let later = false;

/** The tools: not needed to read, so they are fetched once captions are there, and again where the network fails. */
async function tooling() {
  if (later) return;
  later = true;
  let parts;
  try {
    parts = await Promise.all([import("./panel.js"), import("./tools.js"), import("./share.js"), import("./changes.js"), import("./older.js")]);
  } catch {
    later = false;
    setTimeout(tooling, LATER_MS);
    return;
  }
  const [{ panel }, { tools }, { share }, { changes }, { Older, earlier, fetcher }] = parts;
  const draw = () => panel(byId("panel"), settings, texts.say, () => applySettings(settings));
  draw();
  inSight();
  document.addEventListener("language", draw);
  const older = new Older(feed, fetcher(meeting, () => headersFor(door.claim)));
  lookEarlier = earlier(older, { log: byId("log"), place: byId("older"), button: byId("load-older") }, () => settings.data === "low");
  tools(view, texts.say, older);
  share(settings);
  changes(view, texts.say, versions);
  more();
}

/** Fold the choices while they push what is being said out of sight, until the reader goes there. */
function inSight() {
  const watch = new ResizeObserver(() => {
    if (scrollY === 0 && byId("log").getBoundingClientRect().bottom + SPOKEN_PX > innerHeight) choices.open = false;
  });
  watch.observe(choices);
  choices.addEventListener("focusin", () => watch.disconnect());
  choices.addEventListener("click", () => watch.disconnect()); // also by assistive technology, which need not focus
}

/** Telling the host, and the other views: after the tools. */
async function more() {
  try {
    const { extras } = await import("./extras.js");
    await extras(byId("extras"), meeting, settings, () => headersFor(door.claim), (text) => feed.tellHost(text));
  } catch {
    setTimeout(more, LATER_MS);
  }
}
setTimeout(tooling, LATER_MS);

document.addEventListener("language", () => {
  name();
  view.reword();
  feed.tracks();
  tell();
});
byId("pause").addEventListener("click", () => {
  view.pause(!view.paused);
  byId("pause").dataset["text"] = view.paused ? "resume" : "pause";
  translate(byId("pause").parentElement ?? document, texts.say);
  tell();
});

/** @param {string | string[]} text several texts are spoken one by one */
function announce(text) {
  if (!text.length || view.paused) return;
  byId("announcer").replaceChildren(...[text].flat().map((each) => {
    const node = document.createElement("p");
    node.textContent = `${each}${OTHERWISE}`;
    return node;
  }));
}
setInterval(() => announce(announcer.tick(performance.now())), 1000);

byId("track").addEventListener("change", (happened) => {
  const tracks = [...feed.transcript.tracks.values()];
  const chosen = tracks.find((track) => track.id === /** @type {HTMLSelectElement} */ (happened.target).value);
  if (!chosen) return;
  settings.captions = chosen === tracks[0] ? "" : remembered(tracks, chosen);
  applySettings(settings);
  document.dispatchEvent(new Event("settings"));
});
byId("door").addEventListener("submit", (happened) => {
  happened.preventDefault();
  door.answer(/** @type {HTMLInputElement} */ (byId("passcode")).value);
  socket.knock();
});

/** Every version of a cue, from the server. @param {string} cue @returns {Promise<unknown>} */
async function versions(cue) {
  const answer = await fetch(`/live/${encodeURIComponent(meeting)}/history/${encodeURIComponent(cue)}?track=${encodeURIComponent(feed.track)}`, { headers: headersFor(door.claim) });
  return answer.json();
}

const socket = follow(feed, meeting, connect, () => ({ ...door.claim, recent: true, ...(settings.data === "low" && { partials: false }) }));
