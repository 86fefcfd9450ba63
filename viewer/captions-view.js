// @ts-check
/**
 * The two channels: finals in a role=log, one flat paragraph with one text node each, appended once and never rendered
 * again; and the open cue in a line that assistive technology does not see. Measured with Orca: interim text in a live
 * region is spoken five times over, this once.
 */
import { splitStable } from "./fold.js";
import { History } from "./history.js";

/** @typedef {import("./fold.js").Gap} Gap */

const RTL = new Set(["ar", "fa", "he", "ur", "ps", "yi"]);
const NEAR_PX = 48; // so near to the end counts as at the end
const QUIET_MS = 300; // a screen reader takes events a little later than the page makes them

/** @param {string} language */
export const direction = (language) => (RTL.has(language.split("-")[0]?.toLowerCase() ?? "") ? "rtl" : "ltr");

/** @param {import("./fold.js").Cue} cue @param {boolean} named */
export const spoken = (cue, named = true) => (named && cue.speaker ? `${cue.speaker}: ${cue.text}` : cue.text);

/** A time on the meeting's timeline. @param {number} ms */
export function clock(ms) {
  const parts = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60, Math.floor(ms / 1000) % 60];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}

/** Shows one track. */
export class CaptionsView {
  /**
   * @param {{log: HTMLElement, open: HTMLElement, stable: HTMLElement, tail: HTMLElement, jump: HTMLElement}} nodes
   * @param {(texts: string[]) => void} say to a screen reader, what the log itself could not say
   * @param {(gap: Gap) => string} worded a stretch without captions, in words
   */
  constructor(nodes, say = () => {}, worded = () => "") {
    this.nodes = nodes;
    this.say = say;
    this.worded = worded;
    this.history = new History();
    /** @type {string[]} captions that came while the log kept silent for a correction */
    this.unsaid = [];
    /** @type {Map<string, {node: HTMLParagraphElement, update: import("./fold.js").CueUpdate}>} */
    this.shown = new Map();
    /** @type {Map<string, {node: HTMLElement, gap: Gap}>} stretches without captions, in their places; they count as no captions */
    this.gaps = new Map();
    this.live = "off";
    this.follow = true;
    this.moving = false; // to the end, with the next picture
    this.openCue = "";
    this.quietUntil = 0;
    this.speakers = true;
    this.paused = false;
    this.byPerson = false; // whether a person makes all captions now: then no caption stands out for it
    /** @type {{update: import("./fold.js").CueUpdate, fresh: boolean}[]} held back while the reader pauses */
    this.held = [];
    /** @type {Gap[]} */
    this.heldGaps = [];
    nodes.log.addEventListener("scroll", () => this.#scrolled());
    nodes.jump.addEventListener("click", () => this.jump());
  }

  /** @param {boolean} on */
  announce(on) {
    this.live = on ? "polite" : "off";
    if (!this.quietUntil) this.nodes.log.setAttribute("aria-live", this.live);
  }

  /** Show the speakers' names or not. @param {boolean} on */
  name(on) {
    if (on === this.speakers) return;
    this.speakers = on;
    this.#quietly(() => {
      for (const { node, update } of this.shown.values())
        if (node.firstChild) node.firstChild.nodeValue = spoken(update.cue, on);
    });
  }

  /** Hold everything back until the reader goes on; what was held comes without an announcement. @param {boolean} on */
  pause(on) {
    this.paused = on;
    if (on) return;
    const held = this.held;
    this.held = [];
    for (const { update } of held) this.take(update, true);
    for (const gap of this.heldGaps.splice(0)) this.gap(gap);
  }

  /** How many new captions wait behind the pause. */
  get waiting() {
    return this.held.filter((each) => each.fresh).length;
  }

  /** What is shown, as text. */
  text() {
    const kept = /** @type {HTMLElement[]} */ ([...this.nodes.log.children]).filter((node) => !node.hidden);
    return kept.map((node) => `${node.textContent}\n`).join("");
  }

  /** The shown captions that contain a text. @param {string} wanted @returns {HTMLParagraphElement[]} */
  find(wanted) {
    const sought = wanted.trim().toLocaleLowerCase();
    if (!sought) return [];
    const nodes = [...this.shown.values()].map(({ node }) => node);
    return nodes.filter((node) => !node.hidden && node.textContent?.toLocaleLowerCase().includes(sought));
  }

  /** The first caption that is in view: the reader's place. @returns {HTMLParagraphElement | null} */
  place() {
    const top = this.nodes.log.getBoundingClientRect().top;
    const nodes = [...this.shown.values()].map(({ node }) => node);
    return nodes.find((node) => !node.hidden && node.getBoundingClientRect().bottom > top) ?? null;
  }

  /** Go to a caption; following stops. @param {HTMLElement} node */
  show(node) {
    this.nodes.log.focus({ preventScroll: true });
    this.nodes.log.scrollTop += node.getBoundingClientRect().top - this.nodes.log.getBoundingClientRect().top;
  }

  /** Empty the page for another track or another record. */
  clear() {
    this.#quietly(() => this.nodes.log.replaceChildren());
    this.shown.clear();
    this.gaps.clear();
    this.history.clear();
    this.held = [];
    this.heldGaps = [];
    this.unsaid = [];
    this.#closeOpen();
    this.follow = true;
  }

  /**
   * Take a final, a correction or a retraction; true when a caption is new.
   * @param {import("./fold.js").CueUpdate} update @param {boolean} quietly not to be announced
   */
  take(update, quietly) {
    const known = this.shown.get(update.cue.id);
    if (known && update.revision <= known.update.revision) return false;
    if (this.paused) return this.#hold(update, !known);
    if (update.cue.id === this.openCue) this.#closeOpen();
    if (known) {
      this.history.note(known.update, update);
      this.#quietly(() => this.#correct(known.node, update));
      known.update = update;
      document.dispatchEvent(new Event("corrected"));
      return false;
    }
    if (update.status !== "final") return false;
    const add = () => this.#append(update);
    if (quietly) this.#quietly(add);
    else {
      add();
      if (this.quietUntil && this.live === "polite") this.unsaid.push(spoken(update.cue, this.speakers));
    }
    return true;
  }

  /** Show a stretch without captions in its place, or how long it was; the log keeps silent, the status tells it. @param {Gap} gap */
  gap(gap) {
    if (this.paused) return void this.heldGaps.push(gap);
    const name = `${gap.reason} ${gap.start}`;
    const known = this.gaps.get(name);
    if (known?.gap.end === gap.end) return;
    const node = known?.node ?? document.createElement("div");
    this.gaps.set(name, { node, gap });
    node.className = "gap";
    this.#quietly(() => {
      node.textContent = this.worded(gap);
      if (!known) this.#place(node, gap.start);
    });
    if (this.follow) this.#toEnd();
  }

  /** The reader has another language. */
  reword() {
    if (this.gaps.size) this.#quietly(() => this.gaps.forEach(({ node, gap }) => (node.textContent = this.worded(gap))));
  }

  /** Behind what began before it. @param {HTMLElement} node @param {number} start ms */
  #place(node, start) {
    const all = [...this.shown.values(), ...this.gaps.values()];
    const before = new Map(all.map((each) => [each.node, "gap" in each ? each.gap.start : each.update.cue.start]));
    let after = this.nodes.log.lastElementChild;
    while (after && (before.get(/** @type {any} */ (after)) ?? 0) >= start) after = after.previousElementSibling;
    if (after) after.after(node);
    else this.nodes.log.prepend(node);
  }

  /** Put captions before all that is shown; what is in view stays in view. @param {import("./fold.js").CueUpdate[]} updates in order */
  older(updates) {
    const fresh = updates.filter((each) => !this.shown.has(each.cue.id));
    if (!fresh.length) return;
    const made = fresh.map((update) => ({ node: this.#paragraph(update), update }));
    const { log } = this.nodes;
    const below = log.scrollHeight - log.scrollTop;
    this.#quietly(() => log.prepend(...made.map(({ node }) => node)));
    if (!this.follow) log.scrollTop = log.scrollHeight - below;
    const after = this.shown;
    this.shown = new Map(made.map((each) => [each.update.cue.id, each]));
    for (const [id, each] of after) this.shown.set(id, each);
    if (this.follow) this.#toEnd();
  }

  /** Show the open cue. @param {import("./fold.js").CueUpdate} update */
  partial(update) {
    if (this.paused || this.shown.has(update.cue.id)) return;
    const { stable, tail } = splitStable(update);
    this.openCue = update.cue.id;
    this.nodes.open.lang = update.cue.language;
    this.nodes.open.dir = direction(update.cue.language);
    if (this.nodes.stable.textContent !== stable) this.nodes.stable.textContent = stable;
    if (this.nodes.tail.textContent !== tail) this.nodes.tail.textContent = tail;
  }

  /** The page has another size: stay at the newest caption. */
  settle() {
    this.#toEnd();
  }

  jump() {
    this.follow = true;
    this.#toEnd();
    this.nodes.jump.hidden = true;
    this.nodes.log.focus({ preventScroll: true }); // the button that had the focus is gone
  }

  /** @param {import("./fold.js").CueUpdate} update @param {boolean} unknown */
  #hold(update, unknown) {
    const before = this.held.find((each) => each.update.cue.id === update.cue.id);
    if (before && update.revision <= before.update.revision) return false;
    const fresh = unknown && !before && update.status === "final";
    this.held.push({ update, fresh });
    if (update.cue.id === this.openCue) this.#closeOpen();
    return fresh;
  }

  #closeOpen() {
    this.openCue = "";
    this.nodes.stable.textContent = "";
    this.nodes.tail.textContent = "";
  }

  /** @param {import("./fold.js").CueUpdate} update */
  #paragraph(update) {
    const node = document.createElement("p");
    node.lang = update.cue.language;
    node.dir = direction(update.cue.language);
    node.dataset["time"] = clock(update.cue.start);
    if (this.#corrected(update)) node.className = "corrected";
    node.append(document.createTextNode(spoken(update.cue, this.speakers)));
    return node;
  }

  /** @param {import("./fold.js").CueUpdate} update */
  #append(update) {
    const node = this.#paragraph(update);
    this.nodes.log.append(node);
    this.shown.set(update.cue.id, { node, update });
    if (this.follow) this.#toEnd();
    else this.nodes.jump.hidden = false;
  }

  /** A person has changed what a machine said. @param {import("./fold.js").CueUpdate} update */
  #corrected(update) {
    return update.human === true && !this.byPerson;
  }

  /** @param {HTMLParagraphElement} node @param {import("./fold.js").CueUpdate} update */
  #correct(node, update) {
    if (update.status === "retracted") {
      node.hidden = true;
      return;
    }
    node.hidden = false;
    if (node.firstChild) node.firstChild.nodeValue = spoken(update.cue, this.speakers);
    node.classList.toggle("corrected", this.#corrected(update));
  }

  /** Change the log without an announcement. @param {() => void} change */
  #quietly(change) {
    if (!this.quietUntil) this.nodes.log.setAttribute("aria-live", "off");
    change();
    const waiting = this.quietUntil > 0;
    this.quietUntil = performance.now() + QUIET_MS;
    if (!waiting) this.#speakAgain(QUIET_MS);
  }

  /** The log speaks again, once it has been left alone long enough. @param {number} ms */
  #speakAgain(ms) {
    setTimeout(() => {
      const rest = this.quietUntil - performance.now();
      if (rest > 1) return this.#speakAgain(rest);
      this.quietUntil = 0;
      this.nodes.log.setAttribute("aria-live", this.live);
      const unsaid = this.unsaid.splice(0);
      if (unsaid.length && this.live === "polite") this.say(unsaid);
    }, ms);
  }

  #scrolled() {
    const log = this.nodes.log;
    this.follow = log.scrollHeight - log.scrollTop - log.clientHeight <= NEAR_PX;
    if (this.follow) this.nodes.jump.hidden = true;
  }

  /** Once for each picture: ten thousand captions that come together are one movement. */
  #toEnd() {
    if (this.moving) return;
    this.moving = true;
    requestAnimationFrame(() => {
      this.moving = false;
      if (this.follow) this.nodes.log.scrollTop = this.nodes.log.scrollHeight;
    });
  }
}
