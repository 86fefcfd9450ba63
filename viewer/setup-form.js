// @ts-check
/** A form that makes a link or a piece of code, shows what it looks like, and copies it. */
import { byId } from "./page.js";

/**
 * @param {{id: string, label: string, value: string, values: {value: string, text: string}[]}[]} fields
 * @param {(chosen: Record<string, string>) => {result: string, open: string, preview: string}} make
 * @param {import("./status.js").Say} say
 */
export function setupForm(fields, make, say) {
  const result = /** @type {HTMLTextAreaElement} */ (byId("result"));
  const preview = /** @type {HTMLIFrameElement} */ (byId("preview"));
  const selects = fields.map(({ id, label, value, values }) => {
    const select = document.createElement("select");
    select.id = id;
    select.append(...values.map((each) => new Option(each.text, each.value)));
    select.value = value;
    const node = document.createElement("label");
    node.append(`${label} `, select);
    byId("form").append(node);
    return select;
  });
  let shown = "";
  const draw = () => {
    const made = make(Object.fromEntries(selects.map((select) => [select.id, select.value])));
    result.value = made.result;
    /** @type {HTMLAnchorElement} */ (byId("open-link")).href = made.open;
    if (made.preview === shown) return;
    shown = made.preview;
    preview.src = made.preview;
  };
  byId("form").addEventListener("change", draw);
  byId("form").addEventListener("submit", (happened) => happened.preventDefault());
  result.addEventListener("focus", () => result.select());
  byId("copy").addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(result.value);
      byId("told").textContent = say("copied");
    } catch {
      result.focus();
      byId("told").textContent = say("setup.by_hand");
    }
  });
  draw();
}
