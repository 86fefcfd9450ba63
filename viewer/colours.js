// @ts-check
/** Colours and their contrast after WCAG 2.2 ("relative luminance", "contrast ratio"). Pure. */

/** @typedef {[number, number, number]} Rgb 0..255 each */

/** The eight colours of CTA-708. @type {Record<string, Rgb>} */
export const RGB = {
  white: [255, 255, 255], black: [0, 0, 0], red: [255, 0, 0], green: [0, 255, 0],
  blue: [0, 0, 255], yellow: [255, 255, 0], magenta: [255, 0, 255], cyan: [0, 255, 255],
};

/** Read "#abc", "#aabbcc" or "rgb(1, 2, 3)". @param {string} text @returns {Rgb | null} */
export function parse(text) {
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(text.trim());
  if (short) return parse(`#${short.slice(1).map((digit) => digit + digit).join("")}`);
  const long = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text.trim());
  if (long) return rgb(long.slice(1).map((pair) => Number.parseInt(pair, 16)));
  const called = /^rgba?\(\s*(\d+)[,\s]+(\d+)[,\s]+(\d+)/.exec(text.trim());
  return called ? rgb(called.slice(1).map(Number)) : null;
}

/** @param {number[]} values @returns {Rgb} */
const rgb = (values) => [values[0] ?? 0, values[1] ?? 0, values[2] ?? 0];

/** `above` at an opacity of 0..1 over `below`. @param {Rgb} above @param {number} opacity @param {Rgb} below @returns {Rgb} */
export const over = (above, opacity, below) =>
  rgb(above.map((value, index) => value * opacity + (below[index] ?? 0) * (1 - opacity)));

/** @param {Rgb} colour */
function luminance(colour) {
  const [red, green, blue] = rgb(
    colour.map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4)),
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** 1 (the same) to 21 (black on white). @param {Rgb} one @param {Rgb} other */
export function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return ((high ?? 0) + 0.05) / ((low ?? 0) + 0.05);
}

/**
 * The contrast of caption text as it is shown: text over its background over the window over the page.
 * @param {import("./settings.js").Settings} settings @param {Rgb} text the theme's @param {Rgb} page the theme's
 */
export function captionContrast(settings, text, page) {
  const share = (/** @type {string} */ percent) => Number(percent) / 100;
  const window = RGB[settings.window];
  const back = RGB[settings.back];
  let below = window ? over(window, share(settings.windowOpacity), page) : page;
  if (back) below = over(back, share(settings.backOpacity), below);
  return contrast(over(RGB[settings.text] ?? text, share(settings.textOpacity), below), below);
}

/** For CSS; "" where the theme decides. @param {string} name @param {string} percent */
export function css(name, percent) {
  const colour = RGB[name];
  return colour ? `rgb(${colour.join(" ")} / ${percent}%)` : "";
}
