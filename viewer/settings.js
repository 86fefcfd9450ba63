// @ts-check
/**
 * The reader's choices. Pure: text in, values out; a stored value that is not allowed is as if it were not there.
 *
 * @typedef {{size: string, theme: string, announce: string, partials: string}} Settings
 */

/** @type {Record<keyof Settings, string[]>} */
export const CHOICES = {
  size: ["50", "75", "100", "125", "150", "200", "300", "400"],
  theme: ["system", "light", "dark", "contrast"],
  announce: ["off", "sentence"],
  partials: ["on", "off"],
};

/** @type {Settings} */
export const DEFAULTS = { size: "100", theme: "system", announce: "off", partials: "on" };

/** @param {string | null} text @returns {Settings} */
export function read(text) {
  const settings = { ...DEFAULTS };
  try {
    const stored = JSON.parse(text ?? "{}");
    for (const name of /** @type {(keyof Settings)[]} */ (Object.keys(CHOICES)))
      if (typeof stored === "object" && stored !== null && CHOICES[name].includes(stored[name])) settings[name] = stored[name];
  } catch {
    return settings;
  }
  return settings;
}
