// @ts-check
/** The code that puts captions into another page. */
import { byId, choices, speak } from "./page.js";
import { CHOICES } from "./settings.js";
import { setupForm } from "./setup-form.js";

const { say } = await speak(choices());
const meeting = location.pathname.split("/").at(-2) ?? "";
const HEIGHTS = ["240", "320", "480", "640"];
/** @type {HTMLAnchorElement} */ (byId("live")).href = `/live/${meeting}`;

const numbers = [...CHOICES.size].sort((a, b) => Number(a) - Number(b));
setupForm([
  { id: "height", label: say("embed.height"), value: "320", values: HEIGHTS.map((value) => ({ value, text: say("embed.pixels", { n: value }) })) },
  { id: "size", label: say("set.size"), value: "100", values: numbers.map((value) => ({ value, text: say("percent", { n: value }) })) },
  { id: "theme", label: say("set.theme"), value: "system", values: CHOICES.theme.map((value) => ({ value, text: say(`theme.${value}`) })) },
], ({ height = "", size = "", theme = "" }) => {
  const fragment = new URLSearchParams([...(size === "100" ? [] : [["size", size]]), ...(theme === "system" ? [] : [["theme", theme]])]).toString();
  const link = `${location.origin}/embed/${meeting}${fragment && "#"}${fragment}`;
  const escaped = link.replaceAll("&", "&amp;");
  byId("preview").style.setProperty("height", `${height}px`);
  return {
    result: `<iframe src="${escaped}" title="${say("live_captions")}" width="100%" height="${height}" loading="lazy" style="border: 1px solid"></iframe>`,
    open: link, preview: link,
  };
}, say);
