// @ts-check
/** The panel of choices: those that matter most are in sight, the others one step away. */
import { captionContrast, parse } from "./colours.js";
import { CHOICES, DEFAULTS, NAMES } from "./settings.js";
import { NAMES as LANGUAGE_NAMES } from "./texts.js";

const FIRST = ["language", "size", "theme", "announce", "partials"];
const ENOUGH = 4.5; // WCAG 2.2, 1.4.3
const UNITS = { size: "percent", every: "seconds", leading: "times", width: "characters", lines: "lines" };

/** The name of a value. @param {import("./settings.js").Name} name @param {string} value @param {import("./status.js").Say} say */
export function valueName(name, value, say) {
  if (name === "language") return LANGUAGE_NAMES[value] ?? say("auto.language");
  if (name.endsWith("Opacity")) return say("percent", { n: value });
  if (CHOICES[name].includes("magenta")) return say(`colour.${value}`);
  if (["partials", "speakers", "times"].includes(name)) return say(value === "on" ? "show" : "hide");
  if (value === "auto" || (value === "full" && name === "width")) return say(value);
  if (Object.hasOwn(UNITS, name)) return say(UNITS[/** @type {keyof typeof UNITS} */ (name)], { n: value });
  return say(`${name}.${value}`);
}

/**
 * Draw the panel; again for another language.
 * @param {HTMLElement} place @param {import("./settings.js").Settings} settings changed in place
 * @param {import("./status.js").Say} say @param {() => void} changed
 */
export function panel(place, settings, say, changed) {
  const first = group();
  const rest = group();
  const warning = document.createElement("p");
  warning.id = "contrast";
  warning.setAttribute("role", "status");
  /** @type {Map<import("./settings.js").Name, HTMLSelectElement>} */
  const selects = new Map();
  const after = () => {
    changed();
    warn(warning, settings, say);
    document.dispatchEvent(new Event("settings"));
  };
  for (const name of NAMES) {
    const select = document.createElement("select");
    const numbers = [...CHOICES[name]].sort((a, b) => Number(a) - Number(b) || 0);
    select.id = name;
    select.append(...numbers.map((value) => option(name, value, say)));
    select.value = settings[name];
    select.addEventListener("change", () => {
      settings[name] = select.value;
      after();
    });
    const label = document.createElement("label");
    label.append(`${say(`set.${name}`)} `, select);
    (FIRST.includes(name) ? first : rest).append(label);
    selects.set(name, select);
  }
  const reset = document.createElement("button");
  reset.type = "button";
  reset.id = "reset";
  reset.textContent = say("reset");
  reset.addEventListener("click", () => {
    Object.assign(settings, DEFAULTS);
    for (const [name, select] of selects) select.value = settings[name];
    after();
  });
  rest.append(reset);
  const more = document.createElement("details");
  const before = /** @type {HTMLDetailsElement | null} */ (document.getElementById("more"));
  const focused = place.contains(document.activeElement) ? document.activeElement?.id : "";
  more.open = before?.open ?? false;
  const summary = document.createElement("summary");
  more.id = "more";
  summary.textContent = say("more");
  more.append(summary, rest);
  place.replaceChildren(first, more, warning);
  if (focused) document.getElementById(focused)?.focus(); // drawn anew in another language: the reader stays where he was
  warn(warning, settings, say);
}

/** @param {import("./settings.js").Name} name @param {string} value @param {import("./status.js").Say} say */
function option(name, value, say) {
  const node = new Option(valueName(name, value, say), value);
  if (name === "language" && value !== "auto") node.lang = value;
  return node;
}

function group() {
  const node = document.createElement("div");
  node.className = "choices";
  return node;
}

/** Say when the chosen colours cannot be read. @param {HTMLElement} node @param {import("./settings.js").Settings} settings @param {import("./status.js").Say} say */
function warn(node, settings, say) {
  const style = getComputedStyle(document.documentElement);
  const text = parse(style.getPropertyValue("--text"));
  const page = parse(style.getPropertyValue("--page"));
  const ratio = text && page ? captionContrast(settings, text, page) : ENOUGH;
  const told = ratio < ENOUGH ? say("contrast_low", { n: ratio.toFixed(1) }) : "";
  if (node.textContent !== told) node.textContent = told;
}
