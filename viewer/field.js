// @ts-check
/**
 * A text that stands still on a Braille display and is replaced only when its reader asks. Measured with Orca 43.1 and
 * Chromium: a changed value or text of the element in focus reaches neither speech nor the Braille line; the focus on
 * another element does, at once. So there are two fields that take turns, and the one that was left goes a moment later:
 * one that goes at once takes the event with it. A field is named by its own text, so that the text begins in the first cell.
 */

const TURN_MS = 400; // the screen reader has arrived by then

export class Field {
  /** @param {HTMLElement} place */
  constructor(place) {
    this.place = place;
    this.text = "";
    /** @type {[HTMLElement, HTMLElement]} */
    this.fields = [this.#make(0), this.#make(1)];
    this.turn = 0;
    this.timer = 0;
    place.replaceChildren(...this.fields);
    this.#settle();
  }

  get now() {
    return /** @type {HTMLElement} */ (this.fields[this.turn]);
  }

  /** Whether the reader is in the text. */
  get focused() {
    return this.place.contains(document.activeElement);
  }

  focus() {
    this.now.focus();
  }

  /** @param {string} text @param {string} language @param {string} direction @param {boolean} go take the focus there */
  show(text, language, direction, go) {
    if (go && text !== this.text) this.turn = 1 - this.turn;
    const field = this.now;
    this.text = text;
    field.textContent = text;
    field.setAttribute("aria-label", text || "…");
    field.lang = language;
    field.dir = direction;
    clearTimeout(this.timer);
    if (!go) {
      this.#settle();
      return;
    }
    field.hidden = false;
    field.className = "now";
    field.tabIndex = 0;
    field.focus();
    const left = /** @type {HTMLElement} */ (this.fields[1 - this.turn]);
    left.className = "";
    left.tabIndex = -1;
    this.timer = window.setTimeout(() => this.#settle(), TURN_MS);
  }

  #settle() {
    for (const [index, field] of this.fields.entries()) {
      const current = index === this.turn;
      field.hidden = !current;
      field.className = current ? "now" : "";
      field.tabIndex = current ? 0 : -1;
    }
  }

  /** @param {number} number */
  #make(number) {
    const field = document.createElement("div");
    field.id = `text-${number}`;
    field.setAttribute("role", "textbox");
    field.setAttribute("aria-readonly", "true");
    field.setAttribute("aria-multiline", "true");
    field.setAttribute("aria-label", "…"); // until there is a text
    return field;
  }
}
