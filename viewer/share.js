// @ts-check
/** The reader's choices as a link and a QR code, to carry them to another device without an account. */
import { path, qr } from "./qr.js";
import { toFragment } from "./settings.js";

/** @param {import("./settings.js").Settings} settings */
export function share(settings) {
  const panel = /** @type {HTMLDetailsElement} */ (document.getElementById("share"));
  const link = /** @type {HTMLInputElement} */ (document.getElementById("link"));
  const code = /** @type {SVGSVGElement} */ (/** @type {unknown} */ (document.getElementById("qr")));
  const draw = () => {
    if (!panel.open) return;
    const fragment = toFragment(settings);
    link.value = `${location.origin}${location.pathname}${fragment && "#"}${fragment}`;
    const grid = qr(link.value);
    code.setAttribute("viewBox", `0 0 ${grid.length + 8} ${grid.length + 8}`);
    code.querySelector("path")?.setAttribute("d", path(grid));
  };
  panel.addEventListener("toggle", draw);
  document.addEventListener("settings", draw);
  link.addEventListener("focus", () => link.select());
}
