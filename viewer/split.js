// @ts-check
/** A border that can be moved by keys, mouse or finger (ARIA: window splitter). Pure but for `splitter`. */

export const LEAST = 20; // per cent
export const MOST = 80;
const STEP = 5;

/** @param {number} at per cent */
export const within = (at) => Math.min(Math.max(Math.round(at), LEAST), MOST);

/**
 * Where a key moves the border; null when it is no key of it.
 * @param {string} key @param {number} at @param {boolean} reversed the first part stands on the right
 */
export function moved(key, at, reversed = false) {
  const step = reversed ? -STEP : STEP;
  const to = /** @type {Record<string, number>} */ ({
    ArrowLeft: at - step, ArrowRight: at + step, ArrowUp: at - STEP, ArrowDown: at + STEP,
    Home: LEAST, End: MOST,
  })[key];
  return to === undefined ? null : within(to);
}

/**
 * @param {HTMLElement} node the separator @param {HTMLElement} whole what it divides
 * @param {number} begin per cent @param {(at: number) => void} change
 */
export function splitter(node, whole, begin, change) {
  let at = begin;
  const upright = matchMedia("(orientation: portrait)");
  const reversed = () => !upright.matches && getComputedStyle(whole).flexDirection === "row-reverse";
  const to = (/** @type {number} */ place) => {
    at = within(place);
    node.setAttribute("aria-valuenow", String(at));
    whole.style.setProperty("--split", `${at}%`);
    change(at);
  };
  const orient = () => node.setAttribute("aria-orientation", upright.matches ? "horizontal" : "vertical");
  upright.addEventListener("change", orient);
  orient();
  node.addEventListener("keydown", (press) => {
    const place = moved(press.key, at, reversed());
    if (place === null) return;
    press.preventDefault();
    to(place);
  });
  node.addEventListener("pointerdown", (down) => {
    node.setPointerCapture(down.pointerId);
    const follow = (/** @type {PointerEvent} */ move) => {
      const box = whole.getBoundingClientRect();
      const share = upright.matches ? (move.clientY - box.top) / box.height : (move.clientX - box.left) / box.width;
      to((reversed() ? 1 - share : share) * 100);
    };
    node.addEventListener("pointermove", follow);
    node.addEventListener("pointerup", () => node.removeEventListener("pointermove", follow), { once: true });
  });
  to(begin);
}
