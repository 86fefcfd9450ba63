// @ts-check
/** Which of a meeting's tracks a reader wants, and what they are called. Pure. @typedef {import("./fold.js").Track} Track */

/** @param {string} tag */
const main = (tag) => tag.split("-")[0]?.toLowerCase() ?? "";

/**
 * The wanted track: by its id, else by its language, else by its main language; undefined when there is none.
 * @param {Track[]} tracks @param {string} wanted
 */
export function wantedTrack(tracks, wanted) {
  if (!wanted) return undefined;
  return (
    tracks.find((track) => track.id === wanted) ??
    tracks.find((track) => track.language.toLowerCase() === wanted.toLowerCase()) ??
    tracks.find((track) => main(track.language) === main(wanted))
  );
}

/** What to remember of a choice: the language where it is the only one of it, for the next meeting; else the track. @param {Track[]} tracks @param {Track} chosen */
export const remembered = (tracks, chosen) =>
  tracks.filter((track) => track.language === chosen.language).length === 1 ? chosen.language : chosen.id;

/** Names, each another: a label, else the language by its name. @param {Track[]} tracks @param {string} language of the interface */
export function trackNames(tracks, language) {
  const names = new Intl.DisplayNames([language], { type: "language" });
  const plain = tracks.map((track) => track.label || names.of(track.language) || track.language);
  return plain.map((name, at) => (plain.indexOf(name) === plain.lastIndexOf(name) ? name : `${name} (${tracks[at]?.id})`));
}
