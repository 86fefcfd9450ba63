// @ts-check
/** Which captioners' states a host is told: those that last, once. Pure; time is an argument. */

export const STEADY_MS = 3_000; // a state that passes sooner is of no use to anybody

/** @typedef {import("../wire.js").TrackHealth} TrackHealth */

export class Healths {
  constructor() {
    /** @type {Map<string, {told: string, health: string, at: number}>} by track */
    this.known = new Map();
  }

  /**
   * What to tell now. What was so when a track was first seen stands in the list; that the only captioner has gone or come
   * is the meeting's own state.
   * @param {TrackHealth[]} captioners @param {number} now ms @returns {TrackHealth[]}
   */
  due(captioners, now) {
    return captioners.filter((each) => {
      const known = this.known.get(each.track) ?? { told: each.health, health: each.health, at: now };
      this.known.set(each.track, known);
      if (known.health !== each.health) Object.assign(known, { health: each.health, at: now });
      if (known.told === each.health || now - known.at < STEADY_MS) return false;
      const moved = known.told === "absent" || each.health === "absent";
      known.told = each.health;
      return !moved || captioners.length > 1;
    });
  }
}
