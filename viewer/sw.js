// @ts-nocheck - a worker's globals are not a page's
/*
 * Keeps the shell of the pages for a bad line: style, scripts, fonts, icons and the empty pages. Never captions, transcripts or
 * anything else of a meeting. The network goes first; what is kept is for when it is away.
 */
const CACHE = "shell-1";
const PAGES = ["live", "read", "simple", "pin", "beside"];

/** The shell's own address of a request, or "" for what is never kept. */
function shellOf(url, origin, method, destination) {
  if (method !== "GET" || url.origin !== origin || url.search) return "";
  if (url.pathname === "/manifest.webmanifest") return url.pathname;
  if (url.pathname.startsWith("/viewer/") && !url.pathname.startsWith("/viewer/try/")) return url.pathname;
  const page = /^\/([a-z]+)\/[A-Za-z0-9_.-]+\/?$/.exec(url.pathname)?.[1] ?? "";
  return destination === "document" && PAGES.includes(page) ? `/viewer/${page}.html` : "";
}

async function answer(event, shell) {
  const cache = await caches.open(CACHE);
  try {
    const response = await fetch(event.request);
    // A page's answer may be a question for a passcode: the empty page is fetched for itself.
    if (event.request.mode === "navigate") event.waitUntil(cache.add(shell).catch(() => undefined));
    else if (response.ok && response.type === "basic") event.waitUntil(cache.put(shell, response.clone()).catch(() => undefined));
    return response;
  } catch (error) {
    const kept = await cache.match(shell);
    if (kept) return kept;
    throw error;
  }
}

if (typeof ServiceWorkerGlobalScope !== "undefined") {
  self.addEventListener("install", () => self.skipWaiting());
  self.addEventListener("activate", (event) => {
    const old = caches.keys().then((names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name))));
    event.waitUntil(old.then(() => self.clients.claim()));
  });
  self.addEventListener("fetch", (event) => {
    const shell = shellOf(new URL(event.request.url), self.location.origin, event.request.method, event.request.destination);
    if (shell) event.respondWith(answer(event, shell));
  });
}
