// @ts-check
/** A set-up between the form's texts and the server's JSON. Pure. */

/**
 * @typedef {{title: string, at_ms?: number | null}} Item
 * @typedef {import("./speakers.js").Person} Person
 * @typedef {{title?: string, series?: string, languages?: string[], licence?: string, sign_video?: string, agenda?: Item[], roster?: Person[],
 *   glossary?: string, policy?: string, keep_signals?: boolean, two_person_release?: boolean, retention_days?: number | null}} Setup
 */

/** "en, fr ar" as tags. @param {string} text */
export const languages = (text) => text.split(/[\s,;]+/u).filter(Boolean);

/** Minutes as the form shows them; "" where none is planned. @param {number | null | undefined} ms */
export const minutes = (ms) => (ms === null || ms === undefined ? "" : String(Math.round(ms / 6_000) / 10));

/** @param {string} text @returns {number | null} null for nothing; -1, which the server refuses at the field, for no number */
export function milliseconds(text) {
  const bare = text.trim().replace(",", ".");
  if (!bare) return null;
  const value = Number(bare);
  return Number.isFinite(value) ? Math.round(value * 60_000) : -1;
}

/** Days; null for nothing; 0, which the server refuses, for no number. @param {string} text */
export function days(text) {
  if (!text.trim()) return null;
  const value = Number(text);
  return Number.isInteger(value) ? value : 0;
}

/** The id of the field that an error of the server is about. @param {string} field */
export const fieldId = (field) => `f-${field.replaceAll(".", "-")}`;
