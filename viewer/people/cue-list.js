// @ts-check
/**
 * The latest captions as a listbox: one stop for Tab, arrow keys within. New captions are added at the end; the chosen one
 * stays where it is, and nothing takes the focus.
 */
import { direction } from "../captions-view.js";
import { clock, make, set } from "../host/dom.js";

export const MOST = 60; // captions in the list; older ones are the archive's work

/**
 * @typedef {object} Handlers
 * @property {(cue: string) => void} edit
 * @property {(key: string, cue: string) => boolean} key true when the key was a fix
 * @property {(cue: string) => void} chosen
 */

export class CueList {
  /** @param {HTMLElement} place @param {import("../status.js").Say} say @param {Handlers} handlers */
  constructor(place, say, handlers) {
    this.place = place;
    this.say = say;
    this.handlers = handlers;
    /** @type {Map<string, {node: HTMLLIElement, said: HTMLElement, mark: HTMLElement, update: import("../fold.js").CueUpdate}>} */
    this.rows = new Map();
    /** @type {Map<number, string>} who edits what */
    this.claims = new Map();
    this.chosen = "";
    place.addEventListener("keydown", (event) => this.#key(event));
    place.addEventListener("click", (event) => {
      const node = /** @type {HTMLElement} */ (event.target).closest("li");
      if (node?.dataset["cue"]) this.choose(node.dataset["cue"]);
    });
    place.addEventListener("dblclick", () => this.chosen && handlers.edit(this.chosen));
    place.addEventListener("focus", () => {
      const last = [...this.rows.keys()].at(-1);
      if (!this.chosen && last) this.choose(last);
    });
  }

  get size() {
    return this.rows.size;
  }

  clear() {
    this.rows.clear();
    this.claims.clear();
    this.chosen = "";
    this.place.replaceChildren();
    this.place.removeAttribute("aria-activedescendant");
  }

  /** Take a final, a correction or a retraction. @param {import("../fold.js").CueUpdate} update */
  take(update) {
    if (update.status === "partial") return;
    const known = this.rows.get(update.cue.id);
    if (!known && update.status !== "final") return;
    if (known && update.revision <= known.update.revision) return;
    const row = known ?? this.#add(update);
    row.update = update;
    this.#draw(row);
    this.#trim();
  }

  /** Show what is on its way to the server; what comes from there is shown over it. @param {import("../fold.js").CueUpdate} update */
  expect(update) {
    const row = this.rows.get(update.cue.id);
    if (row) this.#draw({ ...row, update });
  }

  /** Somebody edits a cue, or none any more. @param {number} by @param {string} cue */
  claim(by, cue) {
    const before = this.claims.get(by);
    if (cue) this.claims.set(by, cue);
    else this.claims.delete(by);
    for (const each of [before, cue]) {
      const row = each ? this.rows.get(each) : undefined;
      if (row) this.#draw(row);
    }
  }

  /** The caption that follows; "" at the end. @param {string} cue */
  after(cue) {
    for (let node = this.rows.get(cue)?.node.nextElementSibling; node; node = node.nextElementSibling) {
      const next = /** @type {HTMLElement} */ (node).dataset["cue"] ?? "";
      if (this.rows.get(next)?.update.status === "final") return next;
    }
    return "";
  }

  /** @param {string} cue */
  choose(cue) {
    const row = this.rows.get(cue);
    if (!row) return;
    this.rows.get(this.chosen)?.node.setAttribute("aria-selected", "false");
    this.chosen = cue;
    row.node.setAttribute("aria-selected", "true");
    this.place.setAttribute("aria-activedescendant", row.node.id);
    row.node.scrollIntoView({ block: "nearest" });
    this.handlers.chosen(cue);
  }

  /** Give the list the focus, at this caption. @param {string} cue */
  focus(cue) {
    this.choose(cue);
    this.place.focus({ preventScroll: true });
  }

  /** @param {import("../fold.js").CueUpdate} update */
  #add(update) {
    const said = make("span", { class: "said", lang: update.cue.language, dir: direction(update.cue.language) });
    const mark = make("span", { class: "mark" });
    const node = make("li", { role: "option", id: `cue-${update.cue.id}`, "aria-selected": "false", "data-cue": update.cue.id },
      make("time", {}, clock(update.cue.start)), said, mark);
    const row = { node, said, mark, update };
    const stick = this.place.scrollHeight - this.place.scrollTop - this.place.clientHeight < 48 && document.activeElement !== this.place;
    const later = [...this.rows.values()].filter((each) => each.update.cue.start > update.cue.start)
      .sort((a, b) => a.update.cue.start - b.update.cue.start)[0];
    this.place.insertBefore(node, later?.node ?? null);
    this.rows.set(update.cue.id, row);
    if (stick) this.place.scrollTop = this.place.scrollHeight;
    return row;
  }

  /** @param {{node: HTMLLIElement, said: HTMLElement, mark: HTMLElement, update: import("../fold.js").CueUpdate}} row */
  #draw({ node, said, mark, update }) {
    const away = update.status === "retracted";
    const claimed = [...this.claims.values()].includes(update.cue.id);
    node.classList.toggle("away", away);
    if (!away) set(said, update.cue.speaker ? `${update.cue.speaker}: ${update.cue.text}` : update.cue.text);
    const marks = [away && "correct.away", !away && update.human && "correct.by_person", claimed && "correct.elsewhere"];
    set(mark, marks.flatMap((key) => (key ? [this.say(key)] : [])).join(this.say("comma")));
  }

  #trim() {
    const first = this.place.firstElementChild;
    const cue = first instanceof HTMLElement ? (first.dataset["cue"] ?? "") : "";
    if (this.rows.size <= MOST || cue === this.chosen) return;
    this.rows.delete(cue);
    first?.remove();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const order = [...this.place.children].map((node) => /** @type {HTMLElement} */ (node).dataset["cue"] ?? "");
    const at = order.indexOf(this.chosen);
    const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? order.length - 1 : at - 1, Home: 0, End: order.length - 1, PageDown: at + 8, PageUp: at - 8 }[event.key];
    if (to !== undefined) this.choose(order[Math.min(Math.max(to, 0), order.length - 1)] ?? "");
    else if (event.key === "Enter" && this.chosen) this.handlers.edit(this.chosen);
    else if (!this.chosen || !this.handlers.key(event.key.length === 1 ? event.key.toLowerCase() : event.key, this.chosen)) return;
    event.preventDefault();
  }
}
