// @ts-check
/**
 * The older captions of a long meeting: the newest are there at once, these come afterwards, block by block, the newest
 * first. By themselves, or only when the reader wants them. No page is known here: what fetches and waits is given.
 */

const AGAIN_MS = [2_000, 4_000, 8_000, 16_000, 30_000]; // after a failure; the last one over and over
const NEAR_PX = 200; // so near to the first caption counts as there

/** @typedef {{seq: number, epoch: string, first: number, cues: import("./fold.js").TrackUpdate[]}} Block */

export class Older {
  /**
   * @param {import("./feed.js").Feed} feed @param {(before: number) => Promise<Block>} fetchBlock
   * @param {() => void} done a block is there, or none is missing
   * @param {(work: () => void, ms: number) => unknown} later
   */
  constructor(feed, fetchBlock, done = () => {}, later = (work, ms) => setTimeout(work, ms)) {
    this.feed = feed;
    this.fetchBlock = fetchBlock;
    this.done = done;
    this.later = later;
    this.busy = false;
    this.whole = false; // fetch on until nothing is missing
    this.failures = 0;
    this.waiting = false; // for the next try
  }

  get missing() {
    return this.feed.older > 0;
  }

  /** Fetch all that is missing, in the background. */
  all() {
    this.whole = true;
    return this.waiting ? undefined : this.more();
  }

  /** Fetch one block. */
  async more() {
    if (this.busy || this.waiting || !this.missing) return;
    this.busy = true;
    let taken = false;
    try {
      const block = await this.fetchBlock(this.feed.older);
      taken = this.feed.takeOlder(block, block.seq);
    } catch {
      // the network is away, or the server: below
    }
    this.busy = false;
    if (taken) this.failures = 0;
    const wait = taken ? 0 : AGAIN_MS[Math.min(this.failures++, AGAIN_MS.length - 1)];
    if (taken) this.done();
    if (!this.missing) this.whole = false;
    if (!this.missing || (taken && !this.whole)) return;
    this.waiting = true;
    this.later(() => {
      this.waiting = false;
      this.more();
    }, wait ?? 0);
  }
}

/**
 * Fetch a block from the server.
 * @param {string} meeting @param {() => Record<string, string>} headers what opens the door
 * @returns {(before: number) => Promise<Block>}
 */
export function fetcher(meeting, headers) {
  return async (before) => {
    const answer = await fetch(`/live/${encodeURIComponent(meeting)}/older/${before}`, { headers: headers() });
    if (!answer.ok) throw new Error(`${answer.status}`);
    return { seq: Number(answer.headers.get("Captions-Seq")), ...(await answer.json()) };
  };
}

/**
 * The live page: by itself in the background, but on a line where data are dear only when the reader asks: with the button,
 * by scrolling to the first caption, or by a search.
 * Returns what looks again, after the reader's choice or the meeting's record has changed.
 * @param {Older} older @param {{log: HTMLElement, place: HTMLElement, button: HTMLElement}} nodes @param {() => boolean} dear
 */
export function earlier(older, { log, place, button }, dear) {
  const go = () => {
    place.hidden = !(older.missing && dear() && !older.whole);
    if (older.missing && !older.whole && !dear()) older.all();
  };
  const before = older.done;
  older.done = () => {
    before();
    go();
    document.dispatchEvent(new Event("older"));
  };
  button.addEventListener("click", () => {
    older.all();
    place.hidden = true;
    log.focus({ preventScroll: true }); // the button that had the focus is gone
  });
  onScroll(log, older);
  go();
  return go;
}

/** Fetch more when the reader has scrolled to the first caption. @param {HTMLElement} log @param {Older} older */
export function onScroll(log, older) {
  log.addEventListener("scroll", () => {
    if (log.scrollTop < NEAR_PX && older.missing) older.more();
  });
}
