// @ts-check
/** The set-up's form. Errors stand at their fields, and as links above the form. */
import { Api, Refused, meetingOf, takeToken } from "./access.js";
import { byId, field, make, set, tell } from "./dom.js";
import { days, fieldId, languages, milliseconds, minutes } from "./setup-form.js";
import { failure, fault } from "./why.js";
import { words } from "./words.js";

/** @typedef {import("./setup-form.js").Setup} Setup */

const id = meetingOf(location.pathname);
const token = takeToken(id, location, sessionStorage, history);
const say = await words();
const api = new Api(id, token);
const status = byId("status");
const NEWS_MS = 200; // until a screen reader knows what is wrong with a field: then it says so once, with the field
const TEXTS = ["title", "series", "licence", "sign_video", "glossary"];
/** @type {HTMLAnchorElement} */ (byId("to-console")).href = `/host/${id}`;
/** @type {HTMLAnchorElement} */ (byId("to-live")).href = `/live/${id}`;

/** @param {string} id @param {string} label @param {Record<string, string | boolean>} properties */
function input(id, label, properties = {}) {
  const error = make("p", { id: `e-${id.slice(2)}`, class: "error" });
  const node = make("input", { id, "aria-describedby": error.id, ...properties });
  const field = make("div", {}, make("label", { for: id }, say(label)), " ", node, error);
  return { node, field };
}

/** A row that can be taken away; the focus goes to its neighbour. @param {HTMLElement} list @param {string} what @param {HTMLElement[]} fields */
function row(list, what, fields) {
  const item = make("div", { role: "group" });
  const remove = make("button", { type: "button", click: () => {
    const next = /** @type {HTMLElement | null} */ (item.nextElementSibling ?? item.previousElementSibling);
    item.remove();
    unsaved = true;
    number();
    (next?.querySelector("input") ?? byId(list.id === "agenda" ? "add-item" : "add-person")).focus();
    tell(status, say("setup.removed", { what }));
  } }, say("setup.remove", { what }));
  item.append(...fields, remove);
  list.append(item);
  number();
  return item;
}

/** Fields are named by their place, as the server's errors are. */
function number() {
  for (const list of ["agenda", "roster"])
    for (const [index, item] of [...byId(list).children].entries()) {
      const what = say(list === "agenda" ? "setup.item" : "setup.person", { n: index + 1 });
      item.setAttribute("aria-label", what);
      set(/** @type {Element} */ (item.querySelector("button")), say("setup.remove", { what }));
      for (const node of item.querySelectorAll("input")) {
        const name = `${list}-${index}-${node.dataset["name"]}`;
        item.querySelector(`label[for="${node.id}"]`)?.setAttribute("for", `f-${name}`);
        const error = node.getAttribute("aria-describedby");
        if (error) item.querySelector(`#${CSS.escape(error)}`)?.setAttribute("id", `e-${name}`);
        node.id = `f-${name}`;
        node.setAttribute("aria-describedby", `e-${name}`);
      }
    }
}

let made = 0;

/** @param {import("./setup-form.js").Item} item */
function addItem(item = { title: "" }) {
  const number = `new-${(made += 1)}`;
  const title = input(`f-${number}-title`, "setup.item.title", { "data-name": "title", maxlength: "200", dir: "auto" });
  const at = input(`f-${number}-at_ms`, "setup.item.at", { "data-name": "at_ms", inputmode: "decimal", size: "6" });
  title.node.value = item.title;
  at.node.value = minutes(item.at_ms);
  return row(byId("agenda"), say("setup.item", { n: byId("agenda").children.length + 1 }), [title.field, at.field]);
}

/** @param {import("./speakers.js").Person} person */
function addPerson(person = { name: "" }) {
  const number = `new-${(made += 1)}`;
  const fields = ["name", "affiliation", "role", "key"].map((name) => {
    const one = input(`f-${number}-${name}`, `setup.person.${name}`, { "data-name": name, ...(name === "key" ? { maxlength: "1", size: "2", inputmode: "numeric" } : { maxlength: "200", dir: "auto" }) });
    one.node.value = String(/** @type {Record<string, unknown>} */ (person)[name] ?? "");
    return one.field;
  });
  const consent = make("input", { type: "checkbox", id: `f-${number}-consent`, "data-name": "consent" });
  consent.checked = person.consent ?? false;
  fields.push(make("div", {}, consent, " ", make("label", { for: consent.id }, say("setup.person.consent")), make("p", { class: "error", id: `e-${number}-consent` })));
  return row(byId("roster"), say("setup.person", { n: byId("roster").children.length + 1 }), fields);
}

/** Say which meeting it is. @param {string} title as it is kept */
function named(title) {
  document.title = [title, say("setup")].filter(Boolean).join(say("colon"));
  set(byId("title"), [say("setup"), title].filter(Boolean).join(say("colon")));
}

/** @param {Setup} setup */
function fill(setup) {
  for (const name of TEXTS) field(`f-${name}`).value = String(/** @type {Record<string, unknown>} */ (setup)[name] ?? "");
  field("f-languages").value = (setup.languages ?? []).join(", ");
  field("f-retention_days").value = setup.retention_days ? String(setup.retention_days) : "";
  field("f-keep_signals").checked = setup.keep_signals ?? false;
  field("f-two_person_release").checked = setup.two_person_release ?? false;
  for (const radio of policies()) radio.checked = radio.value === (setup.policy ?? "off_record");
  byId("agenda").replaceChildren();
  byId("roster").replaceChildren();
  for (const item of setup.agenda ?? []) addItem(item);
  for (const person of setup.roster ?? []) addPerson(person);
}

