// @ts-check
/** The captions as readers see them, for people who run them: the reader's own view, one track at a time. */
import { CaptionsView } from "../captions-view.js";
import { byId, field } from "./dom.js";

const PARTIAL_MS = 250; // at most four pictures of the open cue a second, as readers have it

/**
 * @param {import("./meeting.js").MeetingClient} meeting
 * @returns {{track: () => string, view: CaptionsView}}
 */
export function captions(meeting) {
  const view = new CaptionsView(/** @type {ConstructorParameters<typeof CaptionsView>[0]} */ ({
    log: byId("log"), open: byId("open"), stable: byId("stable"), tail: byId("tail"), jump: byId("jump"),
  }));
  const select = field("track");
  let track = "";
  let drawn = 0;

  const show = () => {
    const tracks = [...meeting.transcript.tracks.values()];
    const options = /** @type {HTMLSelectElement} */ (/** @type {unknown} */ (select));
    if (tracks.map((each) => each.id).join("\n") !== [...options.options].map((option) => option.value).join("\n"))
      options.replaceChildren(...tracks.map((each) => new Option(meeting.called(each.id), each.id)));
    byId("track-label").hidden = tracks.length < 2;
    const wanted = meeting.transcript.tracks.has(track) ? track : (tracks[0]?.id ?? "");
    if (wanted) select.value = wanted;
    if (wanted === track) return;
    track = wanted;
    view.clear();
    for (const update of meeting.transcript.cues(track)) view.take(update, true);
  };
  select.addEventListener("change", () => {
    track = "";
    const chosen = meeting.transcript.tracks.get(select.value);
    if (chosen) meeting.transcript.tracks = new Map([[chosen.id, chosen], ...meeting.transcript.tracks]);
    show();
  });
  meeting.on("tracks", show);
  meeting.on("clear", () => {
    view.clear();
    track = "";
  });
  meeting.on("cue", (/** @type {{track: string, update: import("../fold.js").CueUpdate, fresh: boolean}} */ each) => {
    if (each.track === track || !track) view.take(each.update, true);
  });
  meeting.on("partial", (/** @type {{track: string, update: import("../fold.js").CueUpdate}} */ each) => {
    if (each.track !== track || performance.now() - drawn < PARTIAL_MS) return;
    drawn = performance.now();
    view.partial(each.update);
  });
  return { track: () => track || "floor", view };
}
