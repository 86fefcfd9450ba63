// @ts-check
/**
 * The reader's choices. Pure: text in, values out; a value that is not allowed is as if it were not there. The caption
 * settings are those of CTA-708 and 47 CFR 79.103: 8 colours, 5 edge styles, 7 font styles, 50 to 400 per cent.
 */

import { LANGUAGES } from "./texts.js";

export const COLOURS = ["auto", "white", "black", "red", "green", "blue", "yellow", "magenta", "cyan"];
const OPACITY = ["100", "75", "50", "25"];

/** Every value that each choice may have; the first one is the default. */
export const CHOICES = {
  language: ["auto", ...LANGUAGES], // of the interface
  size: ["100", "50", "75", "125", "150", "200", "300", "400"], // per cent
  theme: ["system", "light", "dark", "contrast"],
  announce: ["off", "sentence", "batch", "speaker"],
  partials: ["on", "off"],
  data: ["full", "low"],
  every: ["20", "10", "30", "60"], // seconds between two batches
  font: ["system", "legible", "dyslexia", "sans", "serif", "mono", "monoserif", "casual", "cursive", "smallcaps"],
  leading: ["1.5", "1.2", "1.8", "2", "2.5"], // times the size
  width: ["42", "20", "32", "60", "full"], // characters
  lines: ["auto", "1", "2", "3", "4", "6", "10"],
  position: ["top", "middle", "bottom"],
  text: COLOURS,
  textOpacity: OPACITY,
  back: COLOURS,
  backOpacity: [...OPACITY, "0"],
  window: COLOURS,
  windowOpacity: [...OPACITY, "0"],
  edge: ["none", "raised", "depressed", "uniform", "shadow"],
  speakers: ["on", "off"],
  times: ["off", "on"],
};

/** The track to read: its id or its language; "" is the first one. Meetings have other tracks each, so it is no list. */
const TRACK = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** @typedef {keyof typeof CHOICES} Name */
/** @typedef {Record<Name | "captions", string>} Settings */

export const NAMES = /** @type {Name[]} */ (Object.keys(CHOICES));

export const DEFAULTS = /** @type {Settings} */ ({
  captions: "", ...Object.fromEntries(NAMES.map((name) => [name, CHOICES[name][0]])),
});

/**
 * The allowed ones among what a stored text or a link claims.
 * @param {unknown} claimed @returns {Partial<Settings>}
 */
function allowed(claimed) {
  if (typeof claimed !== "object" || claimed === null) return {};
  const values = /** @type {Record<string, unknown>} */ (claimed);
  /** @type {Partial<Settings>} */
  const found = {};
  for (const name of NAMES) {
    const value = values[name];
    if (Object.hasOwn(values, name) && typeof value === "string" && CHOICES[name].includes(value)) found[name] = value;
  }
  const track = values["captions"];
  if (typeof track === "string" && TRACK.test(track)) found.captions = track;
  return found;
}

/**
 * What was stored, and over it what a link carries.
 * @param {string | null} text JSON @param {string} fragment of the page's address, with or without "#" @returns {Settings}
 */
export function read(text, fragment = "") {
  return { ...DEFAULTS, ...allowed(parsed(text)), ...fromFragment(fragment) };
}

/** @param {string | null} text @returns {unknown} */
function parsed(text) {
  try {
    return JSON.parse(text ?? "{}");
  } catch {
    return {};
  }
}

/** @param {string} fragment */
export function fromFragment(fragment) {
  return allowed(Object.fromEntries(new URLSearchParams(fragment.replace(/^#/, ""))));
}

/**
 * What differs from the defaults, as a fragment: it never reaches a server.
 * @param {Settings} settings
 */
export function toFragment(settings) {
  const changed = /** @type {const} */ ([...NAMES, "captions"])
    .filter((name) => settings[name] !== DEFAULTS[name])
    .map((name) => [name, settings[name]]);
  return new URLSearchParams(changed).toString();
}
