// @ts-check
/** The sign-language video that the host laid down, or "". */

/** Only https, whatever the server says. Pure. @param {unknown} answer */
export function addressIn(answer) {
  const address = /** @type {{address?: unknown}} */ (answer)?.address;
  return typeof address === "string" && address.startsWith("https://") ? address : "";
}

/** @param {string} meeting @param {Record<string, string>} headers what opens the door */
export async function signVideo(meeting, headers) {
  try {
    const answer = await fetch(`/live/${encodeURIComponent(meeting)}/sign`, { headers });
    return answer.ok ? addressIn(await answer.json()) : "";
  } catch {
    return ""; // the network is away: the captions are there without it
  }
}
