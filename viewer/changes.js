// @ts-check
/**
 * The list of corrections, outside the live node: what a caption says now and what it said before. It is drawn while it
 * is open; an entry stays the same node, so that nobody's focus is lost.
 */
import { clock } from "./captions-view.js";
import { versionsIn } from "./history.js";

const SHOWN = 100; // entries, the newest first

/** @typedef {import("./fold.js").CueUpdate} CueUpdate */

/**
 * @param {import("./captions-view.js").CaptionsView} view @param {import("./status.js").Say} say
 * @param {(cue: string) => Promise<unknown>} fetched every version of a cue, from the server
 */
export function changes(view, say, fetched) {
  const panel = /** @type {HTMLDetailsElement} */ (document.getElementById("changes"));
  const count = /** @type {HTMLElement} */ (document.getElementById("changes-count"));
  const list = /** @type {HTMLElement} */ (document.getElementById("changed"));
  /** @type {Map<string, HTMLLIElement>} */
  const items = new Map();

  const draw = () => {
    if (!panel.open) return;
    const { versions } = view.history;
    count.textContent = versions.size ? say("changes.some", { n: versions.size }) : say("changes.none");
    for (const [id, item] of items)
      if (!versions.has(id)) {
        item.remove();
        items.delete(id);
      }
    for (const [id, known] of [...versions].slice(-SHOWN)) {
      let item = items.get(id);
      if (item && item.dataset["revision"] === String(known.at(-1)?.revision)) continue;
      if (!item) {
        item = entry(id);
        list.prepend(item);
        items.set(id, item);
      }
      fill(item, known);
    }
  };

  /** @param {string} id */
  const entry = (id) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.dataset["text"] = "changes.all";
    button.textContent = say("changes.all");
    button.addEventListener("click", async () => {
      try {
        const all = versionsIn(await fetched(id));
        if (all.length) fill(item, all);
        else throw new Error("nothing is known of this cue");
      } catch {
        count.textContent = say("changes.failed");
      }
    });
    item.append(document.createElement("ul"), button);
    return item;
  };

  /** @param {HTMLLIElement} item @param {CueUpdate[]} known */
  const fill = (item, known) => {
    item.dataset["revision"] = String(known.at(-1)?.revision);
    item.querySelector("ul")?.replaceChildren(...[...known].reverse().map((update, at) => version(update, at === 0)));
  };

  /** @param {CueUpdate} update @param {boolean} newest */
  const version = (update, newest) => {
    const line = document.createElement("li");
    const text = update.status === "retracted" ? say("changes.gone") : update.cue.text;
    const by = update.human ? ` (${say("changes.human")})` : "";
    line.textContent = `${clock(update.cue.start)} ${say(newest ? "changes.now" : "changes.before", { text })}${by}`;
    return line;
  };

  panel.addEventListener("toggle", draw);
  document.addEventListener("corrected", draw);
  document.addEventListener("language", () => {
    list.replaceChildren();
    items.clear();
    draw();
  });
  draw();
}
