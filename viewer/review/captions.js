// @ts-check
/** The list of captions, fifty at a time, and the tools of the one that is edited. */
import { byId, field, make } from "./dom.js";
import { clock, milliseconds } from "./model.js";

const PAGE = 50; // captions; a screen reader's list of fields stays short, and a long meeting stays quick

/** @typedef {import("./page.js").Desk} Desk @typedef {import("./model.js").Cue} Cue */

export class Captions {
  /** @param {Desk} desk */
  constructor(desk) {
    this.desk = desk;
    this.page = 0;
    this.current = "";
    this.panel = byId("panel");
    byId("previous").addEventListener("click", () => this.turn(-1));
    byId("next").addEventListener("click", () => this.turn(1));
    field("filter").addEventListener("change", () => this.show(0));
    field("track").addEventListener("change", () => this.show(0));
    byId("list").addEventListener("focusin", (happened) => this.#enter(happened));
    byId("list").addEventListener("change", (happened) => this.#changed(/** @type {HTMLElement} */ (happened.target)));
    byId("list").addEventListener("keydown", (happened) => this.#key(happened));
    byId("split").addEventListener("click", () => this.split());
    byId("merge").addEventListener("click", () => this.merge());
    byId("strip").addEventListener("click", () => this.strip());
  }

  get track() {
    return field("track").value;
  }

  get list() {
    const wanted = field("filter").value;
    return this.desk.review.list(this.track).filter((cue) => wanted === "all" ||
      (wanted === "automatic" && cue.status === "automatic") || (wanted === "unsure" && cue.unsure.length > 0) ||
      (wanted === "marks" && cue.marks.length > 0));
  }

  get cue() {
    return this.desk.review.get(this.track, this.current);
  }

  /** @param {number} step */
  turn(step) {
    this.show(this.page + step);
    this.#first()?.focus();
  }

  /** @param {number} page */
  show(page = this.page) {
    const list = this.list, pages = Math.max(1, Math.ceil(list.length / PAGE));
    this.page = Math.min(Math.max(page, 0), pages - 1);
    byId("previous").toggleAttribute("disabled", this.page === 0);
    byId("next").toggleAttribute("disabled", this.page === pages - 1);
    byId("where").textContent = list.length
      ? this.desk.say("review.page", { n: this.page + 1, pages }) : this.desk.say("review.none");
    byId("captions").append(this.panel);
    this.panel.hidden = true;
    byId("list").replaceChildren(...list.slice(this.page * PAGE, (this.page + 1) * PAGE).map((cue) => this.#row(cue)));
    byId("speakers").replaceChildren(...[...new Set(this.desk.review.list(this.track).map((cue) => cue.speaker))]
      .filter(Boolean).map((name) => Object.assign(document.createElement("option"), { value: name })));
  }

  /** Draw again what changed, and keep the reader where they are. @param {string} [id] caption to go to */
  again(id = this.current) {
    const inside = byId("list").contains(document.activeElement);
    const was = document.activeElement instanceof HTMLElement ? document.activeElement.id : "";
    this.show();
    if (inside || id !== this.current) this.go(id, was);
  }

  /** @param {string} id @param {string} tool the field or button of the panel to go to, when it is there */
  go(id, tool = "") {
    const at = this.list.findIndex((cue) => cue.id === id);
    if (at < 0) return;
    if (Math.floor(at / PAGE) !== this.page) this.show(Math.floor(at / PAGE));
    const text = this.#text(id);
    text?.focus();
    if (tool && this.panel.querySelector(`#${tool}`)) byId(tool).focus();
  }

  /** @param {Cue} cue */
  #row(cue) {
    const row = document.createElement("li");
    row.dataset["cue"] = cue.id;
    const head = make("p", "", "meta");
    head.id = `head-${cue.id}`;
    head.append(make("time", clock(cue.start).slice(0, -2)));
    if (cue.speaker) head.append(", ", make("bdi", cue.speaker));
    const badges = [this.desk.say(`review.${cue.status}`), ...cue.marks.map((mark) => this.desk.say(`review.${mark}`))];
    if (cue.unsure.length) badges.push(this.desk.say("review.unsure", { words: cue.unsure.join(", ") }));
    for (const badge of badges) head.append(" ", make("span", badge, "badge"));
    const text = document.createElement("textarea");
    text.id = `text-${cue.id}`;
    text.value = cue.text;
    text.lang = cue.language;
    text.dir = "auto";
    text.rows = Math.min(6, Math.ceil(cue.text.length / 90) + 1);
    text.setAttribute("aria-labelledby", head.id);
    row.append(head, text);
    return row;
  }

  /** @param {string} id @returns {HTMLTextAreaElement | null} */
  #text(id) {
    return /** @type {HTMLTextAreaElement | null} */ (document.getElementById(`text-${id}`));
  }

  #first() {
    return byId("list").querySelector("textarea");
  }

  /** @param {FocusEvent} happened */
  #enter(happened) {
    const row = happened.target instanceof HTMLElement ? happened.target.closest("li") : null;
    const id = row?.dataset["cue"];
    if (!row || !id || this.panel.contains(/** @type {Node} */ (happened.target))) return;
    this.current = id;
    const cue = this.cue;
    if (!cue || this.panel.parentElement === row) return;
    field("speaker").value = cue.speaker;
    field("start").value = clock(cue.start);
    field("end").value = clock(cue.end);
    this.panel.hidden = false;
    row.append(this.panel);
  }

  /** @param {HTMLElement} target */
  #changed(target) {
    const cue = this.cue;
    if (!cue) return;
    if (target instanceof HTMLTextAreaElement) {
      const id = target.closest("li")?.dataset["cue"] ?? "";
      void this.desk.step(this.desk.review.edit(this.track, id, { text: target.value }), "review.saved");
    } else if (target.id === "speaker") {
      void this.desk.step(this.desk.review.edit(this.track, cue.id, { speaker: field("speaker").value }), "review.saved");
    } else if (target.id === "start" || target.id === "end") {
      const time = milliseconds(field(target.id).value);
      const step = Number.isNaN(time) ? [] : this.desk.review.edit(this.track, cue.id, { [target.id]: time });
      if (step.length) void this.desk.step(step, "review.saved");
      else if (time !== cue[/** @type {"start" | "end"} */ (target.id)]) {
        field(target.id).value = clock(cue[/** @type {"start" | "end"} */ (target.id)]);
        this.desk.problem(this.desk.say("review.bad_time"));
      }
    }
  }

