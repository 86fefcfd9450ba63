// @ts-check
/** What a reader does with captions: search, mark a place, copy, save. Nothing of it touches the log's nodes but a class. */

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @param {import("./captions-view.js").CaptionsView} view @param {import("./status.js").Say} say */
export function tools(view, say) {
  const told = byId("tool-status");
  /** @type {HTMLElement | null} */
  let marked = null;

  byId("search").addEventListener("submit", (happened) => {
    happened.preventDefault();
    const wanted = /** @type {HTMLInputElement} */ (byId("wanted")).value;
    const found = view.find(wanted);
    told.textContent = say("found", { n: found.length });
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
  });

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
      told.textContent = say("copied");
    } catch {
      told.textContent = say("copy_failed");
    }
  });
  byId("save").addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([view.text()], { type: "text/plain" }));
    link.download = "captions.txt";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  });
}
