// @ts-check
/** The captions of the smaller pages (simple, pinned, embedded, beside a picture): one way to read, few controls. */
import { CaptionsView } from "./captions-view.js";
import { Feed, follow, meetingOf } from "./feed.js";
import { Pace } from "./pace.js";
import { byId } from "./page.js";
import { sentence } from "./status.js";

/**
 * @param {import("./settings.js").Settings} settings @param {import("./status.js").Say} say
 * @param {typeof import("./socket.js").connect} connect @param {typeof sentence} worded what the reader is told
 */
export function smallView(settings, say, connect, worded = sentence) {
  const view = new CaptionsView({
    log: byId("log"), open: byId("open"), stable: byId("stable"), tail: byId("tail"), jump: byId("jump"),
  });
  const pace = new Pace((update) => view.partial(update));
  const tell = () => {
    const told = worded(feed.facts, say);
    const text = view.paused ? `${say("paused", { n: view.waiting })} ${told}` : told;
    if (byId("status").textContent !== text) byId("status").textContent = text;
    byId("ended").hidden = !feed.facts.ended;
  };
  const feed = new Feed({
    clear: () => view.clear(),
    take: (update, quietly) => {
      pace.drop(update.cue.id);
      return view.take(update, quietly);
    },
    partial: (update) => {
      if (!byId("open").hidden) pace.take(update);
    },
    tracks: (_, chosen) => {
      byId("origin").textContent = say(chosen.origin);
    },
    meeting: ({ title }) => {
      byId("title").textContent = title;
      document.title = title;
    },
    transcript: (path) => {
      /** @type {HTMLAnchorElement} */ (byId("transcript")).href = path;
    },
    tell,
  });
  view.announce(settings.announce === "sentence");
  view.name(settings.speakers === "on");
  byId("open").hidden = settings.partials === "off" || settings.data === "low";
  follow(feed, meetingOf(location.pathname), connect);
  return { view, feed, tell };
}

/** A button that holds the captions back and lets them go on. @param {HTMLElement} node @param {ReturnType<typeof smallView>} small @param {import("./status.js").Say} say */
export function pauseButton(node, { view, tell }, say) {
  node.addEventListener("click", () => {
    view.pause(!view.paused);
    node.textContent = say(view.paused ? "resume" : "pause");
    tell();
  });
}
