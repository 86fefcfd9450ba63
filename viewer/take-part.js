// @ts-check
/** Tell the host: one press each, or a question in words. Beside the captions, never over them; nothing has to be quick. */
import { button } from "./page.js";

export const SIGNALS = ["slow_down", "unclear", "who", "repeat"];
export const MOST = 500; // characters of a question, as the server has it
const NAME = 120;
const AGAIN_MS = 10_000; // the server counts equal signals within so long as one
const EACH_MS = 1_200; // and takes at most one a second from one reader

/** Holds back what the server would not count. Pure; time is an argument. */
export class Gate {
  constructor() {
    /** @type {Map<string, number>} */
    this.last = new Map();
    this.any = -Infinity;
  }

  /** @param {string} signal @param {string} text @param {number} now ms */
  open(signal, text, now) {
    const key = `${signal}\n${text}`;
    return now - this.any >= EACH_MS && now - (this.last.get(key) ?? -Infinity) >= AGAIN_MS;
  }

  /** Nobody has it: it may be tried again. @param {string} signal @param {string} text */
  back(signal, text) {
    this.any = -Infinity;
    this.last.delete(`${signal}\n${text}`);
  }

  /** It was sent. @param {string} signal @param {string} text @param {number} now ms */
  sent(signal, text, now) {
    this.any = now;
    this.last.set(`${signal}\n${text}`, now);
  }
}

/** The message. @param {string} signal @param {string} text @param {string} name */
export function message(signal, text = "", name = "") {
  const more = { ...(text && { text }), ...(name && { name }) };
  return JSON.stringify({ type: "signal", signal, ...more });
}

/**
 * Build the group in a place. `texts` may change its language later ("language" on the document).
 * @param {HTMLElement} place @param {import("./status.js").Say} say
 * @param {(text: string) => Promise<import("./feed.js").Answer>} send says what became of it: the host has it when the server says so
 */
export function takePart(place, say, send) {
  const gate = new Gate();
  const told = document.createElement("p");
  told.setAttribute("role", "status");
  told.id = "told-host";
  const tell = (/** @type {string} */ text) => {
    told.textContent = "";
    setTimeout(() => (told.textContent = text), 50); // the same words twice are said twice
  };
  /** @param {string} signal @param {string} text @param {string} name */
  const signal = async (signal, text = "", name = "") => {
    const now = performance.now();
    if (!gate.open(signal, text, now)) {
      tell(say("tell.already"));
      return false;
    }
    gate.sent(signal, text, now);
    const answer = await send(message(signal, text, name));
    if (answer !== "told") gate.back(signal, text);
    tell(say(`tell.${answer}`));
    return answer === "told";
  };

  const group = document.createElement("div");
  group.className = "signals";
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", say("tell"));
  group.append(...SIGNALS.map((each) => button(say(`tell.${each}`), () => signal(each))));

  const form = document.createElement("form");
  const words = document.createElement("textarea");
  words.rows = 2;
  words.maxLength = MOST;
  words.required = true;
  const name = document.createElement("input");
  name.type = "text"; // said aloud: what `autocomplete` may name depends on it
  name.maxLength = NAME;
  name.autocomplete = "name";
  const send_ = document.createElement("button");
  send_.textContent = say("tell.send");
  form.append(labelled(say("tell.question"), words), labelled(say("tell.name"), name), send_);
  form.addEventListener("submit", async (happened) => {
    happened.preventDefault();
    const text = words.value.trim();
    if (text && (await signal("question", text, name.value.trim())) && words.value.trim() === text) words.value = "";
  });
  const question = document.createElement("details");
  const summary = document.createElement("summary");
  summary.textContent = say("tell.ask");
  question.append(summary, form);
  place.replaceChildren(group, told, question);
}

/** @param {string} text @param {HTMLElement} node */
function labelled(text, node) {
  const label = document.createElement("label");
  label.append(`${text} `, node);
  return label;
}
