// @ts-check
/** The connection that carries the sound; it comes again by itself, and sound that cannot go is dropped, not kept. */

const MOST_WAITING = 64_000; // bytes: two seconds; older sound is of no use to anybody
const AGAIN_MS = [500, 1_000, 2_000, 3_000];

/**
 * @typedef {{state: (key: string) => void, refused: (code: string, words: string) => void}} Hears
 */

export class Link {
  /** @param {string} url @param {string} token @param {Hears} hears */
  constructor(url, token, hears) {
    this.url = url;
    this.token = token;
    this.hears = hears;
    this.tries = 0;
    this.open = true;
    this.dropped = 0;
    /** @type {WebSocket | null} */
    this.socket = null;
    this.#connect();
  }

  /** @param {ArrayBuffer} frame */
  send(frame) {
    const socket = this.socket;
    if (socket?.readyState === WebSocket.OPEN && socket.bufferedAmount < MOST_WAITING) socket.send(frame);
    else this.dropped += 1;
  }

  close() {
    this.open = false;
    this.socket?.close();
  }

  #connect() {
    const socket = new WebSocket(this.url, "audio.v1");
    this.socket = socket;
    socket.onopen = () => socket.send(JSON.stringify({ role: "speaker", token: this.token }));
    socket.onmessage = (event) => {
      const message = JSON.parse(String(event.data));
      if (typeof message.error === "string") {
        this.open = false;
        this.hears.refused(String(message.code ?? ""), message.error);
      } else {
        this.tries = 0;
        this.hears.state(message.listening ? "state.captioned" : "state.waiting");
      }
    };
    socket.onclose = () => {
      if (!this.open) return;
      this.hears.state("state.again");
      const wait = AGAIN_MS[Math.min(this.tries, AGAIN_MS.length - 1)] ?? 3_000;
      this.tries += 1;
      setTimeout(() => this.open && this.#connect(), wait);
    };
  }
}
