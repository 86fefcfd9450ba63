// @ts-check
/** The big screen: two or three lines that roll up, readable from the back of the room, and nothing to operate. */
import { RGB } from "./colours.js";
import { direction } from "./captions-view.js";
import { claimFor } from "./claim.js";
import { Feed, follow, meetingOf } from "./feed.js";
import { Pace } from "./pace.js";
import { byId, speak } from "./page.js";
import { Roll } from "./roll.js";
import { readOptions } from "./screen-options.js";
import { DEFAULTS } from "./settings.js";
import { connect } from "./socket.js";
import { sentence } from "./status.js";

const { say } = await speak(DEFAULTS);

function look() {
  const options = readOptions(location.hash);
  const root = document.documentElement;
  const back = RGB[options.back];
  root.style.setProperty("--screen-lines", options.lines);
  root.style.setProperty("--screen-size", options.size);
  root.style.setProperty("--screen-width", options.width);
  root.style.setProperty("--screen-text", options.text);
  root.style.setProperty("--screen-back", back ? `rgb(${back.join(" ")} / ${options.opacity}%)` : "transparent");
  root.dataset["place"] = options.position;
  root.dataset["plain"] = back ? "" : "on";
  byId("status").hidden = options.status === "off";
  return options;
}

let options = look();
window.addEventListener("hashchange", () => (options = look()));
const roll = new Roll(byId("roll"), direction);
const pace = new Pace((update) => roll.partial(update));
const feed = new Feed({
  clear: () => roll.clear(),
  take: (update) => {
    pace.drop(update.cue.id);
    return roll.take(update);
  },
  partial: (update) => {
    if (options.words === "on") pace.take(update);
  },
  meeting: ({ title }) => {
    document.title = title;
  },
  tell: () => {
    const { facts } = feed;
    const well = facts.connection === "live" && facts.health === "live" && !facts.ended && facts.policy === "on_record" && !facts.recovered;
    const origin = facts.origin || "automatic";
    const told = well ? say(origin) : sentence({ ...facts, recovered: 0 }, say);
    if (byId("status").textContent !== told) byId("status").textContent = told;
  },
});
const meeting = meetingOf(location.pathname);
const { claim } = claimFor(meeting);
follow(feed, meeting, connect, () => ({ ...claim, recent: true }));