let unsaved = false; // the browser asks before the page is left
byId("form").addEventListener("input", (event) => { if (event.target !== byId("file")) unsaved = true; });
window.addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });

const policies = () => /** @type {NodeListOf<HTMLInputElement>} */ (document.getElementsByName("policy"));

/** @param {Element} item */
const values = (item) => Object.fromEntries([...item.querySelectorAll("input")].map((node) => [node.dataset["name"] ?? "", node.type === "checkbox" ? node.checked : node.value.trim()]));

/** @returns {Setup} */
function read() {
  const text = (/** @type {string} */ name) => field(`f-${name}`).value.trim();
  return {
    title: text("title"), series: text("series"), licence: text("licence"), sign_video: text("sign_video"), glossary: field("f-glossary").value,
    languages: languages(text("languages")),
    agenda: [...byId("agenda").children].map(values).map((item) => ({ title: String(item["title"]), at_ms: milliseconds(String(item["at_ms"])) })),
    roster: /** @type {import("./speakers.js").Person[]} */ ([...byId("roster").children].map(values)),
    policy: [...policies()].find((radio) => radio.checked)?.value ?? "off_record",
    keep_signals: field("f-keep_signals").checked, two_person_release: field("f-two_person_release").checked,
    retention_days: days(field("f-retention_days").value),
  };
}

/** Where an error of a file stands: "Point 2, at". @param {string} name */
function placeInFile(name) {
  const [list = "", index = "", ...rest] = name.split(".");
  const row = { agenda: "setup.item", roster: "setup.person" }[list];
  return row && index ? [say(row, { n: Number(index) + 1 }), ...rest].join(say("comma")) : name;
}

/** Where an error of the form is, and what it is called there. @param {string} name */
function placeInForm(name) {
  const target = document.getElementById(fieldId(name)) ?? document.getElementById(`h-${name}`);
  const label = document.querySelector(`label[for="${target?.id}"]`) ?? target;
  const row = target?.closest("[role=group][aria-label]")?.getAttribute("aria-label");
  return { target, place: document.getElementById(`e-${fieldId(name).slice(2)}`), label: [row, label?.textContent].filter(Boolean).join(say("comma")) };
}

/** @param {import("./access.js").FieldError[]} errors @param {string} file the name of the file in which they are; "" for the form's */
function show(errors, file = "") {
  for (const node of document.querySelectorAll(".error")) set(node, "");
  for (const node of document.querySelectorAll("[aria-invalid]")) node.removeAttribute("aria-invalid");
  byId("errors").hidden = errors.length === 0;
  set(status, "");
  if (!errors.length) return;
  const told = say(file ? "setup.file.errors" : "setup.errors", { n: errors.length, name: file });
  set(byId("error-count"), told);
  const order = /** @type {(Element | null)[]} */ ([.../** @type {HTMLFormElement} */ (byId("form")).elements]);
  const placed = errors.map((each) => {
    const problem = fault(each, say);
    if (!file) return { ...placeInForm(each.field), problem };
    return { target: byId("file"), place: byId("e-file"), label: each.field === "file" ? "" : placeInFile(each.field), problem };
  });
  placed.sort((a, b) => order.indexOf(a.target) - order.indexOf(b.target));
  byId("error-list").replaceChildren(...placed.map(({ target, place, label, problem }) => {
    const text = [label, problem].filter(Boolean).join(say("colon"));
    if (place) set(place, file ? `${place.textContent} ${text}`.trim() : problem);
    if (target?.matches("input, textarea")) target.setAttribute("aria-invalid", "true");
    const link = make("a", { href: `#${target?.id ?? "form"}` }, text);
    link.addEventListener("click", (event) => {
      event.preventDefault();
      target?.focus();
    });
    return make("li", {}, link);
  }));
  const only = placed.length === 1 ? placed[0]?.target : null;
  if (!only) return byId("errors").focus();
  setTimeout(() => only.focus(), NEWS_MS);
  tell(status, told);
}

/** @param {unknown} problem @param {string} file which was read */
function failed(problem, file = "") {
  if (problem instanceof Refused && problem.errors.length) return show(problem.errors, file);
  tell(status, failure(problem, say));
}

byId("add-item").addEventListener("click", () => addItem().querySelector("input")?.focus());
byId("add-person").addEventListener("click", () => addPerson().querySelector("input")?.focus());
byId("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    await api.ask("/setup", "PUT", read());
    unsaved = false;
    named(field("f-title").value.trim());
    show([]);
    tell(status, say("setup.saved"));
  } catch (problem) {
    failed(problem);
  }
});
byId("file").addEventListener("click", () => (field("file").value = "")); // a file that was mended may be chosen again
byId("file").addEventListener("change", async () => {
  const file = field("file").files?.[0];
  if (!file) return;
  try {
    fill(await api.ask("/setup/read", "POST", { name: file.name, text: await file.text() }));
    unsaved = true;
    show([]);
    tell(status, say("setup.file.read", { name: file.name }));
  } catch (problem) {
    failed(problem, file.name);
  }
});

named("");
if (!token) {
  byId("refusal").hidden = false;
  set(byId("refusal"), say("no_token"));
} else
  try {
    fill(await api.ask("/setup"));
    named(field("f-title").value);
  } catch (problem) {
    failed(problem);
  }
