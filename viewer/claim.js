// @ts-check
/**
 * What a reader shows at the door: an invitation's token or the meeting's passcode, from the address's fragment, which
 * no server sees. It is kept for this tab only, so that the page can be loaded anew.
 *
 * @typedef {{token?: string, passcode?: string}} Claim
 */

const MOST = 2_000; // characters: a signed invitation has some hundreds

/** Pure. @param {string} fragment with or without "#" @param {string | null} kept JSON @returns {Claim} */
export function claimOf(fragment, kept = null) {
  const given = new URLSearchParams(fragment.replace(/^#/, ""));
  /** @type {Claim} */
  const claim = {};
  let before;
  try {
    before = JSON.parse(kept ?? "{}");
  } catch {
    before = {};
  }
  for (const name of /** @type {const} */ (["token", "passcode"])) {
    const value = given.get(name) ?? before?.[name];
    if (typeof value === "string" && value && value.length <= MOST) claim[name] = value;
  }
  return claim;
}

/** The fragment without what was shown at the door. Pure. @param {string} fragment */
export function withoutClaim(fragment) {
  const rest = new URLSearchParams(fragment.replace(/^#/, ""));
  rest.delete("token");
  rest.delete("passcode");
  return rest.toString();
}

/** What opens the door of a request. Pure. @param {Claim} claim @returns {Record<string, string>} */
export const headersFor = ({ token, passcode }) => ({
  ...(token && { Authorization: `Bearer ${token}` }),
  ...(passcode && { "X-Passcode": passcode }),
});

/** This tab's claim for a meeting. @param {string} meeting */
export function claimFor(meeting) {
  const key = `captions.claim.${meeting}`;
  /** @param {(storage: Storage) => string | null | void} work */
  const stored = (work) => {
    try {
      return work(sessionStorage) ?? null;
    } catch {
      return null; // storage is off: the claim holds until the page is left
    }
  };
  const claim = claimOf(location.hash, stored((storage) => storage.getItem(key)));
  const keep = () => stored((storage) => storage.setItem(key, JSON.stringify(claim)));
  if (claim.token || claim.passcode) keep();
  return {
    claim,
    /** @param {string} passcode */
    answer(passcode) {
      claim.passcode = passcode;
      keep();
    },
  };
}
