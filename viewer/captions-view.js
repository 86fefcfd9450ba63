// @ts-check
/**
 * The two channels: finals in a role=log, one flat paragraph with one text node each, appended once and never rendered
 * again; and the open cue in a line that assistive technology does not see. Measured with Orca: interim text in a live
 * region is spoken five times over, this once.
 */
import { splitStable } from "./fold.js";

const RTL = new Set(["ar", "fa", "he", "ur", "ps", "yi"]);
const NEAR_PX = 48; // so near to the end counts as at the end
const QUIET_MS = 300; // a screen reader takes events a little later than the page makes them

/** @param {string} language */
export const direction = (language) => (RTL.has(language.split("-")[0]?.toLowerCase() ?? "") ? "rtl" : "ltr");

/** @param {import("./fold.js").Cue} cue */
const spoken = (cue) => (cue.speaker ? `${cue.speaker}: ${cue.text}` : cue.text);

/** Shows one track. */
export class CaptionsView {
  /**
   * @param {{log: HTMLElement, open: HTMLElement, stable: HTMLElement, tail: HTMLElement, jump: HTMLElement}} nodes
   */
  constructor(nodes) {
    this.nodes = nodes;
    /** @type {Map<string, {node: HTMLParagraphElement, revision: number}>} */
    this.shown = new Map();
    this.live = "off";
    this.follow = true;
    this.openCue = "";
    this.quietUntil = 0;
    nodes.log.addEventListener("scroll", () => this.#scrolled());
    nodes.jump.addEventListener("click", () => this.jump());
  }

  /** @param {boolean} on */
  announce(on) {
    this.live = on ? "polite" : "off";
    if (!this.quietUntil) this.nodes.log.setAttribute("aria-live", this.live);
  }

  /** Empty the page for another track or another record. */
  clear() {
    this.#quietly(() => this.nodes.log.replaceChildren());
    this.shown.clear();
    this.#closeOpen();
    this.follow = true;
  }

  /**
   * Take a final, a correction or a retraction; true when a caption is new.
   * @param {import("./fold.js").CueUpdate} update @param {boolean} quietly not to be announced
   */
  take(update, quietly) {
    const known = this.shown.get(update.cue.id);
    if (known && update.revision <= known.revision) return false;
    if (update.cue.id === this.openCue) this.#closeOpen();
    if (known) {
      this.#quietly(() => this.#correct(known.node, update));
      known.revision = update.revision;
      return false;
    }
    if (update.status !== "final") return false;
    const add = () => this.#append(update);
    if (quietly) this.#quietly(add);
    else add();
    return true;
  }

  /** Show the open cue. @param {import("./fold.js").CueUpdate} update */
  partial(update) {
    if (this.shown.has(update.cue.id)) return;
    const { stable, tail } = splitStable(update);
    this.openCue = update.cue.id;
    this.nodes.open.lang = update.cue.language;
    this.nodes.open.dir = direction(update.cue.language);
    if (this.nodes.stable.textContent !== stable) this.nodes.stable.textContent = stable;
    if (this.nodes.tail.textContent !== tail) this.nodes.tail.textContent = tail;
  }

  jump() {
    this.follow = true;
    this.#toEnd();
    this.nodes.jump.hidden = true;
    this.nodes.log.focus({ preventScroll: true }); // the button that had the focus is gone
  }

  #closeOpen() {
    this.openCue = "";
    this.nodes.stable.textContent = "";
    this.nodes.tail.textContent = "";
  }

  /** @param {import("./fold.js").CueUpdate} update */
  #append(update) {
    const node = document.createElement("p");
    node.lang = update.cue.language;
    node.dir = direction(update.cue.language);
    node.append(document.createTextNode(spoken(update.cue)));
    this.nodes.log.append(node);
    this.shown.set(update.cue.id, { node, revision: update.revision });
    if (this.follow) this.#toEnd();
    else this.nodes.jump.hidden = false;
  }

  /** @param {HTMLParagraphElement} node @param {import("./fold.js").CueUpdate} update */
  #correct(node, update) {
    if (update.status === "retracted") {
      node.hidden = true;
      return;
    }
    node.hidden = false;
    if (node.firstChild) node.firstChild.nodeValue = spoken(update.cue);
    node.className = "corrected";
  }

  /** Change the log without an announcement. @param {() => void} change */
  #quietly(change) {
    this.nodes.log.setAttribute("aria-live", "off");
    change();
    const until = (this.quietUntil = performance.now() + QUIET_MS);
    setTimeout(() => {
      if (this.quietUntil !== until) return;
      this.quietUntil = 0;
      this.nodes.log.setAttribute("aria-live", this.live);
    }, QUIET_MS);
  }

  #scrolled() {
    const log = this.nodes.log;
    this.follow = log.scrollHeight - log.scrollTop - log.clientHeight <= NEAR_PX;
    if (this.follow) this.nodes.jump.hidden = true;
  }

  #toEnd() {
    this.nodes.log.scrollTop = this.nodes.log.scrollHeight;
  }
}
