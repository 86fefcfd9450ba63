// @ts-check
/** Who speaks: the roster as buttons and hot keys, somebody else by name, and another name for what was said. */
import { byId, field, make, report, set, tell } from "./dom.js";

/** @typedef {{name: string, affiliation?: string, role?: string, key?: string, consent?: boolean}} Person */

const STORE = "captions.host.keys";

/**
 * The digit of a hot key, "" when the event is none. By the key's place, so that Shift and layouts do not matter.
 * @param {{code: string, altKey: boolean, shiftKey: boolean, ctrlKey: boolean, metaKey: boolean}} event @param {string} mode
 */
export function hotKey(event, mode) {
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code)?.[1] ?? "";
  const { altKey, shiftKey, ctrlKey, metaKey } = event;
  const held = mode === "altshift" ? altKey && shiftKey && !ctrlKey : mode === "ctrlalt" && ctrlKey && altKey && !shiftKey;
  return held && !metaKey ? digit : "";
}

const SETTLED_MS = 150; // for a screen reader to learn that the keys are up
const HELD_MS = 1_000; // keys that are held longer, or whose end another window saw

/**
 * Do it once a hot key's keys are up: Orca takes what changes while Alt or Ctrl is held with a digit for another page, and is silent.
 * @param {() => void} act
 */
function onceUp(act) {
  const timer = setTimeout(() => done(0), HELD_MS);
  const done = (/** @type {number} */ ms) => {
    clearTimeout(timer);
    document.removeEventListener("keyup", up);
    setTimeout(act, ms);
  };
  const up = (/** @type {KeyboardEvent} */ event) => {
    if (!event.altKey && !event.ctrlKey && !event.shiftKey) done(SETTLED_MS);
  };
  document.addEventListener("keyup", up);
}

/** The names in a track's captions, the latest first. @param {import("../fold.js").CueUpdate[]} updates */
export function namesIn(updates) {
  return [...new Set(updates.map((update) => update.cue.speaker ?? "").reverse())].filter(Boolean);
}

/**
 * @param {import("./meeting.js").MeetingClient} meeting @param {import("../status.js").Say} say @param {() => string} track
 */
export function speakers(meeting, say, track) {
  /** @type {Person[]} */
  let roster = [];
  let current = "";
  const status = byId("speaker-status");
  let policy = "";
  const notes = ["speaker.chatham", "speaker.off_record"];

  /** Name who speaks; returns what is to be said of it. @param {string} name */
  const name = (name) => {
    if (!meeting.send({ type: "speaker", track: track(), name })) return say("offline");
    current = name;
    draw();
    return name ? say("speaker.now", { name }) : say("speaker.now_nobody");
  };
  const choose = (/** @type {string} */ who) => tell(status, name(who));
  const draw = () => {
    const place = byId("speakers");
    const wanted = [{ name: "", consent: true, key: "0" }, ...roster];
    const same = [...place.children].map((node) => node.getAttribute("data-name")).join("\n") === wanted.map((one) => one.name).join("\n");
    if (!same)
      place.replaceChildren(...wanted.map((one) => {
        const label = one.name || say("speaker.none");
        const button = make("button", { type: "button", "data-name": one.name, click: () => choose(one.name) },
          make("bdi", {}, one.consent ? label : say("speaker.no_consent", { name: label })));
        if (one.key) button.append(make("kbd", { "aria-hidden": "true" }, one.key));
        if (one.key) button.setAttribute("aria-description", say("speaker.key", { key: one.key }));
        return button;
      }));
    for (const [index, node] of [...place.children].entries()) {
      node.setAttribute("aria-pressed", String(wanted[index]?.name === current));
      /** @type {HTMLButtonElement} */ (node).disabled = !wanted[index]?.consent;
    }
    byId("names").replaceChildren(...roster.filter((one) => one.consent).map((one) => new Option(one.name)));
  };
  const fill = () => {
    const names = namesIn(meeting.transcript.cues(track()));
    const select = field("rename-from");
    const shown = [.../** @type {any} */ (select).options].map((/** @type {HTMLOptionElement} */ option) => option.value);
    if (!select.childElementCount || shown.filter(Boolean).join("\n") !== names.join("\n"))
      select.replaceChildren(...(names.length ? names.map((name) => new Option(name, name)) : [new Option(say("rename.none"), "")]));
  };

  const keys = field("keys");
  try {
    keys.value = localStorage.getItem(STORE) ?? "off";
  } catch {
    keys.value = "off";
  }
  keys.addEventListener("change", () => {
    try {
      localStorage.setItem(STORE, keys.value);
    } catch {
      // storage is off: the choice holds for this page
    }
  });
  document.addEventListener("keydown", (event) => {
    const digit = hotKey(event, keys.value);
    const one = digit === "0" ? { name: "", consent: true } : roster.find((person) => person.key === digit);
    if (!digit || !one) return;
    event.preventDefault();
    const words = one.consent ? name(one.name) : say("speaker.no_consent", { name: one.name });
    onceUp(() => tell(status, words));
  });
  byId("other").addEventListener("submit", (event) => {
    event.preventDefault();
    choose(field("other-name").value.trim());
  });
  byId("rename").addEventListener("submit", (event) => {
    event.preventDefault();
    const from = field("rename-from").value;
    const to = field("rename-to").value.trim();
    if (!from || !to) return tell(status, say(from ? "rename.empty" : "rename.none"));
    const n = meeting.transcript.cues(track()).filter((update) => update.cue.speaker === from).length;
    if (meeting.send({ type: "rename", track: track(), from, to })) tell(status, say("rename.done", { n }));
    else tell(status, say("offline"));
  });
  byId("rename-from").addEventListener("focus", fill);
  meeting.on("cue", fill);
  fill();
  meeting.on("change", () => {
    if (policy !== meeting.facts.policy) {
      policy = meeting.facts.policy;
      current = "";  // no name outlives the policy under which it was given
      const note = notes.find((each) => each.endsWith(policy));
      if (note) report(status, say(note));
      else if (notes.some((each) => status.textContent === say(each))) set(status, "");
    }
    draw();
  });
  draw();
  return {
    /** @param {Person[]} people */
    use(people) {
      roster = people;
      draw();
    },
  };
}
