// @ts-check
/** The texts of these pages in the user's language; English where another cannot be had. */
import { Texts, pick } from "../texts.js";
import ENGLISH from "./locales/en.js";

/** @param {ParentNode} root @param {import("../status.js").Say} say */
export function translate(root, say) {
  for (const node of root.querySelectorAll("[data-text]")) node.textContent = say(node.getAttribute("data-text") ?? "");
  for (const node of root.querySelectorAll("[data-label]")) node.setAttribute("aria-label", say(node.getAttribute("data-label") ?? ""));
}

/**
 * The page's texts, put in their places.
 * @param {Record<string, string>} english @param {(language: string) => Promise<{default: Record<string, string>}>} load another language
 * @returns {Promise<import("../status.js").Say>}
 */
export async function words(english = ENGLISH, load = (language) => import(`./locales/${language}.js`)) {
  const language = pick(chosen(), navigator.languages);
  if (language === "en") return new Texts("en", english).say;
  try {
    const { default: own } = await load(language);
    const texts = new Texts(language, { ...english, ...own });
    document.documentElement.lang = language;
    document.documentElement.dir = language === "ar" ? "rtl" : "ltr";
    translate(document, texts.say);
    return texts.say;
  } catch {
    return new Texts("en", english).say; // the network is away
  }
}

/** What the user chose on the live page. */
function chosen() {
  try {
    return String(JSON.parse(localStorage.getItem("captions.settings") ?? "{}").language ?? "");
  } catch {
    return "";
  }
}
