// @ts-check
/** The live page: puts the parts together. */
import { CaptionsView } from "./captions-view.js";
import { Feed, follow, meetingOf } from "./feed.js";
import { Announcer } from "./announcer.js";
import { apply } from "./look.js";
import { Pace } from "./pace.js";
import { fromFragment, read } from "./settings.js";
import { connect } from "./socket.js";
import { sentence } from "./status.js";
import { Texts, pick } from "./texts.js";
import { speak, translate } from "./translate.js";

const LATER_MS = 1_500; // the tools come with the first captions, and at the latest so long after the page
const STORE = "captions.settings";

/** @param {string} id */
function byId(id) {
  const node = document.getElementById(id);
  if (!node) throw new Error(`no element ${id}`);
  return node;
}

const meeting = meetingOf(location.pathname);
const view = new CaptionsView({
  log: byId("log"), open: byId("open"), stable: byId("stable"), tail: byId("tail"), jump: byId("jump"),
});
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

function tell() {
  const told = sentence(feed.facts, texts.say);
  const text = view.paused ? `${texts.say("paused", { n: view.waiting })} ${told}` : told;
  const node = byId("status");
  if (node.textContent !== text) node.textContent = text;
  byId("ended").hidden = !feed.facts.ended;
}

/** @param {import("./fold.js").Track[]} tracks @param {import("./fold.js").Track} chosen */
function showTracks(tracks, chosen) {
  const select = /** @type {HTMLSelectElement} */ (byId("track"));
  const names = tracks.map((each) => each.label || `${each.id} (${each.language})`);
  if (names.join("\n") !== [...select.options].map((option) => option.text).join("\n"))
    select.replaceChildren(...tracks.map((each, index) => new Option(names[index], each.id)));
  byId("track-label").hidden = tracks.length < 2;
  select.value = chosen.id;
  byId("origin").textContent = texts.say(chosen.origin);
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

/** @param {import("./settings.js").Settings} chosen */
function applySettings(chosen) {
  apply(document.documentElement, chosen);
  view.announce(chosen.announce === "sentence");
  view.name(chosen.speakers === "on");
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
if (Object.keys(fromFragment(location.hash)).length) history.replaceState(null, "", location.pathname); // kept from now on
applySettings(settings); // before the panel: it measures the contrast of what is shown

let later = false;

/** The tools: not needed to read, so they are fetched once captions are there, and again where the network fails. */
async function tooling() {
  if (later) return;
  later = true;
  let parts;
  try {
    parts = await Promise.all([import("./panel.js"), import("./tools.js"), import("./share.js")]);
  } catch {
    later = false;
    setTimeout(tooling, LATER_MS);
    return;
  }
  const [{ panel }, { tools }, { share }] = parts;
  const draw = () => panel(byId("panel"), settings, texts.say, () => applySettings(settings));
  draw();
  document.addEventListener("language", draw);
  tools(view, texts.say);
  share(settings);
}
setTimeout(tooling, LATER_MS);

document.addEventListener("language", () => {
  name();
  feed.tracks();
  tell();
});
byId("pause").addEventListener("click", () => {
  view.pause(!view.paused);
  byId("pause").dataset["text"] = view.paused ? "resume" : "pause";
  translate(byId("pause").parentElement ?? document, texts.say);
  tell();
});

/** @param {string} text */
function announce(text) {
  if (text && !view.paused) byId("announcer").textContent = text;
}
setInterval(() => announce(announcer.tick(performance.now())), 1000);

byId("track").addEventListener("change", (happened) => {
  feed.choose(/** @type {HTMLSelectElement} */ (happened.target).value);
});
follow(feed, meeting, connect);
