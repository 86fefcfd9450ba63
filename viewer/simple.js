// @ts-check
/** The simple page: bigger, smaller, pause; plain words. */
import { door } from "./door.js";
import { meetingOf } from "./feed.js";
import { install } from "./install.js";
import { sizes } from "./looks.js";
import { byId, choices, speak, takeLink } from "./page.js";
import { plainly } from "./plainly.js";
import { pauseButton, smallView } from "./small-view.js";
import { connect } from "./socket.js";
import { takePart } from "./take-part.js";
import { wakeSwitch } from "./wake.js";

const meeting = meetingOf(location.pathname);
const settings = choices(location.hash);
const way = { meeting, door: door(meeting, settings), connect };
takeLink();
const { say } = await speak(settings);
const small = smallView(settings, say, way, plainly);
sizes(byId("bigger"), byId("smaller"), settings, () => small.view.follow && small.view.settle());
pauseButton(byId("pause"), small, say);
takePart(byId("tell"), say, (text) => small.feed.tellHost(text));
// No switch here: the screen stays on unless the reader switched that off on another page.
const box = document.createElement("input");
wakeSwitch(box, document.createElement("label"));
install();
