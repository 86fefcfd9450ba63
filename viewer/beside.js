// @ts-check
/** Captions beside a picture that the reader chooses: the interpreter, or the speakers. The picture stays on the device. */
import { door } from "./door.js";
import { meetingOf } from "./feed.js";
import { install } from "./install.js";
import { sizes } from "./looks.js";
import { byId, choices, keep, speak, stored, takeLink } from "./page.js";
import { pauseButton, smallView } from "./small-view.js";
import { signVideo } from "./sign.js";
import { connect } from "./socket.js";
import { splitter, within } from "./split.js";

const STORE = "captions.split";
const LOOK_MS = 500;
const meeting = meetingOf(location.pathname);
const settings = choices(location.hash);
const way = { meeting, door: door(meeting, settings), connect };
takeLink();
const { say } = await speak(settings);
const small = smallView(settings, say, way);
/** @type {HTMLIFrameElement | null} */
let sign = null;
let signAddress = ""; // the host's, once it is known
const video = /** @type {HTMLVideoElement} */ (byId("video"));
const whole = byId("split");
const again = () => small.view.follow && small.view.settle();

splitter(byId("splitter"), whole, within(Number(stored(STORE) ?? 50) || 50), (at) => {
  keep(STORE, String(at));
  again();
});
const swap = (/** @type {boolean} */ on) => whole.classList.toggle("swapped", on);
swap(stored(`${STORE}.swapped`) === "on");
byId("swap").addEventListener("click", () => {
  keep(`${STORE}.swapped`, swap(!whole.classList.contains("swapped")) ? "on" : "off");
});

/** @param {MediaStream | null} stream */
function show(stream) {
  video.srcObject = stream;
  video.hidden = !stream;
  frame("");
  byId("empty").hidden = Boolean(stream);
  byId("stop").hidden = !stream;
}

/** Show the host's sign-language video, or take it away: then nothing of it is loaded any more. @param {string} address */
function frame(address) {
  sign?.remove();
  sign = null;
  byId("show-sign").hidden = !signAddress || Boolean(address);
  if (!address) return;
  sign = document.createElement("iframe");
  sign.id = "sign";
  sign.title = say("sign");
  sign.allow = "autoplay; fullscreen; picture-in-picture";
  sign.referrerPolicy = "no-referrer";
  sign.setAttribute("sandbox", "allow-scripts allow-same-origin allow-popups allow-forms");
  sign.src = address;
  byId("empty").before(sign);
  byId("empty").hidden = true;
  byId("stop").hidden = false;
}

function stop() {
  for (const track of /** @type {MediaStream | null} */ (video.srcObject)?.getTracks() ?? []) track.stop();
  show(null);
}

const can = Boolean(navigator.mediaDevices?.getDisplayMedia);
byId("cannot").hidden = can;
byId("choose").hidden = !can;
byId("choose").addEventListener("click", async () => {
  try {
    const stream = await navigator.mediaDevices.getDisplayMedia({ video: true, audio: false });
    stream.getVideoTracks()[0]?.addEventListener("ended", () => show(null));
    show(stream);
  } catch {
    // the reader chose nothing
  }
});
byId("stop").addEventListener("click", () => {
  stop();
  byId(byId("show-sign").hidden ? "choose" : "show-sign").focus();
});
byId("show-sign").addEventListener("click", () => {
  stop();
  frame(signAddress);
  byId("stop").focus(); // the button that had the focus is gone
});

/** The host's video, once who reads has been let in: a passcode may be asked first. */
const looking = setInterval(async () => {
  if (small.feed.facts.connection !== "live" || small.feed.facts.waiting) return;
  clearInterval(looking);
  signAddress = await signVideo(meeting, way.door.headers());
  if (!signAddress) return;
  byId("show-sign").hidden = false;
  if (!video.srcObject) frame(signAddress);
}, LOOK_MS);
sizes(byId("bigger"), byId("smaller"), settings, again);
pauseButton(byId("pause"), small, say);
install();
