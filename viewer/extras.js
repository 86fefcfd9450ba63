// @ts-check
/** What the live page gets after the first captions: telling the host, the other views, a screen that stays on. */
import { install } from "./install.js";
import { wording } from "./page.js";
import { signVideo } from "./sign.js";
import { takePart } from "./take-part.js";
import { LANGUAGES } from "./texts.js";
import { wakeSwitch } from "./wake.js";

const VIEWS = ["read", "simple", "pin", "beside", "screen", "embed"];

/**
 * @param {HTMLElement} place @param {string} meeting @param {import("./settings.js").Settings} settings
 * @param {() => Record<string, string>} headers what opens the door
 * @param {(text: string) => Promise<import("./feed.js").Answer>} send
 */
export async function extras(place, meeting, settings, headers, send) {
  const draw = async () => {
    const { say } = await wording(settings);
    const chosen = LANGUAGES.includes(settings.language) ? `?language=${settings.language}` : "";
    const id = encodeURIComponent(meeting);
    const more = { screen: `/screen/${id}/set-up`, embed: `/embed/${id}/code` };
    const heading = document.createElement("h2");
    heading.textContent = say("tell");
    const tell = document.createElement("section");
    tell.setAttribute("aria-label", say("tell"));
    const part = document.createElement("div");
    takePart(part, say, send);
    tell.append(heading, part);

    const label = document.createElement("label");
    const box = document.createElement("input");
    box.type = "checkbox";
    box.id = "awake";
    label.append(box, ` ${say("awake")}`);
    wakeSwitch(box, label);

    const views = document.createElement("details");
    const summary = document.createElement("summary");
    summary.textContent = say("views");
    const list = document.createElement("ul");
    list.append(
      ...VIEWS.map((view) => item(say(`views.${view}`), /** @type {Record<string, string>} */ (more)[view] ?? `/${view}/${id}`)),
      item(say("views.try"), `/try${chosen}`), item(say("help"), `/help/${chosen}`),
    );
    views.append(summary, list);
    place.replaceChildren(...(sign ? [beside(say("views.sign"), id)] : []), tell, label, views);
  };
  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = "/viewer/views.css";
  document.head.append(style);
  let sign = "";
  await draw();
  sign = await signVideo(meeting, headers());
  if (sign) await draw();
  document.addEventListener("language", draw);
  install();
}

/** @param {string} text @param {string} id */
function beside(text, id) {
  const node = document.createElement("p");
  node.id = "to-sign";
  const link = document.createElement("a");
  link.href = `/beside/${id}`;
  link.textContent = text;
  node.append(link);
  return node;
}

/** @param {string} text @param {string} href */
function item(text, href) {
  const node = document.createElement("li");
  const link = document.createElement("a");
  link.href = href;
  link.textContent = text;
  node.append(link);
  return node;
}
