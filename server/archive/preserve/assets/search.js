"use strict";
/* Search without a server: pages opened from a disk may not fetch, so each transcript's words come as a script. */
(() => {
  const shown = 200; // results; more are not read
  const byId = (id) => document.getElementById(id);
  const waiting = new Map();

  /** One form for all spellings: without case, accents, harakat, tatweel; letters that are mixed up fall together. */
  const plain = (text) => text.normalize("NFKD").toLowerCase().replace(/[\p{M}\u0640]/gu, "")
    .replace(/\u0649/g, "\u064a").replace(/\u0629/g, "\u0647").replace(/\u0671/g, "\u0627").replace(/\s+/g, " ").trim();

  window.captionerShard = (id, cues) => {
    waiting.get(id)?.(cues);
    waiting.delete(id);
  };

  const loaded = new Map();
  const load = (id) => {
    if (!loaded.has(id)) loaded.set(id, new Promise((resolve) => {
      waiting.set(id, resolve);
      const script = document.createElement("script");
      script.src = `search/${id}.js`;
      script.onerror = () => resolve([]);
      document.head.append(script);
    }));
    return loaded.get(id);
  };

  const line = (meeting, cue) => {
    const [anchor, time, language, text] = cue;
    const item = document.createElement("li"), link = document.createElement("a"), said = document.createElement("span");
    link.href = `meetings/${meeting.id}/index.html#${anchor}`;
    link.textContent = `${meeting.title}, ${time}`;
    said.textContent = text;
    said.lang = language;
    said.dir = "auto";
    item.append(link, " ", said);
    return item;
  };

  let round = 0;
  byId("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const mine = ++round, words = plain(byId("words").value).split(" ").filter(Boolean), found = [];
    byId("results").replaceChildren();
    if (!words.length) return;
    byId("status").textContent = "Searching.";
    for (const meeting of window.captionerMeetings) {
      for (const cue of await load(meeting.id)) {
        const text = plain(cue[3]);
        if (words.every((word) => text.includes(word))) found.push(line(meeting, cue));
      }
      if (mine !== round) return;
      if (found.length >= shown) break;
    }
    byId("results").replaceChildren(...found.slice(0, shown));
    byId("status").textContent = found.length >= shown ? `The first ${shown} places.` : `Places found: ${found.length}.`;
  });
})();
