// @ts-check
/** What readers say: a list that grows quietly beside the captions, each kind with its count. The newest stands first. */
import { byId, clock, make, set, speak, tell } from "./dom.js";

const TOGETHER_MS = 200; // a host who comes late is given all at once
const AT_ONCE = 3; // are spoken of those; the others stand in the list
export const MOST = 50; // signals in sight; answered ones go first

/**
 * @typedef {import("../wire.js").SignalState} State
 * @typedef {{id: number, signal: string, text?: string, name?: string, at_ms?: number, count?: number, state?: State}} Signalled
 */

/** The list behind the list. Pure. */
export class Signals {
  constructor() {
    /** @type {Map<number, Signalled & {state: State}>} */
    this.all = new Map();
  }

  /** Take a signal, a higher count, or what a host did about it; true when it waits for a host anew. @param {Signalled} signal */
  take(signal) {
    const known = this.all.get(signal.id);
    const state = signal.state ?? "new";
    const again = state === "new" && (!known || known.state === "answered");
    this.all.set(signal.id, { ...signal, state });
    while (this.all.size > MOST) {
      const done = [...this.all.values()].find((each) => each.state === "answered") ?? this.all.values().next().value;
      this.all.delete(done?.id ?? -1);
    }
    return again;
  }

  /** Those that wait first, then the newest. */
  list() {
    const rank = { new: 0, seen: 1, answered: 2 };
    return [...this.all.values()].sort((a, b) => rank[a.state] - rank[b.state] || b.id - a.id);
  }
}

/** @param {import("./meeting.js").MeetingClient} meeting @param {import("../status.js").Say} say */
export function signals(meeting, say) {
  const kept = new Signals();
  /** @type {Map<number, {node: HTMLLIElement, text: HTMLElement, seen: HTMLButtonElement, answered: HTMLButtonElement}>} */
  const nodes = new Map();
  const place = byId("signals");
  /** @type {{signal: Signalled, text: HTMLElement}[]} */
  const news = [];

  const sentence = (/** @type {Signalled} */ each) => {
    const who = each.name ? ` ${say("signal.from", { name: each.name })}` : "";
    const words = each.text ? say("colon") + each.text : "";
    const count = (each.count ?? 1) > 1 ? ` (${say("signal.readers", { n: each.count ?? 1 })})` : "";
    return `${say(`signal.${each.signal}`)}${who}${words}${count}`;
  };
  const node = (/** @type {Signalled} */ each) => {
    const known = nodes.get(each.id);
    if (known) return known;
    const text = make("span", { id: `signal-${each.id}` });
    const button = (/** @type {"seen" | "answered"} */ state) => make("button", { type: "button", "aria-describedby": text.id, click: () => {
      if (!meeting.send({ type: "mark", id: each.id, state })) return tell(byId("signal-status"), say("offline"));
      kept.take({ ...(kept.all.get(each.id) ?? each), state }); // the server tells every host, this one too
      draw();
      if (state === "answered") speak(text, text.textContent ?? "");
      // the pressed one is gone: on to what waits
      (made.answered.disabled ? (/** @type {HTMLElement | null} */ (place.querySelector("button:enabled:not([hidden])")) ?? byId("h-signals")) : made.answered).focus();
    } }, say(`signal.${state}`));
    const made = { node: make("li"), text, seen: button("seen"), answered: button("answered") };
    made.node.append(make("time", {}, clock(each.at_ms ?? 0)), " ", made.text, " ", made.seen, " ", made.answered);
    nodes.set(each.id, made);
    return made;
  };
  const draw = () => {
    const list = kept.list();
    byId("no-signals").hidden = list.length > 0;
    const focused = document.activeElement;
    const order = list.map((each) => {
      const parts = node(each);
      set(parts.text, sentence(each) + (each.state === "new" ? "" : ` — ${say(`signal.is_${each.state}`)}`));
      parts.node.dataset["state"] = each.state;
      parts.seen.hidden = each.state !== "new";
      parts.answered.disabled = each.state === "answered";
      return parts.node;
    });
    if (order.some((each, index) => place.children[index] !== each) || place.children.length !== order.length) {
      place.replaceChildren(...order);
      if (focused instanceof HTMLElement && place.contains(focused)) focused.focus();
    }
    for (const id of nodes.keys()) if (!kept.all.has(id)) nodes.delete(id);
  };
  meeting.on("signalled", (/** @type {Signalled} */ signal) => {
    const again = kept.take(signal);
    draw();
    if (!again) return; // once a signal, not once a count
    if (!news.length) setTimeout(() => {
      for (const each of news.splice(0).slice(-AT_ONCE)) speak(each.text, say("signal.told", { what: sentence(each.signal) }));
    }, TOGETHER_MS);
    news.push({ signal, text: node(signal).text });
  });
}
