// @ts-check
/** The captions of the smaller pages (simple, pinned, embedded, beside a picture): one way to read, few controls. */
import { CaptionsView } from "./captions-view.js";
import { Feed, follow } from "./feed.js";
import { Pace } from "./pace.js";
import { Older, fetcher, onScroll } from "./older.js";
import { byId } from "./page.js";
import { gapText, sentence } from "./status.js";

/**
 * @param {import("./settings.js").Settings} settings @param {import("./status.js").Say} say
 * @param {{meeting: string, door: ReturnType<typeof import("./door.js").door>, connect: typeof import("./socket.js").connect}} way
 * @param {typeof sentence} worded what the reader is told
 */
export function smallView(settings, say, { meeting, door, connect }, worded = sentence) {
  // Found once: the small window may take the nodes into a document of its own.
  const nodes = {
    status: byId("status"), ended: byId("ended"), origin: byId("origin"), title: byId("title"), open: byId("open"),
    transcript: /** @type {HTMLAnchorElement} */ (byId("transcript")),
  };
  const view = new CaptionsView({
    log: byId("log"), open: nodes.open, stable: byId("stable"), tail: byId("tail"), jump: byId("jump"),
  }, undefined, (gap) => gapText(gap, say));
  const held = document.createElement("span"); // it counts on, and is not spoken
  held.id = "held";
  held.className = "meta";
  byId("pause").after(" ", held);
  const pace = new Pace((update) => view.partial(update));
  const tell = () => {
    const told = worded(feed.facts, say);
    const text = view.paused ? `${say("paused")} ${told}` : told;
    if (nodes.status.textContent !== text) nodes.status.textContent = text;
    held.textContent = view.paused ? say("held", { n: view.waiting }) : "";
    nodes.ended.hidden = !feed.facts.ended;
    door.tell(feed.facts);
    const { origin } = feed.facts;
    const by = origin ? say(origin) : "";
    if (nodes.origin.textContent !== by) nodes.origin.textContent = by;
    view.byPerson = origin === "human";
  };
  const feed = new Feed({
    clear: () => view.clear(),
    take: (update, quietly) => {
      pace.drop(update.cue.id);
      return view.take(update, quietly);
    },
    older: (updates) => view.older(updates),
    gap: (gap) => view.gap(gap),
    partial: (update) => {
      if (!nodes.open.hidden) pace.take(update);
    },
    meeting: ({ title }) => {
      nodes.title.textContent = title;
      document.title = title;
    },
    transcript: (path) => {
      nodes.transcript.href = path;
    },
    tell,
  });
  view.announce(settings.announce === "sentence");
  view.name(settings.speakers === "on");
  nodes.open.hidden = settings.partials === "off" || settings.data === "low";
  feed.choose(settings.captions);
  const socket = follow(feed, meeting, connect, () => ({ ...door.claim(), recent: true }));
  onScroll(byId("log"), new Older(feed, fetcher(meeting, door.headers)));
  door.stand(nodes.status, say, () => socket.knock());
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