  /** @param {KeyboardEvent} happened */
  #key(happened) {
    const tools = /** @type {Record<string, () => void>} */ ({
      KeyS: () => this.split(), KeyM: () => this.merge(), KeyX: () => this.strip(), KeyP: () => byId("play").click(),
      KeyZ: () => byId("undo").click(), KeyY: () => byId("redo").click(),
    });
    const tool = happened.altKey && happened.shiftKey && !happened.ctrlKey ? tools[happened.code] : undefined;
    const step = happened.altKey && !happened.shiftKey ? { ArrowDown: 1, ArrowUp: -1 }[happened.key] : undefined;
    const next = happened.ctrlKey && happened.key === "Enter" ? 1 : step;
    if (!tool && !next) return;
    happened.preventDefault();
    if (tool) tool();
    else if (next) this.#move(next);
  }

  /** @param {number} step */
  #move(step) {
    const list = this.list, at = list.findIndex((cue) => cue.id === this.current);
    const wanted = list[at + step];
    if (wanted) this.go(wanted.id);
    else this.#text(this.current)?.blur(); // the last one is saved all the same
  }

  async merge() {
    await this.desk.settled();
    if (await this.desk.step(this.desk.review.merge(this.track, this.current), "review.merged")) this.go(this.current);
  }

  async split() {
    const place = this.#text(this.current)?.selectionStart ?? 0;
    await this.desk.settled();
    if (await this.desk.step(this.desk.review.split(this.track, this.current, place), "review.was_split")) this.go(this.current);
  }

  async strip() {
    const text = this.#text(this.current);
    const [start, end] = [text?.selectionStart ?? 0, text?.selectionEnd ?? 0];
    await this.desk.settled();
    const cue = this.cue;
    if (!cue || end <= start) this.desk.problem(this.desk.say("review.select"));
    else await this.desk.redact([{ track: cue.track, cue: cue.id, base: cue.revision, start, end }]);
  }
}
