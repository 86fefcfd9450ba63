// @ts-check
/** The service worker: it keeps the pages' shell, so that a reader opens them on a bad line; never captions. */

const WORKER = "/sw.js";

/** The pages' policy demands a trusted address of a script; browsers without trusted types take the text. @returns {any} */
function trusted() {
  const types = /** @type {any} */ (window).trustedTypes;
  return types ? types.createPolicy("worker", { createScriptURL: () => WORKER }).createScriptURL(WORKER) : WORKER;
}

export function install() {
  if (!("serviceWorker" in navigator) || window.top !== window) return;
  navigator.serviceWorker.register(trusted()).catch(() => {
    // not over https, or forbidden: the pages work without it
  });
}
