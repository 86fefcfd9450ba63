// @ts-check
/** How the big screen looks, in the fragment of its link. Pure. */

/** Every value that each option may have; the first one is the default. */
export const OPTIONS = {
  lines: ["2", "1", "3", "4", "5", "6"],
  size: ["7", "4", "5", "6", "8", "9", "10", "12", "14"], // per cent of the picture's height
  position: ["bottom", "middle", "top"],
  width: ["90", "60", "70", "80", "95"], // per cent of the picture's width
  text: ["white", "yellow", "cyan", "green", "black"],
  back: ["black", "blue", "white", "none"],
  opacity: ["80", "100", "60", "40"],
  words: ["on", "off"], // words not yet finished
  status: ["on", "off"],
};

/** @typedef {keyof typeof OPTIONS} Option */
/** @typedef {Record<Option, string>} Options */

export const OPTION_NAMES = /** @type {Option[]} */ (Object.keys(OPTIONS));

/** @param {string} fragment @returns {Options} */
export function readOptions(fragment) {
  const claimed = new URLSearchParams(fragment.replace(/^#/, ""));
  return /** @type {Options} */ (
    Object.fromEntries(
      OPTION_NAMES.map((name) => {
        const value = claimed.get(name) ?? "";
        return [name, OPTIONS[name].includes(value) ? value : OPTIONS[name][0]];
      }),
    )
  );
}

/** What differs from the defaults. @param {Options} options */
export const writeOptions = (options) =>
  new URLSearchParams(OPTION_NAMES.filter((name) => options[name] !== OPTIONS[name][0]).map((name) => [name, options[name]])).toString();
