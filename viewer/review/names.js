// @ts-check
/** Proposals of names that may have to go, one at a time; a person decides each. */
import { byId, make, sure } from "./dom.js";

/** @param {import("./page.js").Desk} desk @param {import("./captions.js").Captions} captions */
export function names(desk, captions) {
  /** @type {import("./api.js").Proposal[]} */
  let proposals = [];
  let total = 0;
  const card = byId("card"), head = byId("card-head"), text = byId("card-text");

  const show = () => {
    const one = proposals[0];
    text.replaceChildren();
    for (const id of ["remove", "everywhere", "keep", "skip"]) byId(id).toggleAttribute("disabled", !one);
    if (!one) head.textContent = desk.say("review.no_proposals");
    else {
      const told = desk.say("review.proposal", {
        n: total - proposals.length + 1, total, kind: desk.say(`review.kind_${one.kind}`), score: one.score,
      });
      head.replaceChildren(`${told}: `, make("bdi", one.text));  // the mark below is not heard
      text.append(one.context.slice(0, one.start), make("mark", one.text), one.context.slice(one.end));
      text.lang = desk.review.get(one.track, one.cue)?.language ?? "";
      text.dir = "auto";
    }
    head.focus();
  };

  const load = async () => {
    await desk.guard(async () => {
      proposals = (await desk.api.call(`/proposals?track=${encodeURIComponent(captions.track)}`)).proposals;
      total = proposals.length;
      card.hidden = false;
      show();
    });
  };

  /** @param {import("./api.js").Proposal[]} wanted */
  const remove = async (wanted) => {
    const done = await desk.redact(wanted.map(({ track, cue, start, end, revision }) => ({ track, cue, base: revision, start, end })));
    if (!done) return;
    const touched = new Set(wanted.map((one) => one.cue));
    const removed = new Set(wanted);
    proposals = proposals.filter((one) => !removed.has(one));
    if (proposals.some((one) => touched.has(one.cue))) {  // other places of these captions have moved
      const before = proposals.length;
      proposals = (await desk.api.call(`/proposals?track=${encodeURIComponent(captions.track)}`)).proposals;
      total += proposals.length - before;
    }
    show();
  };

  const acts = /** @type {Record<string, (one: import("./api.js").Proposal) => Promise<void>>} */ ({
    remove: (one) => remove([one]),
    everywhere: async (one) => {
      const same = proposals.filter((other) => other.text.toLowerCase() === one.text.toLowerCase());
      if (await sure(desk.say("review.sure_name", { text: one.text, n: same.length }))) await remove(same);
    },
    keep: async (one) => {
      await desk.api.call("/dismiss", { track: one.track, cue: one.cue, start: one.start, end: one.end });
      proposals.shift();
      desk.tell(desk.say("review.was_kept"));
      show();
    },
    skip: async (one) => {
      proposals.push(one);
      proposals.shift();
      show();
    },
  });
  /** @param {string} act */
  const act = (act) => {
    const one = proposals[0];
    if (one) void desk.guard(() => acts[act]?.(one) ?? Promise.resolve());
  };

  byId("propose").addEventListener("click", load);
  for (const id of Object.keys(acts)) byId(id).addEventListener("click", () => act(id));
  card.addEventListener("keydown", (happened) => {
    const letter = /^[a-z]$/i.test(happened.key) ? happened.key.toLowerCase() : happened.code.replace("Key", "").toLowerCase();
    const wanted = { r: "remove", a: "everywhere", k: "keep", l: "skip" }[letter]; // another script's keyboard: by the place
    if (!wanted || happened.ctrlKey || happened.altKey || happened.metaKey) return;
    happened.preventDefault();
    act(wanted);
  });
}
