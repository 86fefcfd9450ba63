// @ts-check
/** The page for speaking: a microphone or a tab's sound to the server, with its level and what goes wrong. */
import { claimFor, withoutClaim } from "../claim.js";
import { meetingOf } from "../feed.js";
import { Api } from "../host/access.js";
import { byId, report, set, tell } from "../host/dom.js";
import { Texts, pick } from "../texts.js";
import { Link } from "./link.js";
import { RATE, level, levelWords, pcm, reason } from "./pcm.js";
import { SPEAK } from "./texts.js";

const language = pick("", navigator.languages);
const texts = new Texts(language, SPEAK[language] ?? SPEAK["en"]);
const meeting = meetingOf(location.pathname);
const token = claimFor(meeting).claim.token ?? "";
history.replaceState(null, "", `#${withoutClaim(location.hash)}`); // the token is not left in the address
const start = /** @type {HTMLButtonElement} */ (byId("start"));
const stop = /** @type {HTMLButtonElement} */ (byId("stop"));
const device = /** @type {HTMLSelectElement} */ (byId("device"));
const source = /** @type {HTMLFieldSetElement} */ (byId("source")); // holds while sound is sent
const meter = /** @type {HTMLMeterElement} */ (byId("level"));

/** @type {{link: Link, stream: MediaStream, context: AudioContext} | null} */
let running = null;

for (const node of document.querySelectorAll("[data-text]")) node.textContent = texts.say(/** @type {HTMLElement} */ (node).dataset["text"] ?? "");
document.documentElement.lang = language;
document.documentElement.dir = language === "ar" ? "rtl" : "ltr";
named(meeting);
/** @type {HTMLAnchorElement} */ (byId("read")).href = `/live/${meeting}`;
const tab = /** @type {HTMLInputElement} */ (byId("tab-choice"));
if (!navigator.mediaDevices || !("getDisplayMedia" in navigator.mediaDevices)) tab.disabled = true;

/** Say into which meeting one speaks. @param {string} title */
function named(title) {
  document.title = `${title}: ${texts.say("title")}`;
  set(byId("title"), texts.say("title.of", { title }));
}

/** @param {string} key */
const state = (key) => report(byId("state"), texts.say(key));
/** @param {string} text */
const problem = (text) => tell(byId("problem"), text);

/** Why the server refuses. @param {string} code @param {string} words its own, in English */
function refusal(code, words) {
  const key = { unauthorised: "refused.link", track_taken: "refused.taken" }[code];
  return key ? texts.say(key) : texts.say("problem.refused", { why: words });
}

/** @returns {Promise<MediaStream>} */
async function sound() {
  const chosen = /** @type {HTMLInputElement} */ (document.querySelector("input[name=source]:checked")).value;
  if (chosen === "microphone") {
    const audio = { echoCancellation: true, noiseSuppression: false, autoGainControl: true, ...(device.value && { deviceId: { exact: device.value } }) };
    return navigator.mediaDevices.getUserMedia({ audio });
  }
  const shared = await navigator.mediaDevices.getDisplayMedia({ video: true, audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false } });
  shared.getVideoTracks().forEach((track) => { track.enabled = false; }); // asked for, since browsers insist; never sent
  if (!shared.getAudioTracks().length) {
    shared.getTracks().forEach((track) => track.stop());
    throw new DOMException("no sound", "NoSound");
  }
  return shared;
}

/** @param {MediaStream} stream @param {(sound: ArrayBuffer) => void} send */
async function listen(stream, send) {
  const context = new AudioContext({ sampleRate: RATE });
  await context.audioWorklet.addModule("/viewer/speak/worklet.js");
  const collector = new AudioWorkletNode(context, "collector");
  let said = "", at = 0;
  collector.port.onmessage = (event) => {
    const samples = /** @type {Float32Array} */ (event.data);
    send(pcm(samples));
    const now = level(samples);
    meter.value = Math.max(-60, now);
    const words = levelWords(now);
    if (words !== said && performance.now() - at > 1_000) {
      said = words;
      at = performance.now();
      byId("level-words").textContent = texts.say(words);
    }
  };
  context.createMediaStreamSource(new MediaStream(stream.getAudioTracks())).connect(collector);
  await context.resume();
  return context;
}

async function begin() {
  problem("");
  start.disabled = source.disabled = true;
  state("state.connecting");
  try {
    const stream = await sound();
    const context = await listen(stream, (samples) => running?.link.send(samples));
    const url = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/audio/${meeting}`;
    const link = new Link(url, token, {
      state,
      refused: (code, words) => { end(); problem(refusal(code, words)); },
    });
    running = { link, stream, context };
    stream.getAudioTracks().forEach((track) => { track.onended = () => { end(); state("state.lost"); }; });
    stop.disabled = false;
    stop.focus();
    await devices();
  } catch (error) {
    start.disabled = source.disabled = false;
    start.focus();
    state("state.stopped");
    problem(texts.say(reason(error instanceof DOMException ? error.name : "", window.isSecureContext)));
  }
}

function end() {
  const before = running;
  running = null;
  before?.link.close();
  before?.stream.getTracks().forEach((track) => track.stop());
  void before?.context.close();
  meter.value = -60;
  byId("level-words").textContent = "";
  const held = document.activeElement === stop;
  stop.disabled = true;
  start.disabled = source.disabled = false;
  if (held) start.focus();
  state("state.stopped");
}

/** The microphones, with the names that the browser tells once the sound is allowed. */
async function devices() {
  const found = (await navigator.mediaDevices.enumerateDevices()).filter((each) => each.kind === "audioinput" && each.deviceId);
  const kept = device.value;
  while (device.options.length > 1) device.remove(1);
  for (const each of found) device.add(new Option(each.label || each.deviceId.slice(0, 8), each.deviceId));
  device.value = kept;
}

byId("choice").addEventListener("change", () => { device.disabled = tab.checked; });
byId("choice").addEventListener("submit", (event) => { event.preventDefault(); void begin(); });
stop.addEventListener("click", end);
if (!token) {
  start.disabled = true;
  set(byId("state"), "");
  problem(texts.say("problem.no_token"));
} else {
  if (!window.isSecureContext) problem(texts.say("problem.insecure"));
  try {
    named((await new Api(meeting, token).ask("/terms")).title || meeting);
  } catch {
    // the meeting's id stands there; what is wrong is told when the sound is to be sent
  }
}
