// @ts-check
/** The edge: a WebSocket and timers around connection.js. */
import { Connection } from "./connection.js";
import { SUBPROTOCOL, parse } from "./wire.js";

/**
 * @typedef {object} Listener
 * @property {() => {epoch: string, seq: number}} cursor what the page has
 * @property {() => import("./wire.js").Claim} [claim] what the page shows at the door, and how much it wants
 * @property {(message: import("./wire.js").FromServer) => void} message
 * @property {(state: import("./connection.js").State) => void} state on change only
 */

/** The browser knows of a slow line: what comes is asked for compressed. */
function slow() {
  const line = /** @type {{connection?: {effectiveType?: string, saveData?: boolean}}} */ (navigator).connection;
  return line?.saveData === true || ["slow-2g", "2g", "3g"].includes(line?.effectiveType ?? "");
}

/**
 * Readers go to whichever server is near; who shows an invitation goes to the one that knows invitations.
 * @param {import("./wire.js").Claim} claim
 */
export const pathFor = (claim) => (claim.token ? "/staff/ws" : "/ws");

/** @param {string} meeting @param {Listener} listener */
export function connect(meeting, listener) {
  const connection = new Connection(meeting, Math.random);
  const server = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}`;
  const claim = () => listener.claim?.() ?? {};
  /** @type {WebSocket | null} */
  let socket = null;
  let told = "";

  const tell = () => {
    if (connection.state !== told) listener.state((told = connection.state));
  };

  /** @param {import("./connection.js").Action[]} actions */
  const act = (actions) => {
    for (const action of actions) {
      if (action.kind === "open") open();
      else if (action.kind === "send") socket?.send(action.text);
      else if (action.kind === "close") drop();
      else setTimeout(open, action.ms);
    }
    tell();
  };

  // Closing a socket whose peer is gone can take long: it is left alone and forgotten at once.
  const drop = () => {
    const old = socket;
    if (!old) return;
    socket = null;
    old.close();
    act(connection.closed());
  };

  const open = () => {
    const low = claim().partials === false || slow() ? "?low" : "";
    const mine = new WebSocket(`${server}${pathFor(claim())}${low}`, SUBPROTOCOL);
    socket = mine;
    mine.addEventListener("open", () => {
      if (socket !== mine) return;
      const { epoch, seq } = listener.cursor();
      act(connection.opened(performance.now(), epoch, seq, claim()));
    });
    mine.addEventListener("message", (event) => {
      if (socket !== mine) return;
      const message = parse(event.data);
      if (!message) return;
      const actions = connection.received(message, performance.now());
      listener.message(message);
      act(actions);
    });
    mine.addEventListener("close", () => {
      if (socket === mine) drop();
    });
  };

  setInterval(() => act(connection.tick(performance.now())), 1_000);
  act(connection.start());
  return {
    again: () => drop(),
    /** Come again after a refusal. */
    knock: () => act(connection.knock()),
    /** False when there is no open connection: the caller says so, nothing is queued. @param {string} text */
    send: (text) => {
      if (socket?.readyState !== WebSocket.OPEN) return false;
      socket.send(text);
      return true;
    },
  };
}
