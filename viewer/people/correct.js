// @ts-check
/** The corrector's page: the last captions while they run, each one to be mended from the keyboard. */
import { meetingOf, takeToken } from "../host/access.js";
import { Api } from "../host/access.js";
import { direction } from "../captions-view.js";
import { ask, byId, clock, field, make, report, set, tell } from "../host/dom.js";
import { MeetingClient } from "../host/meeting.js";
import { told } from "../host/status.js";
import { failure } from "../host/why.js";
import { words } from "../host/words.js";
import { Book } from "./book.js";
import { CueList } from "./cue-list.js";
import { capitalise, compare, joined, split } from "./fixes.js";
import { applied, suggest, terms } from "./terms.js";

/** @typedef {import("../fold.js").CueUpdate} CueUpdate */

const KEYS = "captions.correct.keys";
const TERMS_MS = 15_000; // the host may change the glossary

const id = meetingOf(location.pathname);
const token = takeToken(id, location, sessionStorage, history);
const say = await words();
/** @type {HTMLAnchorElement} */ (byId("to-live")).href = `/live/${id}`;
if (token) run();
else {
  byId("refusal").hidden = false;
  set(byId("refusal"), say("no_token"));
}

function run() {
  const meeting = new MeetingClient(id, { role: "corrector", token });
  const api = new Api(id, token);
  const book = new Book();
  const status = byId("status");
  const text = /** @type {HTMLTextAreaElement} */ (byId("text"));
  const speaker = field("speaker");
  /** @type {import("./terms.js").Term[]} */
  let known = [];
  let track = "";
  let editing = ""; // a cue's id
  /** @type {CueUpdate | null} */
  let base = null;
  /** @type {import("./terms.js").Suggestion[]} */
  let offered = [];

  const newest = (/** @type {string} */ cue) => meeting.transcript.kept.get(`${track}\n${cue}`)?.update ?? null;
  const list = new CueList(byId("cues"), say, {
    edit: (cue) => open(cue), key: (key, cue) => shortcut(key, cue), chosen: (cue) => suggestFor(newest(cue)?.cue.text ?? ""),
  });

  let done = ""; // what is said once the server has taken all that was sent
  /** @param {Record<string, unknown>} message @param {string} words */
  const send = (message, words) => {
    done = words;
    if (!meeting.send(message)) tell(status, say("offline")); // it is sent again on the next connection
  };

  // --- what comes
  const show = () => {
    const tracks = [...meeting.transcript.tracks.values()];
    const select = /** @type {HTMLSelectElement} */ (byId("track"));
    if (tracks.map((each) => each.id).join("\n") !== [...select.options].map((option) => option.value).join("\n"))
      select.replaceChildren(...tracks.map((each) => new Option(meeting.called(each.id), each.id)));
    byId("track-label").hidden = tracks.length < 2;
    const wanted = meeting.transcript.tracks.has(track) ? track : (tracks[0]?.id ?? "");
    if (wanted === track) return;
    track = select.value = wanted;
    list.clear();
    for (const update of meeting.transcript.cues(track)) list.take(update);
  };
  byId("track").addEventListener("change", () => {
    const wanted = /** @type {HTMLSelectElement} */ (byId("track")).value;
    close();
    track = wanted;
    list.clear();
    for (const update of meeting.transcript.cues(track)) list.take(update);
  });
  meeting.on("tracks", show);
  meeting.on("clear", () => {
    list.clear();
    track = "";
  });
  meeting.on("cue", (/** @type {{track: string, update: CueUpdate}} */ each) => {
    if (each.track !== track) return;
    list.take(each.update);
    byId("none").hidden = list.size > 0;
    byId("cues").hidden = list.size === 0;
  });
  meeting.on("change", () => {
    if (meeting.facts.connection !== "live" || meeting.facts.waiting || meeting.facts.ended) report(status, told(meeting.facts, say));
    else if (Object.values(["connecting", "reconnecting", "stale"]).some((state) => status.textContent === say(`is.${state}`))) report(status, say("is.live"));
    else if (!status.textContent) report(status, told(meeting.facts, say));
    document.title = [meeting.facts.title, say("correct")].filter(Boolean).join(say("colon"));
    set(byId("title"), [say("correct"), meeting.facts.title].filter(Boolean).join(say("colon")));
  });
  meeting.on("welcome", () => {
    for (const message of book.unanswered()) meeting.send(message);
    if (editing) meeting.send({ type: "editing", track, cue: editing });
  });
  meeting.on("being_edited", (/** @type {{track: string, cue?: string, by: number}} */ each) => {
    if (each.track === track) list.claim(each.by, each.cue ?? "");
    if (each.track === track && editing && each.cue === editing) tell(status, say("correct.also"));
  });
  meeting.on("ack", (/** @type {{cue: string, revision: number}} */ each) => {
    if (book.acknowledged(each.cue, each.revision) && !book.waiting.size) tell(status, done);
  });
  meeting.on("error", (/** @type {{code: string, cue?: string, message: string, fatal?: boolean}} */ each) => {
    if (each.code === "conflict" && each.cue) conflict(each.cue);
    else if (each.fatal === false && each.code !== "no_meeting") {
      const mine = each.cue ? book.refused(each.cue) : null;
      const now = mine && newest(mine.update.cue.id);
      if (now) list.expect(now);
      tell(status, failure(each, say));
    }
  });

  // --- the editor
  const open = (/** @type {string} */ cue, /** @type {string | null} */ words = null) => {
    base = newest(cue);
    if (!base) return;
    editing = cue;
    text.value = words ?? base.cue.text;
    text.lang = base.cue.language;
    text.dir = direction(base.cue.language);
    speaker.value = base.cue.speaker ?? "";
    byId("editor").hidden = false;
    set(byId("error"), "");
    set(byId("h-editor"), [say("correct.editor"), clock(base.cue.start)].join(say("colon")));
    text.focus();
    text.setSelectionRange(text.value.length, text.value.length);
    suggestFor(text.value);
    meeting.send({ type: "editing", track, cue });
  };
  const close = () => {
    if (!editing) return;
    const was = editing;
    editing = "";
    byId("editor").hidden = true;
    meeting.send({ type: "editing", track, cue: "" });
    list.focus(was);
  };
  const save = () => {
    const wanted = text.value.replace(/\s+/gu, " ").trim();
    if (!base) return;
    if (!wanted) {
      tell(byId("error"), say("correct.empty"));
      text.focus();
      return;
    }
    const name = speaker.value.replace(/\s+/gu, " ").trim();
    if (wanted !== base.cue.text || name !== (base.cue.speaker ?? "")) {
      const message = book.correct(track, base, { ...base.cue, text: wanted, speaker: name });
      list.expect(message.update); // the focus comes back to what was written
      send(message, say("correct.saved"));
    }
    close();
  };
  const suggestFor = (/** @type {string} */ words) => {
    offered = suggest(words, known);
    byId("suggestions").replaceChildren(...(offered.length
      ? offered.map((each, index) => make("button", { type: "button", click: () => take(index) },
          say("correct.suggestion", { n: index + 1, from: words.slice(each.from, each.to), to: each.term })))
      : [say("correct.no_suggestion")]));
  };
  const take = (/** @type {number} */ index) => {
    const one = offered[index];
    if (!one || !editing) return;
    text.value = applied(text.value, one);
    suggestFor(text.value);
    text.focus();
  };

  // --- the usual fixes
  const change = (/** @type {string} */ cue, /** @type {string} */ words) => {
    const now = newest(cue);
    if (now && words && words !== now.cue.text) send(book.correct(track, now, { ...now.cue, text: words }), say("correct.saved_as", { text: words }));
  };
  const retract = (/** @type {string} */ cue) => {
    const now = newest(cue);
    if (now) send(book.correct(track, now, { ...now.cue, text: "", speaker: "" }, "retracted"), say("correct.retracted"));
  };
  const join = (/** @type {string} */ cue) => {
    const one = newest(cue);
    const next = newest(list.after(cue));
    if (!one || !next) return tell(status, say("correct.no_next"));
    const whole = joined(editing === cue ? text.value : one.cue.text, next.cue.text);
    const words = say("correct.saved_as", { text: whole });
    send(book.correct(track, one, { ...one.cue, text: whole, end: Math.max(one.cue.end, next.cue.end) }), words);
    send(book.correct(track, next, { ...next.cue, text: "", speaker: "" }, "retracted"), words);
    close();
  };
  const divide = () => {
    if (!base) return;
    const parts = split(base.cue, text.value, text.selectionStart);
    if (!parts) return tell(status, say("correct.not_split"));
    const second = { ...base.cue, id: `${base.cue.id.slice(0, 55)}-${Math.random().toString(36).slice(2, 8)}`, start: parts.middle, text: parts.second, words: [] };
    const words = say("correct.saved_as", { text: `${parts.first} / ${parts.second}` });
    send(book.correct(track, base, { ...base.cue, text: parts.first, end: parts.middle }), words);
    send(book.correct(track, null, second), words);
    close();
  };
  const undo = () => {
    const messages = book.undo(track, newest);
    if (!messages.length) return tell(status, say("correct.nothing"));
    const words = say("correct.undone", { text: messages.map(({ update }) => update.cue.text).filter(Boolean).join(" / ") });
    for (const message of messages) send(message, words);
  };
  const shortcut = (/** @type {string} */ key, /** @type {string} */ cue) => {
    if (field("keys").value === "off" && key !== "Delete") return false;
    const now = newest(cue)?.cue.text ?? "";
    if (key === "c") change(cue, capitalise(now));
    else if (key === "j") join(cue);
    else if (key === "Delete") retract(cue);
    else if (key === "u") undo();
    else if (["1", "2", "3"].includes(key)) {
      const one = suggest(now, known)[Number(key) - 1];
      if (one) change(cue, applied(now, one));
      else tell(status, say("correct.no_suggestion"));
    } else return false;
    return true;
  };

  // --- two people at one caption
  const conflict = async (/** @type {string} */ cue) => {
    const mine = book.refused(cue);
    const theirs = newest(cue);
    if (theirs) list.expect(theirs);
    if (!mine || !theirs) return mine ? tell(status, say("failed", { why: say("why.away") })) : undefined;
    const parts = compare(mine.update.cue.text, theirs.cue.text);
    const draw = (/** @type {"mine" | "theirs"} */ whose) => byId(whose).replaceChildren(...parts.flatMap((part) =>
      [part.same ? part.mine : make("mark", {}, part[whose] || "–"), " "]));
    draw("mine");
    draw("theirs");
    for (const whose of ["mine", "theirs"]) Object.assign(byId(whose), { lang: theirs.cue.language, dir: direction(theirs.cue.language) });
    const answer = await ask(/** @type {HTMLDialogElement} */ (byId("conflict")));
    const now = newest(cue) ?? theirs;
    if (answer === "mine") send(book.correct(track, now, { ...now.cue, text: mine.update.cue.text }), say("correct.saved_as", { text: mine.update.cue.text }));
    else if (answer === "merge") open(cue, mine.update.cue.text);
    else tell(status, [say("correct.theirs"), now.cue.text].join(say("colon")));
  };

  // --- keys and buttons
  text.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) save();
    else if (event.key === "Enter" && event.altKey) divide();
    else if (event.key === "Enter" && !event.shiftKey) save();
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  speaker.addEventListener("keydown", (event) => {
    if (event.key === "Enter") save();
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  text.addEventListener("input", () => suggestFor(text.value));
  const press = (/** @type {string} */ button, /** @type {() => void} */ action) => byId(button).addEventListener("click", action);
  press("save", save);
  press("cancel", close);
  press("capital", () => {
    const at = text.selectionStart;
    text.value = capitalise(text.value, at);
    text.focus();
    text.setSelectionRange(at, at);
  });
  press("join", () => join(editing));
  press("split", divide);
  press("retract", () => {
    retract(editing);
    close();
  });
  press("undo", undo);
  try {
    field("keys").value = localStorage.getItem(KEYS) ?? "on";
  } catch {
    // storage is off
  }
  byId("keys").addEventListener("change", () => {
    try {
      localStorage.setItem(KEYS, field("keys").value);
    } catch {
      // as above
    }
  });

  const lookUp = async () => {
    try {
      const { glossary = "", roster = [] } = await api.ask("/terms");
      known = terms(glossary, roster);
      byId("names").replaceChildren(...roster.map((/** @type {{name: string}} */ one) => new Option(one.name)));
    } catch {
      // without suggestions the page works as well
    }
  };
  setInterval(lookUp, TERMS_MS);
  lookUp();
}
