// @ts-check
/** The real pages with a recorded meeting: only the WebSocket is another one. */
import { replaySocket } from "./replay.js";

const VIEWS = ["live", "read", "simple", "pin", "beside", "screen"];
const view = location.pathname.split("/").at(-1) ?? "";
const meeting = await (await fetch("/viewer/try/meeting.json")).json();
const own = /** @type {any} */ (globalThis);
own.WebSocket = replaySocket(meeting, () => performance.now(), (work, ms) => setTimeout(work, ms));
if (VIEWS.includes(view)) await import(`./${view}.js`);
