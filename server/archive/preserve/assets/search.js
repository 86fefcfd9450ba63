"use strict";
/* Search without a server: pages opened from a disk may not fetch, so the index and the words come as scripts. */
(() => {
  const { tokens, parse, has, shard } = globalThis.captionerFolding;
  const shown = 200; // results at once
  const read = 100; // transcripts at once; a button goes on
  const together = 16; // scripts that are loaded side by side
  const byId = (id) => document.getElementById(id);
  const waiting = new Map(), loaded = new Map();
  let index = { blocks: [], shards: 1 }, damaged = false;

  window.captionerPart = (key, value) => {
    if (key === "index") index = value;
    else waiting.get(key)?.(value);
  };

  /** Load a part by its script; null when it is not there. */
  const load = (key, path) => {
    if (!loaded.has(key)) loaded.set(key, new Promise((resolve) => {
      const script = document.createElement("script");
      const done = (value) => {
        waiting.delete(key);
        script.remove();
        resolve(value);
      };
      waiting.set(key, done);
      script.src = path;
      script.onload = () => waiting.has(key) && done(null);
      script.onerror = () => {
        damaged = true;
        done(null);
      };
      document.head.append(script);
    }));
    return loaded.get(key);
  };

  /** The numbers of a text such as "1,3-9". */
  const unpack = (packed, into) => {
    for (const part of packed.split(",")) {
      const [first, last] = part.split("-").map(Number);
      for (let number = first; number <= (last ?? first); number++) into.add(number);
    }
    return into;
  };

  /** The numbers of a block's transcripts that have all the words, somewhere. */
  const candidates = async (block, terms) => {
    const wanted = terms.flatMap((term) => term.tokens.map((one, place) => ({ one, prefix: term.prefix && place === term.tokens.length - 1 })));
    const names = [...new Set(wanted.map(({ one }) => shard(one, index.shards)))];
    const words = new Map(await Promise.all(names.map(async (name) => [name, await load(`b${block}-${name}`, `search/b${block}-${name}.js`) ?? {}])));
    let left = null;
    for (const { one, prefix } of wanted) {
      const here = words.get(shard(one, index.shards)), found = new Set();
      if (prefix) for (const [word, packed] of Object.entries(here)) {
        if (word.startsWith(one)) unpack(packed, found);
      } else if (Object.hasOwn(here, one)) unpack(here[one], found);
      left = left === null ? found : new Set([...left].filter((number) => found.has(number)));
      if (!left.size) return [];
    }
    const meetings = await load(`b${block}`, `search/b${block}.js`) ?? [];
    return [...left].map((number) => meetings[number]).filter(Boolean).map(([id, title, date, moment]) => ({ id, title, date, moment }));
  };

  const line = (meeting, [anchor, time, language, text]) => {
    const item = document.createElement("li"), link = document.createElement("a"), said = document.createElement("span");
    link.href = `meetings/${meeting.id}/index.html#${anchor}`;
    link.textContent = `${meeting.title}, ${meeting.date}, ${time}`;
    link.dir = "auto";
    said.textContent = text;
    said.lang = language;
    said.dir = "auto";
    item.append(link, " ", said);
    return item;
  };

  const tell = (text) => byId("status").textContent = damaged ? `${text} Part of the search index cannot be read: export the archive again.` : text;

  /** One search, that can go on. */
  class Search {
    constructor(terms) {
      this.terms = terms;
      this.left = [];
      this.total = this.places = 0;
    }

    async begin() {
      const found = await Promise.all(index.blocks.map((block) => candidates(block, this.terms)));
      this.left = found.flat().sort((a, b) => a.moment < b.moment ? 1 : a.moment > b.moment ? -1 : 0);
      this.total = this.left.length;
    }

    /** Read on until there is something to show. */
    async further() {
      const items = [];
      for (let count = 0; this.left.length && count < read && items.length < shown; count += together) {
        const batch = this.left.splice(0, together);
        const texts = await Promise.all(batch.map((meeting) => load(`m-${meeting.id}`, `meetings/${meeting.id}/words.js`)));
        if (this !== current) return;
        batch.forEach((meeting, place) => {
          for (const cue of texts[place] ?? []) {
            const said = tokens(cue[3]);
            if (this.terms.every((term) => has(said, term))) items.push(line(meeting, cue));
          }
          loaded.delete(`m-${meeting.id}`);  // words of many transcripts are not kept
        });
      }
      this.places += items.length;
      byId("results").append(...items);
      byId("further").hidden = !this.left.length;
      tell(this.left.length ? `Places found so far: ${this.places}, in ${this.total - this.left.length} of ${this.total} transcripts.`
        : `Places found: ${this.places}.`);
      document.documentElement.dataset.searched = String(Number(document.documentElement.dataset.searched ?? 0) + 1);
    }
  }

  let current = new Search([]);
  byId("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const mine = current = new Search(parse(byId("words").value));
    byId("results").replaceChildren();
    byId("further").hidden = true;
    if (!mine.terms.length) {
      tell("Write a word to search for.");
      return;
    }
    tell("Searching.");
    await mine.begin();
    if (mine === current) await mine.further();
  });
  byId("further").addEventListener("click", async () => {
    const last = byId("results").lastElementChild;
    await current.further();
    /** @type {HTMLElement | null} */ (last?.nextElementSibling?.querySelector("a"))?.focus();
  });
})();
