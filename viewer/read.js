// @ts-check
/** The reading view: a text that stands still until the reader goes on, in one field that a Braille display shows. */
import { direction } from "./captions-view.js";
import { door } from "./door.js";
import { Feed, follow, meetingOf } from "./feed.js";
import { Field } from "./field.js";
import { listen, readKeys } from "./keys.js";
import { sizes, themes } from "./looks.js";
import { byId, choices, keep, speak, stored, takeLink } from "./page.js";
import { Reading, STEPS, kept } from "./reading.js";
import { connect } from "./socket.js";
import { gapText, sentence } from "./status.js";
import { trackNames } from "./tracks.js";
import { wakeSwitch } from "./wake.js";

const KEYS = { next: "n", back: "b", newest: "e", beginning: "h", where: "w" };
const meeting = meetingOf(location.pathname);
const settings = choices(location.hash);
const entry = door(meeting, settings);
takeLink();
const { say, language } = await speak(settings);
const reading = new Reading();
const field = new Field(byId("text"));
const step = /** @type {HTMLSelectElement} */ (byId("step"));
let keys = readKeys(stored("captions.keys"), KEYS);
let listed = 0;
let placed = false; // the place of an earlier visit was looked for

/** @param {string} track */
const placeKey = (track) => `captions.reading.${meeting}.${track}`;

/** Show what the reading holds now; called only for what the reader did, or for the first text. @param {boolean} go into the text */
function show(go = false) {
  field.show(reading.text, reading.language, direction(reading.language), go || field.focused);
  if (reading.at) keep(placeKey(feed.track), JSON.stringify(reading.at));
  count();
}

/** Seen, but not announced: the reader asks with "Where am I?". */
function count() {
  const told = reading.behind ? say("read.behind", { n: reading.behind }) : say("read.at_newest");
  if (byId("behind").textContent !== told) byId("behind").textContent = told;
  if (reading.corrections.length === listed) return;
  listed = reading.corrections.length;
  byId("corrections-title").textContent = `${say("read.corrections")} (${listed})`;
  byId("corrections-none").hidden = listed > 0;
  byId("correction-list").replaceChildren(
    ...reading.corrections.map(({ before, now }) => {
      const item = document.createElement("li");
      item.textContent = now ? say("read.corrected", { before, now }) : say("read.retracted", { before });
      return item;
    }),
  );
}

/** @param {string} told */
function tellOnce(told) {
  byId("told").textContent = "";
  setTimeout(() => (byId("told").textContent = told), 50); // the same words twice are said twice
}

/** @param {string} action @param {boolean} key a key of the text; a button keeps the focus */
function act(action, key = false) {
  byId("told").textContent = "";
  if (action === "where") {
    const changed = reading.corrections.length ? ` ${say("read.changed", { n: reading.corrections.length })}` : "";
    tellOnce(`${byId("behind").textContent}${changed} ${byId("status").textContent}`);
  } else if (action === "next" ? reading.next() : action === "back" ? reading.back() : action === "newest" ? reading.newest() : reading.beginning()) {
    show(key);
  } else {
    tellOnce(say(!reading.cues.length ? "read.nothing" : action === "back" ? "read.first" : "read.at_newest"));
  }
}

const feed = new Feed({
  clear: () => {
    reading.clear();
    placed = false;
    field.show("", "en", "ltr", false);
  },
  take: (update) => reading.take(update),
  gap: (gap) => {
    if (gap.end > gap.start) reading.gap(gap, gapText(gap, say), language);
  },
  tracks: (tracks, chosen) => {
    const select = /** @type {HTMLSelectElement} */ (byId("track"));
    byId("track-label").hidden = tracks.length < 2;
    const names = trackNames(tracks, language);
    select.replaceChildren(...tracks.map((each, index) => new Option(names[index], each.id)));
    select.value = chosen.id;
  },
  meeting: ({ title }) => {
    byId("title").textContent = title;
    document.title = `${title}: ${say("read.title")}`;
  },
  transcript: (path) => {
    /** @type {HTMLAnchorElement} */ (byId("transcript")).href = path;
  },
  tell: () => {
    if (!placed && reading.cues.length) {
      placed = true;
      const place = kept(stored(placeKey(feed.track)));
      if (place ? reading.restore(place) : reading.newest()) show();
    }
    const told = sentence(feed.facts, say);
    if (byId("status").textContent !== told) byId("status").textContent = told;
    byId("ended").hidden = !feed.facts.ended;
    entry.tell(feed.facts);
    const by = feed.facts.origin ? say(feed.facts.origin) : "";
    if (byId("origin").textContent !== by) byId("origin").textContent = by;
    count();
  },
});

/** @type {HTMLAnchorElement} */ (byId("live")).href = `/live/${encodeURIComponent(meeting)}`;
/** @type {HTMLAnchorElement} */ (byId("help")).href = `/help/braille?language=${language}`;
step.replaceChildren(...STEPS.map((value) => new Option(/\d/.test(value) ? say("read.cells", { n: value }) : say(`read.${value}`), value)));
step.value = STEPS.includes(stored("captions.step") ?? "") ? (stored("captions.step") ?? "") : "caption";
reading.choose(step.value, settings.speakers === "on");
step.addEventListener("change", () => {
  keep("captions.step", step.value);
  reading.choose(step.value, settings.speakers === "on");
  if (reading.at) show();
});
for (const action of Object.keys(KEYS)) byId(action).addEventListener("click", () => act(action));
byId("text").addEventListener("keydown", (press) => {
  if (press.key !== "Enter" || press.ctrlKey || press.altKey || press.metaKey) return;
  press.preventDefault();
  act(press.shiftKey ? "back" : "next", true);
});
listen(() => keys, (action) => act(action, true));
byId("skip").addEventListener("click", (press) => {
  press.preventDefault();
  field.focus();
});

const on = /** @type {HTMLInputElement} */ (byId("keys-on"));
const keepKeys = () => keep("captions.keys", JSON.stringify(keys));
on.checked = keys.on;
on.addEventListener("change", () => {
  keys.on = on.checked;
  keepKeys();
});
byId("key-list").replaceChildren(
  ...Object.keys(KEYS).map((action) => {
    const label = document.createElement("label");
    const input = document.createElement("input");
    input.maxLength = 1;
    input.size = 2;
    input.autocomplete = "off";
    input.value = keys.keys[action] ?? "";
    input.addEventListener("change", () => {
      keys = readKeys(JSON.stringify({ on: keys.on, keys: { ...keys.keys, [action]: input.value } }), { ...KEYS, ...keys.keys });
      input.value = keys.keys[action] ?? "";
      keepKeys();
    });
    label.append(`${say(`read.${action}`)} `, input);
    return label;
  }),
);
byId("track").addEventListener("change", () => feed.choose(/** @type {HTMLSelectElement} */ (byId("track")).value));
themes(/** @type {HTMLSelectElement} */ (byId("theme")), settings, say);
sizes(byId("bigger"), byId("smaller"), settings);
wakeSwitch(/** @type {HTMLInputElement} */ (byId("awake")), byId("awake-label"));
feed.choose(settings.captions);
const socket = follow(feed, meeting, connect, () => ({ ...entry.claim(), partials: false })); // partials are never shown here
entry.stand(byId("status"), say, () => socket.knock());
