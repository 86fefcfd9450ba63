// @ts-check
/** What a reader does with captions: search, mark a place, copy, save. Nothing of it touches the log's nodes but a class. */

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/**
 * @param {import("./captions-view.js").CaptionsView} view @param {import("./status.js").Say} say
 * @param {import("./older.js").Older} older
 */
export function tools(view, say, older) {
  const told = byId("tool-status");
  /** @type {HTMLElement | null} */
  let marked = null;
  let sought = ""; // while older captions were coming

  /** Who searches, copies or saves wants all: the rest is fetched, and until then it is said that it is missing. @param {string} text */
  const tell = (text) => {
    if (older.missing) older.all();
    told.textContent = older.missing ? `${text} ${say("older.coming")}`.trim() : text;
  };

  byId("search").addEventListener("submit", (happened) => {
    happened.preventDefault();
    search(/** @type {HTMLInputElement} */ (byId("wanted")).value);
  });
  document.addEventListener("older", () => {
    if (sought && !older.missing) search(sought);
  });

  /** @param {string} wanted */
  function search(wanted) {
    const found = view.find(wanted);
    sought = older.missing ? wanted : "";
    tell(say("found", { n: found.length }));
    byId("results").replaceChildren(...found.slice(-50).map((node) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.lang = node.lang;
      button.dir = node.dir;
      button.textContent = node.textContent;
      button.addEventListener("click", () => view.show(node));
      item.append(button);
      return item;
    }));
  }

  byId("mark").addEventListener("click", () => {
    marked?.classList.remove("marked");
    marked = view.place();
    marked?.classList.add("marked");
    /** @type {HTMLButtonElement} */ (byId("to-mark")).disabled = !marked;
    if (marked) told.textContent = say("marked");
  });
  byId("to-mark").addEventListener("click", () => marked && view.show(marked));

  byId("copy").addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(view.text());
      tell(say("copied"));
    } catch {
      told.textContent = say("copy_failed");
    }
  });
  byId("save").addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([view.text()], { type: "text/plain" }));
    link.download = "captions.txt";
    link.click();
    if (older.missing) tell("");
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  });
}
