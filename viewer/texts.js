// @ts-check
/** The interface's texts. Pure. */
import { ENGLISH } from "./english.js";

/** Languages of the interface. */
export const LANGUAGES = ["en"];

/** @typedef {Record<string, string | number>} Values */

/**
 * The interface language: the reader's choice, else the first of the browser's that there is, else English.
 * @param {string} chosen @param {readonly string[]} preferred
 */
export function pick(chosen, preferred) {
  if (LANGUAGES.includes(chosen)) return chosen;
  return preferred.map((tag) => tag.split("-")[0]?.toLowerCase() ?? "").find((tag) => LANGUAGES.includes(tag)) ?? "en";
}

/** Texts of one language, English where one is missing. */
export class Texts {
  /** @param {string} language @param {Record<string, string>} own */
  constructor(language = "en", own = ENGLISH) {
    this.language = language;
    this.own = own;
    this.say = this.say.bind(this);
  }

  /** A text with its {values}; a plural "one" form stands under `key.one`. @param {string} key @param {Values} values */
  say(key, values = {}) {
    const plural = `${key}.${new Intl.PluralRules(this.language).select(Number(values["n"] ?? 0))}`;
    const text = this.own[plural] ?? this.own[key] ?? ENGLISH[key] ?? key;
    return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
  }
}
