// @ts-check
/** Bigger, smaller, and the theme: the choices that every page has, kept for all pages. */
import { keepChoices } from "./page.js";
import { CHOICES } from "./settings.js";

const SIZES = [...CHOICES.size].sort((a, b) => Number(a) - Number(b));

/** The next size up or down; the same at the end. @param {string} size @param {number} by 1 or -1 */
export const sizeStep = (size, by) => SIZES[Math.min(Math.max(SIZES.indexOf(size) + by, 0), SIZES.length - 1)] ?? size;

/** @param {HTMLElement} bigger @param {HTMLElement} smaller @param {import("./settings.js").Settings} settings @param {() => void} after */
export function sizes(bigger, smaller, settings, after = () => {}) {
  const by = (/** @type {number} */ step) => {
    settings.size = sizeStep(settings.size, step);
    keepChoices(settings);
    after();
  };
  bigger.addEventListener("click", () => by(1));
  smaller.addEventListener("click", () => by(-1));
}

/** @param {HTMLSelectElement} select @param {import("./settings.js").Settings} settings @param {import("./status.js").Say} say */
export function themes(select, settings, say) {
  select.replaceChildren(...CHOICES.theme.map((value) => new Option(say(`theme.${value}`), value)));
  select.value = settings.theme;
  select.addEventListener("change", () => {
    settings.theme = select.value;
    keepChoices(settings);
  });
}
