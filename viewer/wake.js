// @ts-check
/**
 * Keep the screen on while reading (Screen Wake Lock). The browser takes the lock away whenever the page is out of sight,
 * so it is asked for again when the page comes back. A browser without it shows no switch.
 */

/**
 * @typedef {{release: () => Promise<void>}} Lock
 * @typedef {{on: boolean, lock: Lock | null}} State
 */

export class Wake {
  /** @param {{request: (kind: "screen") => Promise<Lock>} | undefined} locks `navigator.wakeLock` @param {() => boolean} visible */
  constructor(locks, visible) {
    this.locks = locks;
    this.visible = visible;
    this.on = false;
    /** @type {Lock | null} */
    this.lock = null;
  }

  get possible() {
    return Boolean(this.locks);
  }

  /** @param {boolean} on @returns {Promise<boolean>} whether the screen stays on now */
  async want(on) {
    this.on = on;
    if (on) return this.again();
    const held = this.lock;
    this.lock = null;
    await held?.release();
    return false;
  }

  /** The page may have come back into sight. */
  async again() {
    if (!this.on || !this.locks || !this.visible()) return false;
    try {
      this.lock = await this.locks.request("screen");
      return true;
    } catch {
      return false; // the battery is low, or the device forbids it: reading goes on
    }
  }
}

const STORE = "captions.awake";

/** A switch for it. @param {HTMLInputElement} box @param {HTMLElement} label hidden where the browser cannot */
export function wakeSwitch(box, label) {
  const locks = /** @type {any} */ (navigator).wakeLock;
  const wake = new Wake(locks, () => document.visibilityState === "visible");
  label.hidden = !wake.possible;
  if (!wake.possible) return wake;
  let on = true;
  try {
    on = localStorage.getItem(STORE) !== "off";
  } catch {
    // on, for this page
  }
  box.checked = on;
  wake.want(on);
  box.addEventListener("change", () => {
    wake.want(box.checked);
    try {
      localStorage.setItem(STORE, box.checked ? "on" : "off");
    } catch {
      // as above
    }
  });
  document.addEventListener("visibilitychange", () => wake.again());
  return wake;
}
