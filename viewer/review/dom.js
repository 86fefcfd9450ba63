// @ts-check
/** Small helpers of the review page. */

import { ask } from "../host/dom.js";

/** @param {string} id */
export function byId(id) {
  const node = document.getElementById(id);
  if (!node) throw new Error(`no element ${id}`);
  return node;
}

/** @param {string} id */
export const field = (id) => /** @type {HTMLInputElement} */ (byId(id));

/**
 * An element with a text. @template {keyof HTMLElementTagNameMap} T
 * @param {T} name @param {string} text @param {string} className @returns {HTMLElementTagNameMap[T]}
 */
export function make(name, text = "", className = "") {
  const node = document.createElement(name);
  node.textContent = text;
  if (className) node.className = className;
  return node;
}

/** @param {number} at Unix time in ms */
export const day = (at) => new Date(at).toISOString().slice(0, 16).replace("T", " ") + " UTC";

/** Ask before what cannot be undone. @param {string} question @returns {Promise<boolean>} */
export async function sure(question) {
  byId("sure-text").textContent = question;
  return (await ask(/** @type {HTMLDialogElement} */ (byId("sure")))) === "yes";
}
