// @ts-check
/**
 * A recorded meeting, played in the browser: a stand-in for the WebSocket that speaks captions.v1. No server knows of it.
 *
 * @typedef {{start: number, end: number, speaker: string, text: string}} Caption
 * @typedef {object} Recorded
 * @property {string} title
 * @property {string} language
 * @property {Caption[]} captions
 * @property {{caption: number, first: string, after: number}} correction what the caption said at first, and how long
 * @property {{at: number, ms: number}} break when the connection breaks, and how long
 * @typedef {{at: number, event?: import("./fold.js").LogEvent, live?: import("./fold.js").TrackUpdate}} Step
 */

export const EPOCH = "recorded";
const TRACK = "floor";
const PARTIAL_MS = 400;
const LATE_MS = 700; // a caption is finished so long after its last word
const BEAT_MS = 2_000;

/** Everything that happens, by time. Pure. @param {Recorded} meeting @returns {Step[]} */
export function steps(meeting) {
  /** @type {{at: number, event?: any, live?: any}[]} */
  const found = [
    { at: 0, event: { kind: "policy", change: { at: 0, policy: "on_record" } } },
    { at: 0, event: { kind: "track", track: { id: TRACK, language: meeting.language, label: "", origin: "automatic" } } },
  ];
  for (const [index, caption] of meeting.captions.entries()) {
    const corrected = index === meeting.correction.caption;
    const text = corrected ? meeting.correction.first : caption.text;
    const update = updates({ ...caption, text }, `r-${index}`, meeting.language);
    const words = text.split(" ").length;
    for (let at = caption.start + PARTIAL_MS; at < caption.end; at += PARTIAL_MS) {
      const heard = Math.ceil((words * (at - caption.start)) / (caption.end - caption.start));
      found.push({ at, live: { track: TRACK, update: update.partial(heard) } });
    }
    found.push({ at: caption.end + LATE_MS, event: { kind: "caption", track: TRACK, update: update.final(100) } });
    if (corrected) {
      const right = updates(caption, `r-${index}`, meeting.language).final(101);
      found.push({ at: caption.end + meeting.correction.after, event: { kind: "caption", track: TRACK, update: { ...right, human: true } } });
    }
  }
  const last = meeting.captions.at(-1)?.end ?? 0;
  found.push({ at: last + 8_000, event: { kind: "state", state: "ended" } });
  found.sort((a, b) => a.at - b.at);
  let seq = 0;
  for (const step of found) if (step.event) step.event = { epoch: EPOCH, seq: (seq += 1), ...step.event };
  return found;
}

/** @param {Caption} caption @param {string} id @param {string} language */
function updates(caption, id, language) {
  const all = caption.text.split(" ");
  const { start, end } = caption;
  const each = (end - start) / all.length;
  const word = (/** @type {string} */ text, /** @type {number} */ index) => ({
    start: Math.round(start + index * each), end: Math.round(start + (index + 1) * each), text: `${index ? " " : ""}${text}`,
  });
  const cue = (/** @type {number} */ count) => ({
    id, start, end, language, text: all.slice(0, count).join(" "), speaker: caption.speaker, words: all.slice(0, count).map(word),
  });
  return {
    /** @param {number} count @returns {import("./fold.js").CueUpdate} */
    partial: (count) => ({ cue: cue(count), revision: count, status: "partial", stable: Math.max(count - 2, 0) }),
    /** @param {number} revision @returns {import("./fold.js").CueUpdate} */
    final: (revision) => ({ cue: cue(all.length), revision, status: "final", stable: all.length }),
  };
}

/**
 * A class to put in the place of WebSocket.
 * @param {Recorded} meeting @param {() => number} now ms @param {(work: () => void, ms: number) => unknown} later
 */
export function replaySocket(meeting, now, later) {
  const script = steps(meeting);
  /** @type {number | null} */
  let began = null;
  const time = () => now() - (began ?? now());
  const broken = () => time() >= meeting.break.at && time() < meeting.break.at + meeting.break.ms;

  return class ReplaySocket extends EventTarget {
    static CONNECTING = 0;
    static OPEN = 1;
    static CLOSED = 3;

    constructor() {
      super();
      this.readyState = ReplaySocket.CONNECTING;
      later(() => {
        if (broken()) {
          this.close();
          return;
        }
        this.readyState = ReplaySocket.OPEN;
        this.dispatchEvent(new Event("open"));
      }, 150);
    }

    /** @param {string} text */
    send(text) {
      const message = JSON.parse(text);
      if (message.type === "signal") later(() => this.#tell({ type: "told", signal: message.signal }), 100); // it ends here
      if (message.type !== "hello") return;
      began ??= now();
      const at = time();
      const past = script.filter((step) => step.event && step.at <= at);
      const seq = past.length;
      this.#tell({ type: "welcome", meeting: { id: "recorded", title: meeting.title, started: 0 }, epoch: EPOCH, seq, policy: "on_record" });
      this.#tell({ type: "ended", transcript: "/try#transcript" }); // only where the transcript is; the state says when
      for (const step of past) if ((step.event?.seq ?? 0) > (message.after ?? 0)) this.#tell({ type: "event", event: step.event });
      this.#tell({ type: "status", captioners: [{ track: TRACK, health: "live", behind_ms: 0 }], policy: "on_record", origin: "automatic" });
      const next = script.findIndex((step) => step.at > at);
      if (next >= 0) this.#play(next);
      this.#beat();
    }

    close() {
      if (this.readyState === ReplaySocket.CLOSED) return;
      this.readyState = ReplaySocket.CLOSED;
      this.dispatchEvent(new Event("close"));
    }

    /** @param {number} index */
    #play(index) {
      const step = script[index];
      if (!step) return;
      later(() => {
        if (this.readyState !== ReplaySocket.OPEN) return;
        if (broken()) {
          this.close();
          return;
        }
        if (step.event) this.#tell({ type: "event", event: step.event });
        else this.#tell({ type: "live", shown: step.live });
        this.#play(index + 1);
      }, Math.max(step.at - time(), 0));
    }

    #beat() {
      later(() => {
        if (this.readyState !== ReplaySocket.OPEN) return;
        this.#tell({ type: "ping" });
        this.#beat();
      }, BEAT_MS);
    }

    /** @param {object} message */
    #tell(message) {
      this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(message) }));
    }
  };
}
