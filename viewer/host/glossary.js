// @ts-check
/** The glossary's form: checked as the captioner checks it, saved with the set-up, in use at once. */
import { byId, field, set, tell } from "./dom.js";
import { failure } from "./why.js";

const MAX_TERMS = 1000;
const MAX_LENGTH = 100;

/**
 * Count the terms, or say which line is wrong. Pure; the twin of captioner/streaming/glossary.py's parse.
 * @param {string} text @returns {{terms: number, line?: number, many?: boolean}}
 */
export function check(text) {
  const found = new Set();
  for (const [index, line] of text.split("\n").entries()) {
    const bare = (line.split("#")[0] ?? "").trim();
    if (!bare) continue;
    const term = (bare.split("=")[0] ?? "").trim();
    if (!/[\p{L}\p{N}]/u.test(term) || [...term].length > MAX_LENGTH) return { terms: found.size, line: index + 1 };
    found.add(term.toLowerCase());
  }
  return found.size > MAX_TERMS ? { terms: found.size, many: true } : { terms: found.size };
}

/**
 * @param {import("../status.js").Say} say
 * @param {(change: Record<string, unknown>) => Promise<void>} save change the set-up
 */
export function glossary(say, save) {
  const area = field("terms");
  const error = byId("glossary-error");
  let touched = false;
  area.addEventListener("input", () => (touched = true));
  byId("glossary").addEventListener("submit", async (event) => {
    event.preventDefault();
    const found = check(area.value);
    const wrong = found.line ? say("glossary.line", { n: found.line }) : found.many ? say("glossary.too_many") : "";
    set(error, wrong);
    area.setAttribute("aria-invalid", String(wrong !== ""));
    if (wrong) return area.focus();
    try {
      await save({ glossary: area.value });
      touched = false;
      tell(byId("glossary-status"), say("glossary.used", { n: found.terms }));
    } catch (problem) {
      tell(error, failure(problem, say));
    }
  });
  return {
    /** Show what the server has, but never over what is being written. @param {string} text */
    use(text) {
      if (!touched && area.value !== text) area.value = text;
    },
  };
}
