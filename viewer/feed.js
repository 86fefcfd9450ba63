// @ts-check
/**
 * What every view does with a meeting's messages, without a page: the transcript, the track that is read, and the facts
 * that the reader is told. Messages in, calls to a reader out; how they look is the view's own.
 */
import { GapInLog, Transcript, name } from "./fold.js";
import { wantedTrack } from "./tracks.js";

const RECOVERED_MS = 8_000; // how long "12 captions recovered" stands
const ANSWER_MS = 6_000; // then nobody knows whether the host was told

/**
 * @typedef {import("./fold.js").CueUpdate} CueUpdate
 * @typedef {import("./fold.js").Track} Track
 * @typedef {object} Reader
 * @property {() => void} clear another track or another record begins
 * @property {(update: CueUpdate, quietly: boolean) => boolean} take a final, correction or retraction; true when it is new
 * @property {(update: CueUpdate) => void} [partial]
 * @property {(cue: import("./fold.js").Cue) => void} [fresh] a caption that is new came live, not by a replay
 * @property {(cues: import("./fold.js").Cue[]) => void} [recovered] captions that came while the connection was lost
 * @property {(updates: CueUpdate[]) => void} [older] finals from before all that the reader has, in order
 * @property {(gap: import("./fold.js").Gap) => void} [gap] a stretch without captions, new or longer than it was; no caption
 * @property {(tracks: Track[], chosen: Track) => void} [tracks]
 * @property {(meeting: {id: string, title: string}) => void} [meeting]
 * @property {(path: string) => void} [transcript] where the archive has it
 * @property {(message: import("./wire.js").FromServer) => void} [other] what the feed itself has no use for
 * @property {() => void} tell the facts may have changed
 */

/** A final's word times are for who edits: a day of them is more than a phone can hold. @param {CueUpdate} update */
const light = (update) => {
  if (update.status !== "partial") delete update.cue.words;
};

/** @typedef {"told" | "wait" | "failed"} Answer what became of a message to the host */

/** One meeting as a reader has it. */
export class Feed {
  /** @param {Reader} reader @param {(work: () => void, ms: number) => unknown} later */
  constructor(reader, later = (work, ms) => setTimeout(work, ms)) {
    this.reader = reader;
    this.later = later;
    this.transcript = new Transcript();
    this.track = "";
    this.wanted = "";
    this.older = 0; // cues that the server has from before those that are here
    this.olderSeq = 0; // as they were at this event, or later
    /** @type {Map<string, number>} where each track begins, as far as it is here */
    this.since = new Map();
    /** @type {Set<string>} cues that changed before they were here */
    this.early = new Set();
    /** @type {((answer: Answer) => void)[]} what was told the host, and is not acknowledged */
    this.asked = [];
    this.again = false; // a reconnect: what comes up to `target` is a replay
    this.target = 0;
    /** @type {import("./fold.js").Cue[]} what a replay has brought so far */
    this.recovered = [];
    /** @type {import("./wire.js").TrackHealth[]} */
    this.captioners = [];
    /** @type {import("./status.js").Facts} */
    this.facts = {
      connection: "connecting", waiting: false, ended: false, policy: "on_record", health: "", behind: 0, recovered: 0, refusal: "",
      door: "", origin: "", paused: false, missed: null,
    };
    /** Ask the server for a replay. */
    this.replay = () => {};
    /** Send a message; false when there is no connection. @type {(text: string) => boolean} */
    this.send = () => false;
  }

  /** The reader's choice: a track's id or its language; "" is the first track. @param {string} track */
  choose(track) {
    if (track === this.wanted) return;
    this.wanted = track;
    if (!track) this.track = "";
    this.#showTrack();
    this.tell();
  }

  /** The connection has another state. @param {import("./connection.js").State} state */
  connection(state) {
    this.facts.connection = state;
    if (state !== "live" && state !== "stale") for (const answer of this.asked.splice(0)) answer("failed");
    this.tell();
  }

  tell() {
    const mine = this.captioners.find((each) => each.track === this.track);
    this.facts.health = mine ? mine.health : this.captioners.length ? "" : "absent";
    this.facts.behind = mine?.behind_ms ?? 0;
    this.facts.origin = mine?.origin ?? this.transcript.tracks.get(this.track)?.origin ?? "";
    this.facts.ended = this.transcript.state === "ended";
    this.reader.tell();
  }

