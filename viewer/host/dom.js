// @ts-check
/** Small helpers of the pages for people who run, correct and type captions. Text goes in as text only. */

/** @param {string} id */
export function byId(id) {
  const node = document.getElementById(id);
  if (!node) throw new Error(`no element ${id}`);
  return node;
}

/** @param {string} id */
export const field = (id) => /** @type {HTMLInputElement} */ (byId(id));

/**
 * Make an element; properties are set as attributes, `class` and `data-…` too; a function listens to that event.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag @param {Record<string, string | boolean | ((event: Event) => void)>} properties @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function make(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

const SAID_MS = 3_000; // a screen reader has said it by then; it stands where it is shown
const BACK_MS = 500; // after a question, until a browser has told a screen reader that the page is back
/** What waits until a question is answered: of each place only the last. @type {Map<Element, string>} */
const waiting = new Map();
let covered = 0; // questions that cover the page, or have just done so
let last = "";

/**
 * Give a text to screen readers alone. One place speaks for the whole page, and is empty again soon: a browser tells of every such place
 * anew when a question that covered it closes. Orca leaves out words that it said last: then a space that nobody sees makes them new.
 * @param {Element} node where it is shown @param {string} text
 */
export function speak(node, text) {
  waiting.delete(node);
  if (covered) return void waiting.set(node, text);
  last = text === last ? `${text}\u00a0` : text;
  const said = make("p", {}, last);
  byId("voice").append(said);
  setTimeout(() => said.remove(), SAID_MS);
}

/** A question covers the page. */
function cover() {
  covered += 1;
  byId("voice").replaceChildren();
}

/** The page is back: what has come up meanwhile is said. */
function uncover() {
  setTimeout(() => {
    covered -= 1;
    if (covered) return;
    for (const [node, text] of [...waiting]) speak(node, text);
  }, BACK_MS);
}

/** Show something and have it said; the same words twice are said twice. @param {Element} node @param {string} text */
export function tell(node, text) {
  set(node, text);
  if (text) speak(node, text);
}

/** Show how something is, and have it said when it changes. @param {Element} node @param {string} text */
export function report(node, text) {
  if (node.textContent !== text) tell(node, text);
}

/** Set a text where it differs: nothing is rendered, or spoken, again. @param {Element} node @param {string} text */
export function set(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** The questions that wait for an answer. @type {WeakMap<HTMLDialogElement, (value: string) => void>} */
const asked = new WeakMap();

/**
 * Ask in the page's dialog; resolves with the pressed button's value, "" for Escape. The focus goes back where it was.
 * A browser tells of a closing a moment later, when the next question may stand there: that one is still to be answered.
 * @param {HTMLDialogElement} dialog @returns {Promise<string>}
 */
export function ask(dialog) {
  asked.get(dialog)?.("");
  const before = /** @type {HTMLElement | null} */ (document.activeElement);
  dialog.returnValue = "";
  cover();
  dialog.showModal();
  return new Promise((resolve) => {
    const answer = (/** @type {string} */ value) => {
      dialog.removeEventListener("close", closed);
      asked.delete(dialog);
      resolve(value);
    };
    const closed = () => {
      if (dialog.open) return;
      if (before?.isConnected) before.focus();
      uncover();
      answer(dialog.returnValue);
    };
    asked.set(dialog, answer);
    dialog.addEventListener("close", closed);
  });
}

/** @param {number} ms @returns {string} 1:02:03 */
export function clock(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (/** @type {number} */ value) => String(value).padStart(2, "0");
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}
