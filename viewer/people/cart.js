// @ts-check
/** The human captioner's page: a field whose text goes out sentence by sentence, and the captions as readers see them. */
import { direction } from "../captions-view.js";
import { Api, meetingOf, takeToken } from "../host/access.js";
import { captions } from "../host/captions.js";
import { byId, field, report, set, tell } from "../host/dom.js";
import { Line } from "../host/line.js";
import { MeetingClient } from "../host/meeting.js";
import { told } from "../host/status.js";
import { why } from "../host/why.js";
import { words } from "../host/words.js";
import { Sent } from "./sent.js";
import { expand, terms } from "./terms.js";
import { Typing } from "./typing.js";

const ALIVE_MS = 2_000; // the server takes a silent captioner for absent
const TICK_MS = 200;
const TERMS_MS = 15_000;

const id = meetingOf(location.pathname);
const token = takeToken(id, location, sessionStorage, history);
const say = await words();
/** @type {HTMLAnchorElement} */ (byId("to-live")).href = `/live/${id}`;
if (token) run();
else {
  byId("refusal").hidden = false;
  set(byId("refusal"), say("no_token"));
}

/** Letters and digits that nobody else has. */
function random() {
  return [...crypto.getRandomValues(new Uint8Array(6))].map((byte) => byte.toString(36).padStart(2, "0")).join("").slice(0, 10);
}

function run() {
  const meeting = new MeetingClient(id, { role: "viewer", token });
  captions(meeting);
  const status = byId("status");
  const typed = /** @type {HTMLTextAreaElement} */ (byId("typed"));
  const take = /** @type {HTMLButtonElement} */ (byId("take"));
  const back = /** @type {HTMLButtonElement} */ (byId("back"));
  const sent = new Sent();
  /** @type {import("./terms.js").Term[]} */
  let known = [];
  /** @type {Line | null} */
  let line = null;
  let joined = false;
  let refusal = "";
  let handing = false; // back to the machine, and the server has not said so yet
  let typing = new Typing("", "en");
  const me = random();

  let chosen = false; // a language
  field("language").addEventListener("input", () => (chosen = true));
  /** The captions that are there have a language: it is taken over with them. */
  const adopt = () => {
    const there = meeting.transcript.tracks.get(field("track-id").value.trim());
    if (there && !chosen && !line) field("language").value = there.language;
  };

  const draw = () => {
    const mine = meeting.facts.captioners.find((each) => each.track === field("track-id").value);
    const who = mine && mine.health !== "absent" ? (mine.origin ?? "automatic") : "";
    handing &&= who === "human";
    let text = told(meeting.facts, say);
    if (meeting.facts.waiting) text = say("cart.open");
    if (refusal) text = refusal;
    else if (line) text = say(joined ? "cart.yours" : "cart.joining");
    else if (meeting.facts.connection === "live" && !meeting.facts.waiting && !meeting.facts.ended)
      text = say(who === "human" ? "cart.other" : who ? "cart.machine" : "cart.nobody");
    if (!handing) report(status, text);
    document.title = [meeting.facts.title, say("cart")].filter(Boolean).join(say("colon"));
    set(byId("title"), [say("cart"), meeting.facts.title].filter(Boolean).join(say("colon")));
    const n = sent.finals.size;
    report(byId("waiting"), n > 1 ? say("cart.waiting", { n }) : "");
    take.disabled = line !== null;
    back.disabled = line === null;
    typed.disabled = line === null;
    for (const name of ["track-id", "language"]) field(name).disabled = line !== null;
  };

  /** @param {import("../fold.js").CueUpdate[]} updates */
  const out = (updates) => {
    for (const update of updates) {
      sent.push(update);
      if (joined) line?.send({ type: "update", update });
    }
    if (updates.length) draw();
  };
  /** The field has what was typed; its caret stays where the person has it. */
  const settle = () => {
    const gone = typing.trim();
    const want = typing.text;
    if (typed.value === want) return;
    const [from, to] = [typed.selectionStart, typed.selectionEnd];
    const atEnd = to === typed.value.length;
    typed.value = want;
    if (atEnd) typed.setSelectionRange(want.length, want.length);
    else typed.setSelectionRange(Math.max(0, from - gone), Math.max(0, to - gone));
  };

  const join = () => {
    refusal = "";
    handing = false;
    typing = new Typing(`h-${random()}`, field("language").value.trim() || "en");
    typing.floor = meeting.now;
    typed.value = "";
    Object.assign(typed, { lang: typing.language, dir: direction(typing.language) });
    const track = { id: field("track-id").value.trim() || "floor", language: typing.language, label: "", origin: "human" };
    line = new Line(id, { role: "publisher", token, publisher: me, title: "", track }, {
      cursor: () => ({ epoch: "", seq: 0 }),
      message: receive,
      state: (state) => {
        if (state !== "live") joined = false;
        if (state === "refused") leave();
        draw();
      },
    });
    draw();
    typed.focus();
    typed.scrollIntoView({ block: "nearest" }); // on a small screen all of the field is in sight
  };
  const leave = () => {
    joined = false;
    line?.close();
    line = null;
    draw();
  };
  /** @param {import("../wire.js").FromServer} message */
  const receive = (message) => {
    if (message.type === "welcome") {
      meeting.zero = performance.now() - (message.now_ms ?? 0);
      joined = true;
      for (const update of sent.unanswered()) line?.send({ type: "update", update });
    } else if (message.type === "ack") sent.acknowledge(message.cue, message.revision);
    else if (message.type === "error" && message.fatal !== false) refusal = message.code === "track_taken" ? say("cart.taken") : why(message, say);
    else if (message.type === "error" && message.cue && message.code !== "storage") sent.acknowledge(message.cue, message.revision ?? 0);
    draw();
  };

  take.addEventListener("click", join);
  back.addEventListener("click", () => {
    out(typing.close(meeting.now));
    handing = line?.send({ type: "hand_back" }) ?? false;
    leave();
    take.focus();
  });
  typed.addEventListener("input", (event) => {
    if (/** @type {InputEvent} */ (event).isComposing) return; // an input method is not done with the word
    if (field("expand").checked) {
      const grown = expand(typed.value, typed.selectionStart, known);
      if (grown) {
        typed.value = grown.text;
        typed.setSelectionRange(grown.caret, grown.caret);
      }
    }
    typing.speaker = field("speaker").value.trim();
    out(typing.edit(typed.value, meeting.now));
    settle();
  });
  typed.addEventListener("compositionend", () => {
    out(typing.edit(typed.value, meeting.now));
    settle();
  });
  setInterval(() => {
    if (!line) return;
    out(typing.tick(meeting.now));
    settle();
  }, TICK_MS);
  setInterval(() => {
    if (joined) line?.send({ type: "report", health: "live" });
  }, ALIVE_MS);
  meeting.on("change", draw);
  meeting.on("tracks", adopt);
  byId("track-id").addEventListener("change", adopt);
  byId("track-id").addEventListener("change", draw);
  window.addEventListener("pagehide", () => out(typing.close(meeting.now)));
  draw();

  const api = new Api(id, token);
  const lookUp = async () => {
    try {
      const { glossary = "", roster = [] } = await api.ask("/terms");
      known = terms(glossary, roster);
      byId("names").replaceChildren(...roster.map((/** @type {{name: string}} */ one) => new Option(one.name)));
    } catch {
      if (meeting.facts.connection === "live") tell(byId("waiting"), ""); // without abbreviations the page works as well
    }
  };
  setInterval(lookUp, TERMS_MS);
  lookUp();
}
