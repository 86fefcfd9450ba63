// @ts-check
/** A recording from this computer beside the captions. It is never sent anywhere. */
import { byId, field } from "./dom.js";
import { milliseconds } from "./model.js";

/** @param {import("./captions.js").Captions} captions */
export function player(captions) {
  const audio = /** @type {HTMLAudioElement} */ (byId("audio"));
  let until = Infinity;
  field("file").addEventListener("change", () => {
    const file = field("file").files?.[0];
    if (audio.src) URL.revokeObjectURL(audio.src);
    audio.hidden = byId("play").hidden = !file;
    if (file) audio.src = URL.createObjectURL(file);
    else audio.removeAttribute("src");
  });
  audio.addEventListener("timeupdate", () => {
    if (audio.currentTime >= until) audio.pause();
  });
  byId("play").addEventListener("click", () => {
    const cue = captions.cue;
    if (!cue || !audio.src) return;
    if (!audio.paused) {
      audio.pause();
      return;
    }
    const offset = milliseconds(field("offset").value) || 0;
    audio.currentTime = Math.max(0, (cue.start - offset) / 1000);
    until = (cue.end - offset) / 1000;
    void audio.play();
  });
}
