// @ts-check
/** The interface's texts: English at once, every other language when it is wanted. */
import ENGLISH from "./locales/en.js";

/** Languages of the interface, each by its own name; a file of each stands in locales/. @type {Record<string, string>} */
export const NAMES = { ar: "العربية", zh: "中文", en: "English", fr: "Français", ru: "Русский", es: "Español" };

export const LANGUAGES = Object.keys(NAMES);

/** @typedef {Record<string, string | number>} Values */

/**
 * The interface language: the reader's choice, else the first of the browser's that there is, else English.
 * @param {string} chosen @param {readonly string[]} preferred
 */
export function pick(chosen, preferred) {
  if (LANGUAGES.includes(chosen)) return chosen;
  return preferred.map((tag) => tag.split("-")[0]?.toLowerCase() ?? "").find((tag) => LANGUAGES.includes(tag)) ?? "en";
}

/** @param {string} language */
const numbers = (language) => new Intl.NumberFormat(`${language}-u-nu-latn`, { useGrouping: false });

/** Texts of one language, English where one is missing. */
export class Texts {
  /** @param {string} language @param {Record<string, string>} own */
  constructor(language = "en", own = ENGLISH) {
    this.say = this.say.bind(this);
    this.language = language;
    this.own = own;
    this.plural = new Intl.PluralRules(language);
    this.number = numbers(language);
  }

  /** @param {string} language @param {Record<string, string>} own */
  become(language, own) {
    this.language = language;
    this.own = own;
    this.plural = new Intl.PluralRules(language);
    this.number = numbers(language);
  }

  /**
   * Speak another language from now on; where its file cannot be had, all stays as it is.
   * @param {string} language one of LANGUAGES @returns {Promise<boolean>} whether it changed
   */
  async use(language) {
    if (language === this.language) return false;
    try {
      const { default: own } = language === "en" ? { default: ENGLISH } : await import(`./locales/${language}.js`);
      this.become(language, own);
      return true;
    } catch {
      return false; // the network is away: English is better than nothing
    }
  }

  /** How long something took, about: "12 sec", "5 min". @param {number} ms */
  time(ms) {
    const [count, unit] = ms < 90_000 ? [Math.max(1, Math.round(ms / 1000)), "second"] : [Math.round(ms / 60_000), "minute"];
    return new Intl.NumberFormat(`${this.language}-u-nu-latn`, { style: "unit", unit, unitDisplay: "short" }).format(count);
  }

  /**
   * A text with its {values}. The plural forms of `n` stand under `key.zero`, `key.one`, `key.two`, `key.few` and
   * `key.many`, as the language has them (CLDR); `key` itself is the form "other".
   * @param {string} key @param {Values} values
   */
  say(key, values = {}) {
    const count = "n" in values ? Number(values["n"]) : 0;
    const plural = "n" in values ? this.own[`${key}.${this.plural.select(count)}`] : undefined;
    const text = plural ?? this.own[key] ?? ENGLISH[key] ?? key;
    return text.replace(/\{(\w+)\}/g, (_, name) => {
      if (name === "time") return this.time(Number(values["time"]));
      return name === "n" ? this.number.format(count) : String(values[name] ?? "");
    });
  }
}
