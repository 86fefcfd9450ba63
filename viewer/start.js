// @ts-check
/**
 * Captions first: the page holds the last ones itself, and on a slow line the scripts must not hold up the style sheet
 * that they wait for. Once they are painted, everything that live captions need is asked for at once.
 */

const NEEDED = [
  "captions-view.js", "fold.js", "history.js", "claim.js", "feed.js", "tracks.js", "announcer.js", "look.js",
  "colours.js", "pace.js", "settings.js", "texts.js", "locales/en.js", "socket.js", "connection.js", "wire.js",
  "status.js", "translate.js",
];
const PATIENCE_MS = 400; // a page in the background is never painted

let begun = false;

function begin() {
  if (begun) return;
  begun = true;
  for (const name of NEEDED) {
    const link = document.createElement("link");
    link.rel = "modulepreload";
    link.href = `/viewer/${name}`;
    document.head.append(link);
  }
  import("./live.js");
}

requestAnimationFrame(() => setTimeout(begin));
setTimeout(begin, PATIENCE_MS);
