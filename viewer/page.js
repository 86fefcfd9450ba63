// @ts-check
/** What the smaller pages begin with: nodes, what the reader has chosen on any page, and the texts of the reader's language. */
import { withoutClaim } from "./claim.js";
import ENGLISH from "./locales/en.js";
import VIEWS from "./locales-views/en.js";
import { apply } from "./look.js";
import { fromFragment, read } from "./settings.js";
import { Texts, pick } from "./texts.js";
import { translate } from "./translate.js";

const STORE = "captions.settings";

/** @param {string} id */
export function byId(id) {
  const node = document.getElementById(id);
  if (!node) throw new Error(`no element ${id}`);
  return node;
}

/** What this browser keeps; null where it keeps nothing. @param {string} key @returns {string | null} */
export function stored(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // storage is off: choices hold for this page
  }
}

/** @param {string} key @param {string} value */
export function keep(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // as above
  }
}

/** The choices of all pages, applied to this one. @param {string} fragment a link's, over what is kept */
export function choices(fragment = "") {
  const settings = read(stored(STORE), fragment);
  apply(document.documentElement, settings);
  return settings;
}

/** Keep a changed choice and show it. @param {import("./settings.js").Settings} settings */
export function keepChoices(settings) {
  apply(document.documentElement, settings);
  keep(STORE, JSON.stringify(settings));
}

/** A link's choices are kept from now on; its fragment goes from the address, and with it what opens the door. */
export function takeLink() {
  const settings = choices(location.hash);
  const fragment = withoutClaim(location.hash);
  const chosen = Object.keys(fromFragment(fragment)).length > 0;
  if (location.hash && (chosen || fragment !== location.hash.slice(1))) history.replaceState(null, "", location.pathname);
  if (chosen) keepChoices(settings);
  return settings;
}

/**
 * The texts of all pages in the reader's language; English where another cannot be had.
 * @param {import("./settings.js").Settings} settings
 */
export async function wording(settings) {
  const english = new Texts("en", { ...ENGLISH, ...VIEWS });
  const language = pick(settings.language, navigator.languages);
  if (language === "en") return english;
  try {
    const own = await Promise.all([import(`./locales/${language}.js`), import(`./locales-views/${language}.js`)]);
    return new Texts(language, { ...ENGLISH, ...VIEWS, ...own[0].default, ...own[1].default });
  } catch {
    return english; // the network is away
  }
}

/** Speak the reader's language on the whole page. @param {import("./settings.js").Settings} settings */
export async function speak(settings) {
  const texts = await wording(settings);
  if (texts.language !== "en") {
    document.documentElement.lang = texts.language;
    document.documentElement.dir = texts.language === "ar" ? "rtl" : "ltr";
    translate(document, texts.say);
  }
  return texts;
}

/**
 * A button with a text. @param {string} text @param {() => void} act
 */
export function button(text, act) {
  const node = document.createElement("button");
  node.type = "button";
  node.textContent = text;
  node.addEventListener("click", act);
  return node;
}
