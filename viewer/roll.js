// @ts-check
/** Captions that roll up: the last few, each on lines of its own, so that nothing above moves while words come. */

const KEEP = 12; // captions: more than six lines can show

export class Roll {
  /** @param {HTMLElement} node @param {(language: string) => string} direction */
  constructor(node, direction) {
    this.node = node;
    this.direction = direction;
    /** @type {Map<string, {node: HTMLElement, revision: number, final: boolean}>} */
    this.shown = new Map();
    this.speaker = "";
    this.latest = 0; // start of the newest final: older ones that come late are not for the screen
  }

  clear() {
    this.node.replaceChildren();
    this.shown.clear();
    this.speaker = "";
    this.latest = 0;
  }

  /** @param {import("./fold.js").CueUpdate} update */
  take(update) {
    const known = this.shown.get(update.cue.id);
    if (known && known.final && update.revision <= known.revision) return false;
    if (update.status === "retracted") {
      known?.node.remove();
      return false;
    }
    if (!known?.final && update.cue.start < this.latest) {
      known?.node.remove();
      this.shown.delete(update.cue.id);
      return false;
    }
    this.#put(update, true);
    this.latest = Math.max(this.latest, update.cue.start);
    return !known?.final;
  }

  /** @param {import("./fold.js").CueUpdate} update */
  partial(update) {
    const known = this.shown.get(update.cue.id);
    if (known?.final || update.cue.start < this.latest) return;
    for (const [id, each] of this.shown)
      if (!each.final && id !== update.cue.id) {
        each.node.remove();
        this.shown.delete(id);
      }
    this.#put(update, false);
  }

  /** @param {import("./fold.js").CueUpdate} update @param {boolean} final */
  #put(update, final) {
    const { cue } = update;
    let known = this.shown.get(cue.id);
    if (!known) {
      known = { node: document.createElement("p"), revision: 0, final: false };
      known.node.lang = cue.language;
      known.node.dir = this.direction(cue.language);
      known.node.append(document.createElement("span"));
      this.shown.set(cue.id, known);
      this.node.append(known.node);
    }
    const first = known.node.dataset["speaker"] ?? (cue.speaker && cue.speaker !== this.speaker ? cue.speaker : "");
    if (final) {
      known.node.dataset["speaker"] = first;
      this.speaker = cue.speaker ?? "";
    }
    known.final = final;
    known.revision = update.revision;
    const text = first ? `${first}: ${cue.text}` : cue.text;
    const span = /** @type {HTMLElement} */ (known.node.firstElementChild);
    if (span.textContent !== text) span.textContent = text;
    for (const [id, each] of this.shown) {
      if (this.node.childElementCount <= KEEP) break;
      each.node.remove();
      this.shown.delete(id); // should it come again, it is too old for the screen
    }
  }
}
