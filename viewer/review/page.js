// @ts-check
/** The review page: puts the parts together, and sends every step to the server before it counts. */
import { tell } from "../host/dom.js";
import { words } from "../host/words.js";
import { Api, Refused, keepToken, meetingOf, takeToken } from "./api.js";
import { Captions } from "./captions.js";
import { byId, field } from "./dom.js";
import { finding } from "./finding.js";
import ENGLISH from "./locales/en.js";
import { Review } from "./model.js";
import { names } from "./names.js";
import { player } from "./player.js";
import { release, standing } from "./release.js";

/** @typedef {import("./model.js").Change} Change */

/** What all parts of the page share. */
export class Desk {
  /** @param {Api} api @param {import("./api.js").State} state @param {import("../status.js").Say} say */
  constructor(api, state, say) {
    this.api = api;
    this.state = state;
    this.say = say;
    this.review = new Review(state.cues);
    this.changed = () => {};
    /** @type {Promise<unknown>} */
    this.busy = Promise.resolve();
  }

  /** What was asked for before is done. A field that is being edited is saved first. */
  async settled() {
    const active = document.activeElement;
    if (active instanceof HTMLTextAreaElement && active.closest("#list")) active.dispatchEvent(new Event("change", { bubbles: true }));
    await this.busy;
  }

  /**
   * Send a step, then show it; false when it was not kept.
   * @param {Change[]} step @param {string} done what to say @param {Record<string, string | number>} values @param {"do" | "undo" | "redo"} how
   */
  step(step, done, values = {}, how = "do") {
    const work = this.busy.then(async () => {
      if (!step.length) {
        if (done !== "review.saved") this.tell(this.say("review.nothing"));
        return false;
      }
      return await this.guard(async () => {
        const said = await this.api.call("/edits", { edits: this.review.edits(step) });
        this.review.kept(step, said.cues, how);
        this.took(said);
        this.tell(this.say(done, values));
      }, step);
    });
    this.busy = work;
    return work;
  }

  /** @param {{track: string, cue: string, base: number, start: number, end: number}[]} spans */
  async redact(spans) {
    return await this.guard(async () => {
      const said = await this.api.call("/redact", { spans });
      this.review.take(said.cues);
      this.review.done = [];  // undoing must not bring a name back
      this.review.undone = [];
      this.took(said);
      this.tell(this.say("review.removed"));
    });
  }

  /** @param {{seq: number, state: import("./api.js").State["state"], quality: import("./api.js").State["quality"]}} said */
  took(said) {
    Object.assign(this.state, { seq: said.seq, state: said.state, quality: said.quality });
    this.changed();
  }

  async refresh() {
    this.state = await this.api.state();
    this.review.cues = new Map();
    this.review.take(this.state.cues);
    this.changed();
  }

  /** Do something, or say why it was not done. @param {() => Promise<void>} work @param {Change[]} step @returns {Promise<boolean>} */
  async guard(work, step = []) {
    try {
      byId("problem").textContent = "";
      await work();
      return true;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (error.status === 409 && error.cues.length) {
        const mine = step.filter(({ after }) => error.cues.includes(after.id)).map(({ after }) => after.text).join(" … ");
        await this.refresh().catch(() => {});
        this.problem(this.say("review.conflict", { text: mine }));
      } else this.problem(this.say("review.failed", { why: error.status ? error.message : this.say("review.away") }));
      return false;
    }
  }

  /** @param {string} text */
  tell(text) {
    tell(byId("status"), text);
  }

  /** @param {string} text */
  problem(text) {
    byId("problem").textContent = text;
  }
}

const say = await words(ENGLISH, (language) => import(`./locales/${language}.js`));
const meeting = meetingOf(location.pathname);

/** @param {string} token */
async function open(token) {
  const api = new Api(meeting, token);
  /** @type {import("./api.js").State} */
  let state;
  try {
    state = await api.state();
  } catch (error) {
    const said = error instanceof Refused ? error.message || say("review.away") : String(error);
    byId("problem").textContent = say("review.failed", { why: said });
    byId("token-form").hidden = false;
    field("token").focus();
    return;
  }
  keepToken(meeting, token);
  byId("token-form").hidden = true;
  start(new Desk(api, state, say));
}

/** @param {Desk} desk */
function start(desk) {
  const state = desk.state;
  document.title = byId("title").textContent = say("review.title_of", { title: state.meeting.title });
  byId("public").setAttribute("href", `/archive/${state.meeting.id}/`);
  field("track").replaceChildren(...state.tracks.map((track) => Object.assign(document.createElement("option"), {
    value: track.id, textContent: `${track.label || track.id} (${track.language})`,
  })));
  const captions = new Captions(desk);
  desk.changed = () => {
    captions.again();
    standing(desk, captions.track);
    byId("undo").toggleAttribute("disabled", !desk.review.toUndo());
    byId("redo").toggleAttribute("disabled", !desk.review.toRedo());
  };
  byId("undo").addEventListener("click", async () => {
    await desk.settled();
    const step = desk.review.toUndo();
    if (step) await desk.step(step, "review.undone", {}, "undo");
  });
  byId("redo").addEventListener("click", async () => {
    await desk.settled();
    const step = desk.review.toRedo();
    if (step) await desk.step(step, "review.redone", {}, "redo");
  });
  field("track").addEventListener("change", () => standing(desk, captions.track));
  finding(desk, captions);
  names(desk, captions);
  release(desk, captions);
  player(captions);
  desk.changed();
  byId("main").hidden = false;
}

byId("token-form").addEventListener("submit", (happened) => {
  happened.preventDefault();
  byId("problem").textContent = "";
  void open(field("token").value.trim());
});
void open(takeToken(meeting));
