// @ts-check
/** Captions beside a picture that the reader chooses: the interpreter, or the speakers. The picture stays on the device. */
import { door } from "./door.js";
import { meetingOf } from "./feed.js";
import { install } from "./install.js";
import { sizes } from "./looks.js";
import { byId, choices, keep, speak, stored, takeLink } from "./page.js";
import { pauseButton, smallView } from "./small-view.js";
import { connect } from "./socket.js";
import { splitter, within } from "./split.js";

const STORE = "captions.split";
const meeting = meetingOf(location.pathname);
const settings = choices(location.hash);
const way = { meeting, door: door(meeting, settings), connect };
takeLink();
const { say } = await speak(settings);
const small = smallView(settings, say, way);
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
  byId("empty").hidden = Boolean(stream);
  byId("stop").hidden = !stream;
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
  for (const track of /** @type {MediaStream | null} */ (video.srcObject)?.getTracks() ?? []) track.stop();
  show(null);
  byId("choose").focus();
});
sizes(byId("bigger"), byId("smaller"), settings, again);
pauseButton(byId("pause"), small, say);
install();
