// @ts-check
/** Captions inside another page. The look comes with the frame's address; nothing is kept. */
import { door } from "./door.js";
import { meetingOf } from "./feed.js";
import { byId, choices, speak } from "./page.js";
import { pauseButton, smallView } from "./small-view.js";
import { connect } from "./socket.js";

const settings = choices(location.hash);
const meeting = meetingOf(location.pathname);
const way = { meeting, door: door(meeting, settings), connect };
const { say } = await speak(settings);
pauseButton(byId("pause"), smallView(settings, say, way), say);
/** @type {HTMLAnchorElement} */ (byId("own")).href = `/live/${encodeURIComponent(meeting)}`;
