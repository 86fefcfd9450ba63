// @ts-check
/** The socket of people who do more than read: the reader's connection, with a role, a token, and messages of their own. */
import { Connection } from "../connection.js";
import { SUBPROTOCOL, parse } from "../wire.js";

/** The reader's state machine, with another hello. */
export class StaffConnection extends Connection {
  /** @param {string} meeting @param {() => number} random @param {Record<string, unknown>} claim */
  constructor(meeting, random, claim) {
    super(meeting, random);
    this.staff = claim;
  }

  /** @override @param {number} now @param {string} epoch @param {number} after @returns {import("../connection.js").Action[]} */
  opened(now, epoch, after) {
    this.heard = now;
    return [{ kind: "send", text: JSON.stringify({ type: "hello", meeting: this.meeting, epoch, after, ...this.staff }) }];
  }
}

/**
 * @typedef {object} Listener
 * @property {() => {epoch: string, seq: number}} cursor what the page has
 * @property {(message: import("../wire.js").FromServer) => void} message
 * @property {(state: import("../connection.js").State) => void} state on change only
 */

/** One connection that keeps itself up. */
export class Line {
  /** @param {string} meeting @param {Record<string, unknown>} claim role, token ... @param {Listener} listener */
  constructor(meeting, claim, listener) {
    this.connection = new StaffConnection(meeting, Math.random, claim);
    this.listener = listener;
    /** @type {WebSocket | null} */
    this.socket = null;
    this.told = "";
    this.closed = false;
    this.timer = setInterval(() => this.#act(this.connection.tick(performance.now())), 1_000);
    this.#act(this.connection.start());
  }

  /** False where nothing can be sent now. @param {Record<string, unknown>} message */
  send(message) {
    if (this.socket?.readyState !== WebSocket.OPEN || this.connection.state === "refused") return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  /** Begin anew: the server replays from what we have. */
  again() {
    this.#drop();
  }

  /** End for good. */
  close() {
    this.closed = true;
    clearInterval(this.timer);
    this.socket?.close();
  }

  /** @param {import("../connection.js").Action[]} actions */
  #act(actions) {
    for (const action of actions) {
      if (this.closed) return;
      if (action.kind === "open") this.#open();
      else if (action.kind === "send") this.socket?.send(action.text);
      else if (action.kind === "close") this.#drop();
      else setTimeout(() => this.#open(), action.ms);
    }
    if (this.connection.state !== this.told) this.listener.state((this.told = this.connection.state));
  }

  #drop() {
    const old = this.socket;
    if (!old) return;
    this.socket = null;
    old.close();
    this.#act(this.connection.closed());
  }

  #open() {
    if (this.closed) return;
    const mine = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/staff/ws`, SUBPROTOCOL);
    this.socket = mine;
    mine.addEventListener("open", () => {
      if (this.socket !== mine) return;
      const { epoch, seq } = this.listener.cursor();
      this.#act(this.connection.opened(performance.now(), epoch, seq));
    });
    mine.addEventListener("message", (event) => {
      if (this.socket !== mine) return;
      const message = parse(event.data);
      if (!message) return;
      const actions = this.connection.received(message, performance.now());
      this.listener.message(message);
      this.#act(actions);
    });
    mine.addEventListener("close", () => {
      if (this.socket === mine) this.#drop();
    });
  }
}