  /** @param {import("./wire.js").FromServer} message */
  receive(message) {
    if (message.type === "welcome") {
      this.reader.meeting?.(message.meeting);
      this.reader.transcript?.(`/archive/${encodeURIComponent(message.meeting.id)}/`);
      this.facts.policy = message.policy;
      this.facts.waiting = false;
      this.facts.door = "";
      this.again = this.transcript.seq > 0;
      this.target = message.seq;
      this.recovered = [];
    } else if (message.type === "snapshot") {
      this.#snapshot(message.snapshot, message.older ?? 0);
    } else if (message.type === "told") {
      this.asked.shift()?.(message.told === false ? "wait" : "told");
    } else if (message.type === "event") {
      this.#event(message.event);
    } else if (message.type === "live") {
      this.#live(message.shown);
    } else if (message.type === "status") {
      this.captioners = message.captioners;
      this.facts.paused = message.paused === true;
      this.facts.policy = message.policy;
    } else if (message.type === "error") {
      if (message.code === "no_meeting") this.facts.waiting = true;
      this.facts.refusal = message.message;
      this.facts.door = ["passcode", "too_many"].includes(message.code) ? message.code : "";
    } else if (message.type === "ended" && message.transcript.startsWith("/")) {
      this.reader.transcript?.(message.transcript);
    }
    this.reader.other?.(message);
    this.tell();
  }

  /** Send a message to the host; says what became of it. @param {string} text @returns {Promise<Answer>} */
  tellHost(text) {
    return new Promise((resolve) => {
      if (!this.send(text)) return resolve("failed");
      this.asked.push(resolve);
      this.later(() => {
        if (!this.asked.includes(resolve)) return;
        this.asked.splice(this.asked.indexOf(resolve), 1);
        resolve("failed");
      }, ANSWER_MS);
    });
  }

  /**
   * Take a block of older captions; false when it is of another record, or not new enough.
   * @param {{epoch: string, first: number, cues: import("./fold.js").TrackUpdate[]}} block @param {number} seq how new it is
   */
  takeOlder(block, seq) {
    if (block.epoch !== this.transcript.epoch || seq < this.olderSeq) return false;
    const changed = block.cues.filter((each) => this.transcript.newer(each) && !this.early.has(name(each)));
    const unknown = new Set(this.transcript.older(block.cues));
    const fresh = block.cues.filter((each) => unknown.has(each) || this.early.delete(name(each)));
    for (const each of changed) if (each.track === this.track) this.reader.take(each.update, true);
    this.older = block.first;
    this.#reaches(fresh);
    const mine = fresh.filter((each) => each.track === this.track).map((each) => this.transcript.latest(each));
    this.reader.older?.(mine.filter((each) => each.status === "final").sort((a, b) => a.cue.start - b.cue.start));
    this.#gaps();
    this.tell();
    return true;
  }

