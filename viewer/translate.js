// @ts-check
/**
 * The texts that stand in the page itself. `data-text="key"` marks an element whose text is the catalogue's, and
 * `data-label="key"` one whose aria-label is. The page stands there in English, so nothing is done for English before
 * the reader has chosen another language.
 */

/** @param {ParentNode} root @param {import("./status.js").Say} say */
export function translate(root, say) {
  for (const node of root.querySelectorAll("[data-text]")) {
    const text = say(node.getAttribute("data-text") ?? "");
    if (node.textContent !== text) node.textContent = text;
  }
  for (const node of root.querySelectorAll("[data-label]")) node.setAttribute("aria-label", say(node.getAttribute("data-label") ?? ""));
}

/**
 * Speak the reader's language on the whole page, and tell the parts that make their own texts ("language").
 * @param {import("./texts.js").Texts} texts @param {string} language
 */
export async function speak(texts, language) {
  if (!(await texts.use(language))) return;
  document.documentElement.lang = language;
  document.documentElement.dir = language === "ar" ? "rtl" : "ltr";
  translate(document, texts.say);
  document.dispatchEvent(new Event("language"));
}
