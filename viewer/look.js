// @ts-check
/** What the reader's choices mean for the style sheet. Pure: choices in, custom properties and data attributes out. */
import { css } from "./colours.js";

/** @param {import("./settings.js").Settings} settings */
export function look(settings) {
  const low = settings.data === "low" && ["legible", "dyslexia"].includes(settings.font); // fonts that would be fetched
  const dim = settings.text === "auto" ? `${settings.textOpacity}%` : "100%";
  return {
    /** @type {Record<string, string>} "" takes a property away */
    properties: {
      "--size": String(Number(settings.size) / 100),
      "--leading": settings.leading,
      "--measure": settings.width === "full" ? "none" : `${settings.width}ch`,
      "--measure-cjk": settings.width === "full" ? "none" : `${Number(settings.width) * 0.4}em`, // 42 letters, 17 ideographs
      "--lines": settings.lines === "auto" ? "" : settings.lines,
      "--caption": css(settings.text, settings.textOpacity),
      "--caption-dim": dim === "100%" ? "" : dim,
      "--caption-back": css(settings.back, settings.backOpacity),
      "--caption-window": css(settings.window, settings.windowOpacity),
    },
    /** @type {Record<string, string>} "" takes an attribute away */
    data: {
      theme: settings.theme === "system" ? "" : settings.theme,
      font: settings.font === "system" || low ? "" : settings.font,
      edge: settings.edge === "none" ? "" : settings.edge,
      position: settings.position === "top" ? "" : settings.position,
      lines: settings.lines === "auto" ? "" : settings.lines,
      times: settings.times === "on" ? "on" : "",
    },
  };
}

/** @param {HTMLElement} root @param {import("./settings.js").Settings} settings */
export function apply(root, settings) {
  const { properties, data } = look(settings);
  for (const [name, value] of Object.entries(properties)) root.style.setProperty(name, value);
  for (const [name, value] of Object.entries(data))
    if (value) root.dataset[name] = value;
    else delete root.dataset[name];
}
