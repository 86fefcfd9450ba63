// @ts-check
/** Find and replace, with the number of places and a preview before anything is changed. */
import { report } from "../host/dom.js";
import { byId, field, make } from "./dom.js";
import { finder } from "./model.js";

const SHOWN = 20; // captions of the preview

/** @param {import("./page.js").Desk} desk @param {import("./captions.js").Captions} captions */
export function finding(desk, captions) {
  const made = () => finder(field("wanted").value, field("instead").value, {
    regex: field("regex").checked, letters: field("letters").checked, whole: field("whole").checked,
  });

  const count = () => {
    const found = made(), preview = byId("preview");
    preview.replaceChildren();
    byId("replace-all").toggleAttribute("disabled", !found);
    if (!found) {
      report(byId("count"), field("wanted").value ? desk.say("review.no_pattern") : "");
      return;
    }
    const hits = desk.review.list(captions.track).filter((cue) => found.count(cue.text));
    const places = hits.reduce((sum, cue) => sum + found.count(cue.text), 0);
    report(byId("count"), desk.say("review.places", { n: hits.length, places }));
    byId("replace-all").toggleAttribute("disabled", !hits.length);
    preview.append(...hits.slice(0, SHOWN).map((cue) => {
      const line = document.createElement("li");
      line.lang = cue.language;
      line.dir = "auto";
      line.append(make("del", cue.text), " → ", make("ins", found.replaced(cue.text)));
      return line;
    }));
  };

  byId("replace").addEventListener("input", count);
  byId("replace").addEventListener("submit", async (happened) => {
    happened.preventDefault();
    const found = made();
    if (!found) return;
    const step = desk.review.replace(captions.track, found);
    if (await desk.step(step, "review.replaced", { n: step.length })) count();
  });
}
