// @ts-check
/** A meeting as its host, a corrector or a human captioner sees it: the reader's fold, and the messages beside it. */
import { GapInLog, Transcript } from "../fold.js";
import { trackNames } from "../tracks.js";
import { Line } from "./line.js";

/**
 * @typedef {object} Facts
 * @property {import("../connection.js").State} connection
 * @property {string} title
 * @property {string} policy
 * @property {boolean} paused
 * @property {boolean} waiting the meeting has not begun
 * @property {boolean} ended
 * @property {boolean} [ending] this host has ended it, and captioners finish
 * @property {{code: string, message: string} | null} refusal why the server refuses this page
 * @property {number} viewers
 * @property {import("../wire.js").TrackHealth[]} captioners
 */

/** Events: "change" (facts), "cue" {track, update, fresh}, "partial" {track, update}, "tracks", and every message by its type. */
export class MeetingClient extends EventTarget {
  /** @param {string} meeting @param {Record<string, unknown>} claim */
  constructor(meeting, claim) {
    super();
    this.id = meeting;
    this.transcript = new Transcript();
    this.zero = 0; // performance.now() at the beginning of the meeting's timeline
    /** @type {Facts} */
    this.facts = {
      connection: "connecting", title: "", policy: "", paused: false, waiting: false, ended: false, refusal: null, viewers: 0,
      captioners: [],
    };
    this.target = 0; // events up to here were there before us
    this.line = new Line(meeting, claim, {
      cursor: () => ({ epoch: this.transcript.epoch, seq: this.transcript.seq }),
      message: (message) => this.#receive(message),
      state: (state) => {
        this.facts.connection = state;
        this.#tell("change");
      },
    });
  }

  /** The meeting's timeline now, in ms. */
  get now() {
    return Math.max(0, Math.round(performance.now() - this.zero));
  }

  /** @param {Record<string, unknown>} message */
  send(message) {
    return this.line.send(message);
  }

  /** @template D @param {string} kind @param {(detail: D) => void} listener */
  on(kind, listener) {
    this.addEventListener(kind, (event) => listener(/** @type {CustomEvent<D>} */ (event).detail));
  }

  /** @param {string} kind @param {unknown} detail */
  #tell(kind, detail = undefined) {
    this.dispatchEvent(new CustomEvent(kind, { detail }));
  }

  /** What a track is called, as readers have it. @param {string} id */
  called(id) {
    const tracks = [...this.transcript.tracks.values()];
    return trackNames(tracks, document.documentElement.lang)[tracks.findIndex((track) => track.id === id)] ?? id;
  }

  /** @param {import("../wire.js").FromServer} message */
  #receive(message) {
    const { facts } = this;
    if (message.type === "welcome") {
      this.zero = performance.now() - (message.now_ms ?? 0);
      this.target = message.seq;
      Object.assign(facts, { title: message.meeting.title, policy: message.policy, waiting: false });
    } else if (message.type === "snapshot") this.#snapshot(message.snapshot);
    else if (message.type === "event") this.#event(message.event);
    else if (message.type === "live")
      this.#tell(message.shown.update.status === "partial" ? "partial" : "cue", { ...message.shown, fresh: true });
    else if (message.type === "status")
      Object.assign(facts, { captioners: message.captioners, policy: message.policy, paused: message.paused ?? false });
    else if (message.type === "presence") facts.viewers = message.viewers;
    else if (message.type === "error") {
      if (message.code === "no_meeting") facts.waiting = true;
      else if (message.fatal !== false) facts.refusal = message;
    }
    if (!["event", "snapshot", "ping", "pong", "live"].includes(message.type)) this.#tell(message.type, message);
    if (message.type !== "live" && message.type !== "ping") this.#tell("change");
  }

  /** @param {import("../fold.js").Snapshot} snapshot */
  #snapshot(snapshot) {
    if (this.transcript.epoch && this.transcript.epoch !== snapshot.epoch) this.#tell("clear");
    this.transcript = new Transcript(snapshot);
    this.facts.ended = snapshot.state === "ended";
    this.#tell("tracks");
    for (const each of snapshot.cues) this.#tell("cue", { ...each, fresh: false });
  }

  /** @param {import("../fold.js").LogEvent} event */
  #event(event) {
    try {
      if (!this.transcript.apply(event)) return;
    } catch (error) {
      if (!(error instanceof GapInLog)) throw error;
      this.line.again();
      return;
    }
    if (event.kind === "track") this.#tell("tracks");
    else if (event.kind === "policy") this.facts.policy = event.change.policy;
    else if (event.kind === "state") Object.assign(this.facts, { ended: event.state === "ended", ending: false });
    else if (event.kind === "caption") this.#tell("cue", { track: event.track, update: event.update, fresh: event.seq > this.target });
  }
}
