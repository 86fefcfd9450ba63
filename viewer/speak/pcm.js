// @ts-check
/** Samples as they are sent, and how loud they are. Pure. */

export const RATE = 16_000;

/** 16-bit little-endian PCM. @param {Float32Array} samples -1..1 @returns {ArrayBuffer} */
export function pcm(samples) {
  const view = new DataView(new ArrayBuffer(samples.length * 2));
  samples.forEach((sample, at) => {
    const value = Number.isFinite(sample) ? Math.max(-1, Math.min(1, sample)) : 0;
    view.setInt16(at * 2, Math.round(value * 32767), true);
  });
  return view.buffer;
}

/** The loudest sample in dB below full scale, -120 to 0. @param {Float32Array} samples */
export function level(samples) {
  let peak = 0;
  for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
  return peak < 1e-6 ? -120 : Math.max(-120, Math.min(0, 20 * Math.log10(peak)));
}

/** The key of a level's words. @param {number} decibels */
export function levelWords(decibels) {
  if (decibels < -55) return "level.none";
  if (decibels < -35) return "level.quiet";
  return decibels <= -3 ? "level.good" : "level.loud";
}

/**
 * Why the sound cannot be had, as a key of the texts.
 * @param {string} name of the browser's error @param {boolean} secure whether the page is in a secure context
 */
export function reason(name, secure) {
  if (!secure) return "problem.insecure";
  switch (name) {
    case "NotAllowedError":
    case "SecurityError":
      return "problem.denied";
    case "NotFoundError":
    case "OverconstrainedError":
      return "problem.none";
    case "NotReadableError":
    case "AbortError":
      return "problem.busy";
    case "NoSound":
      return "problem.nosound";
    default:
      return "problem.other";
  }
}
