// @ts-check
/** The set-up of the big screen: choices in, a link out. */
import { byId, choices, speak } from "./page.js";
import { OPTIONS, OPTION_NAMES, writeOptions } from "./screen-options.js";
import { setupForm } from "./setup-form.js";

const { say } = await speak(choices());
const meeting = location.pathname.split("/").at(-2) ?? "";
/** @type {HTMLAnchorElement} */ (byId("live")).href = `/live/${meeting}`;

/** @param {string} name @param {string} value */
function worded(name, value) {
  if (name === "lines") return say("lines", { n: value });
  if (name === "position") return say(`position.${value}`);
  if (value === "on" || value === "off") return say(value === "on" ? "show" : "hide");
  if (value === "none") return say("screen.transparent");
  return /\d/.test(value) ? say("percent", { n: value }) : say(`colour.${value}`);
}

const fields = OPTION_NAMES.map((name) => ({
  id: name, label: say(`screen.${name}`), value: OPTIONS[name][0] ?? "",
  values: [...OPTIONS[name]].sort((a, b) => Number(a) - Number(b) || 0).map((value) => ({ value, text: worded(name, value) })),
}));
setupForm(fields, (chosen) => {
  const fragment = writeOptions(/** @type {import("./screen-options.js").Options} */ (chosen));
  const link = `${location.origin}/screen/${meeting}${fragment && "#"}${fragment}`;
  return { result: link, open: link, preview: link };
}, say);
