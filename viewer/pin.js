// @ts-check
/** Captions in a small window, beside the meeting or on a second device; on top of other windows where the browser can. */
import { door } from "./door.js";
import { meetingOf } from "./feed.js";
import { install } from "./install.js";
import { sizes } from "./looks.js";
import { byId, choices, speak, takeLink } from "./page.js";
import { pauseButton, smallView } from "./small-view.js";
import { connect } from "./socket.js";
import { takePart } from "./take-part.js";
import { wakeSwitch } from "./wake.js";

const NAME = "captions-pin";
const meeting = meetingOf(location.pathname);
const settings = choices(location.hash);
const way = { meeting, door: door(meeting, settings), connect };
takeLink();
const { say } = await speak(settings);
const main = byId("main");
const small = smallView(settings, say, way);
/** @type {Window | null} */
let above = null;

/** The small window looks as this page does. */
function mirror() {
  if (above) {
    const from = document.documentElement;
    const to = above.document.documentElement;
    for (const { name, value } of from.attributes) to.setAttribute(name, value);
    for (const name of from.style) to.style.setProperty(name, from.style.getPropertyValue(name));
  }
  if (small.view.follow) small.view.settle();
}

/** Documents in a picture-in-picture window: Chromium only, so the other way is a window of its own. */
const pictures = /** @type {any} */ (window).documentPictureInPicture;
byId("top").hidden = !pictures;
byId("window").hidden = Boolean(pictures) || window.name === NAME;
byId("top").addEventListener("click", async () => {
  if (above) {
    above.close();
    return;
  }
  /** @type {Window} */
  const opened = await pictures.requestWindow({ width: 480, height: 320 });
  above = opened;
  for (const link of document.querySelectorAll("link[rel=stylesheet]")) opened.document.head.append(link.cloneNode());
  opened.document.title = document.title;
  opened.document.body.className = document.body.className;
  opened.document.body.append(main);
  byId("away").hidden = false;
  mirror();
  opened.addEventListener("pagehide", () => {
    above = null;
    byId("away").hidden = true;
    document.body.prepend(main);
    mirror();
  });
});
byId("window").addEventListener("click", () => window.open(location.href, NAME, "popup,width=480,height=320"));

sizes(byId("bigger"), byId("smaller"), settings, mirror);
pauseButton(byId("pause"), small, say);
takePart(byId("tell"), say, (text) => small.feed.tellHost(text));
wakeSwitch(/** @type {HTMLInputElement} */ (byId("awake")), byId("awake-label"));
install();