  /** @param {import("./fold.js").TrackUpdate[]} cues that are here now */
  #reaches(cues) {
    for (const { track, update } of cues) this.since.set(track, Math.min(this.since.get(track) ?? Infinity, update.cue.start));
  }

  /** Tell the reader the tracks (again); returns the one that is read. */
  tracks() {
    const tracks = [...this.transcript.tracks.values()];
    const chosen = wantedTrack(tracks, this.wanted) ?? this.transcript.tracks.get(this.track) ?? tracks[0];
    if (chosen) this.reader.tracks?.(tracks, chosen);
    return chosen;
  }

  #showTrack() {
    const chosen = this.tracks();
    if (!chosen || chosen.id === this.track) return;
    this.track = chosen.id;
    this.reader.clear();
    for (const update of this.transcript.cues(this.track)) this.reader.take(update, true);
    this.#gaps();
  }

  /** Give the reader the stretches without captions among what is here; of older ones nobody knows the place yet. */
  #gaps() {
    const since = this.older ? (this.since.get(this.track) ?? Infinity) : 0;
    const gaps = [...this.transcript.gaps.values()].filter((gap) => gap.start >= since);
    for (const gap of gaps.sort((a, b) => a.start - b.start)) this.reader.gap?.(gap);
  }

  /** Nobody captioned this: it is said once. @param {import("./fold.js").Gap[]} gaps that are new */
  #missed(gaps) {
    const missed = gaps.filter((gap) => gap.reason === "not_captioned" && gap.end > gap.start).at(-1);
    if (!missed) return;
    this.facts.missed = missed;
    this.later(() => {
      if (this.facts.missed === missed) this.facts.missed = null;
      this.tell();
    }, RECOVERED_MS);
  }

  /** @param {import("./fold.js").TrackUpdate} shown */
  #live(shown) {
    if (this.track && shown.track !== this.track) return;
    if (shown.update.status === "partial") this.reader.partial?.(shown.update);
    else if (this.reader.take(shown.update, false)) this.reader.fresh?.(shown.update.cue);
  }

  /** @param {import("./fold.js").Snapshot} snapshot @param {number} older cues that are not in it */
  #snapshot(snapshot, older) {
    if (this.transcript.epoch && (this.transcript.epoch !== snapshot.epoch || this.older > 0)) {
      this.reader.clear(); // another record, or what is here has a hole that the snapshot fills
      this.track = "";
    }
    this.older = older;
    this.olderSeq = snapshot.seq;
    this.early.clear();
    this.since.clear();
    this.#reaches(snapshot.cues);
    const late = this.again && this.transcript.epoch === snapshot.epoch;
    for (const each of snapshot.cues) light(each.update);
    const { gaps } = this.transcript;
    this.transcript = new Transcript(snapshot);
    /** @type {import("./fold.js").Cue[]} */
    const fresh = [];
    if (late) for (const update of this.transcript.cues(this.track)) if (this.reader.take(update, true)) fresh.push(update.cue);
    this.#showTrack();
    for (const each of snapshot.cues)
      if (each.track === this.track && each.update.status === "retracted") this.reader.take(each.update, true);
    this.#gaps();
    if (late) this.#recover(fresh);
    if (late) this.#missed([...this.transcript.gaps].filter(([at]) => !gaps.has(at)).map(([, gap]) => gap));
  }

  /** @param {import("./fold.js").LogEvent} happened */
  #event(happened) {
    if (happened.kind === "caption") light(happened.update);
    const replayed = this.again && happened.seq <= this.target;
    const early = happened.kind === "caption" && this.#early(happened);
    try {
      if (!this.transcript.apply(happened)) return;
    } catch (error) {
      if (!(error instanceof GapInLog)) throw error;
      this.replay(); // the server replays from what we have
      return;
    }
    if (happened.kind === "track") this.#showTrack();
    if (happened.kind === "gap") {
      this.#gaps();
      if (this.again || happened.seq > this.target) this.#missed([happened]);
    }
    if (happened.kind === "policy") this.facts.policy = happened.change.policy;
    if (happened.kind === "caption" && early) {
      this.early.add(name(happened));
    } else if (happened.kind === "caption" && happened.track === this.track) {
      const fresh = this.reader.take(happened.update, replayed);
      if (fresh && replayed) this.recovered.push(happened.update.cue);
      else if (fresh) this.reader.fresh?.(happened.update.cue);
    }
    if (replayed && happened.seq === this.target) this.#recover(this.recovered);
  }

  /** A cue that changes before it is here: it comes with the older ones. @param {import("./fold.js").TrackUpdate} update */
  #early({ track, update }) {
    if (!this.older || this.transcript.kept.has(name({ track, update }))) return this.early.has(name({ track, update }));
    return update.cue.start < (this.since.get(track) ?? 0);
  }

  /** @param {import("./fold.js").Cue[]} cues */
  #recover(cues) {
    if (!cues.length) return;
    this.facts.recovered = cues.length;
    this.reader.recovered?.(cues);
    this.later(() => {
      this.facts.recovered = 0;
      this.tell();
    }, RECOVERED_MS);
  }
}

/**
 * Join a feed and a connection.
 * @param {Feed} feed @param {string} meeting @param {typeof import("./socket.js").connect} connect
 * @param {() => import("./wire.js").Claim} [claim] what is shown at the door, and how much is wanted
 */
export function follow(feed, meeting, connect, claim) {
  const socket = connect(meeting, {
    ...(claim ? { claim } : {}),
    cursor: () => ({ epoch: feed.transcript.epoch, seq: feed.transcript.seq }),
    message: (message) => feed.receive(message),
    state: (state) => feed.connection(state),
  });
  feed.replay = () => socket.again();
  feed.send = (text) => socket.send(text);
  return socket;
}

/** The meeting in an address such as /live/m1. @param {string} path */
export const meetingOf = (path) => decodeURIComponent(path.replace(/\/+$/, "").split("/").at(-1) ?? "");
