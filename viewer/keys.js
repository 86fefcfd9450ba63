// @ts-check
/** Single keys that the reader can switch off or change (WCAG 2.2, 2.1.4). Pure but for `listen`. */

/** @typedef {{on: boolean, keys: Record<string, string>}} Keys an action's name and its key */

/**
 * What was stored, over the page's own keys; a key that is no single sign is as if it were not there.
 * @param {string | null} text JSON @param {Record<string, string>} own @returns {Keys}
 */
export function readKeys(text, own) {
  /** @type {Keys} */
  const found = { on: true, keys: { ...own } };
  try {
    const value = JSON.parse(text ?? "{}");
    if (value?.on === false) found.on = false;
    for (const name of Object.keys(own)) if (single(value?.keys?.[name])) found.keys[name] = value.keys[name].toLowerCase();
  } catch {
    // as above
  }
  return found;
}

/** @param {unknown} key */
const single = (key) => typeof key === "string" && [...key].length === 1 && key.trim() !== "";

/**
 * The action of a key press, or "". Keys with Ctrl, Alt or Meta are the browser's and the screen reader's. On a keyboard
 * with other letters (Russian, Arabic) the key counts that stands where the Latin letter does.
 * @param {Keys} keys @param {{key: string, code?: string, ctrlKey: boolean, altKey: boolean, metaKey: boolean}} press
 */
export function action(keys, press) {
  if (!keys.on || press.ctrlKey || press.altKey || press.metaKey) return "";
  const named = (/** @type {string} */ key) => Object.keys(keys.keys).find((name) => keys.keys[name] === key) ?? "";
  const found = named(press.key.toLowerCase());
  if (found || [...press.key].length !== 1 || press.key < "\u0080") return found;
  return named(/^Key([A-Z])$/.exec(press.code ?? "")?.[1]?.toLowerCase() ?? "");
}

/** Call `act` for each of the keys, but not while the reader writes or chooses. @param {() => Keys} keys @param {(action: string) => void} act */
export function listen(keys, act) {
  document.addEventListener("keydown", (press) => {
    const node = press.target;
    const writes =
      node instanceof HTMLSelectElement || node instanceof HTMLInputElement || (node instanceof HTMLTextAreaElement && !node.readOnly);
    const wanted = writes ? "" : action(keys(), press);
    if (!wanted) return;
    press.preventDefault();
    act(wanted);
  });
}
