import assert from "node:assert/strict";
import test from "node:test";
import { Refused, meetingOf, takeToken } from "../../viewer/host/access.js";
import { ask, clock, report, tell } from "../../viewer/host/dom.js";
import { check } from "../../viewer/host/glossary.js";
import { ingestLinks } from "../../viewer/host/invitations.js";
import { Healths, STEADY_MS } from "../../viewer/host/healths.js";
import { StaffConnection } from "../../viewer/host/line.js";
import { days, fieldId, languages, milliseconds, minutes } from "../../viewer/host/setup-form.js";
import { Signals, MOST } from "../../viewer/host/signals.js";
import { hotKey, namesIn } from "../../viewer/host/speakers.js";
import { loudness, share, told } from "../../viewer/host/status.js";
import { failure, fault, why } from "../../viewer/host/why.js";
import { Sent } from "../../viewer/people/sent.js";

const say = (key) => key;

test("the token goes from the address into the tab, and nowhere else", () => {
  const kept = new Map();
  const store = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
  const past = { seen: [], replaceState: (...given) => past.seen.push(given[2]) };
  assert.equal(meetingOf("/host/m-1/setup"), "m-1");
  assert.equal(takeToken("m1", { hash: "#token=a%2Eb", pathname: "/host/m1" }, store, past), "a.b");
  assert.deepEqual(past.seen, ["/host/m1"]);
  assert.equal(takeToken("m1", { hash: "", pathname: "/host/m1" }, store, past), "a.b");
  assert.equal(takeToken("m2", { hash: "", pathname: "/host/m2" }, store, past), "");
  const off = { getItem: () => { throw new Error("off"); }, setItem: () => { throw new Error("off"); } };
  assert.equal(takeToken("m1", { hash: "#token=x", pathname: "/host/m1" }, off, past), "x");
});

test("a refused message is no reason to leave", () => {
  const line = new StaffConnection("m1", () => 0, { role: "corrector", token: "t" });
  const [hello] = line.opened(0, "e", 4);
  assert.deepEqual(JSON.parse(hello.text), { type: "hello", meeting: "m1", epoch: "e", after: 4, role: "corrector", token: "t" });
  line.received({ type: "welcome", meeting: {}, epoch: "e", seq: 4, policy: "on_record" }, 1);
  assert.deepEqual(line.received({ type: "error", code: "conflict", message: "", fatal: false, cue: "a" }, 2), []);
  assert.equal(line.state, "live");
  line.received({ type: "error", code: "unauthorised", message: "no" }, 3);
  assert.equal(line.state, "refused");
});

test("what the host is told", () => {
  const facts = { connection: "live", waiting: false, ended: false, paused: false, policy: "chatham", refusal: null, captioners: [{ health: "live" }] };
  assert.equal(told(facts, say), "is.live is.chatham");
  assert.equal(told({ ...facts, paused: true }, say), "is.paused is.chatham");
  assert.equal(told({ ...facts, captioners: [{ health: "absent" }] }, say), "is.nobody is.chatham");
  assert.equal(told({ ...facts, waiting: true }, say), "is.waiting");
  assert.equal(told({ ...facts, ended: true }, say), "is.ended");
  assert.equal(told({ ...facts, ending: true }, say), "is.ending");
  assert.equal(told({ ...facts, connection: "stale" }, say), "is.stale");
  const refused = (refusal) => told({ ...facts, connection: "refused", refusal }, say);
  assert.deepEqual([{ code: "passcode", message: "why" }, { code: "unauthorised", message: "no" }, null].map(refused), ["why", "why.link", "is.refused"]);
});

test("why something did not work is said in the user's words, else in the server's", () => {
  const refused = [[401, {}], [403, {}], [413, {}], [429, {}], [503, {}], [400, { error: "its own" }]].map(([status, body]) => new Refused(status, body));
  assert.deepEqual(refused.map((each) => why(each, say)), ["why.link", "why.link", "why.much", "why.again", "why.storage", "its own"]);
  assert.equal(why(new TypeError("Failed to fetch"), say), "why.network");
  assert.deepEqual(["storage", "meeting_ended", "malformed"].map((code) => why({ code, message: "m" }, say)), ["why.storage", "why.ended", "m"]);
  assert.equal(why(undefined, say), "");
  assert.equal(failure(new Error("x"), (key, values) => `${key} ${values.why}`), "failed x");
  assert.equal(fault({ field: "title", problem: "Old.", fault: "long", values: { most: 2 } }, (key, values) => `${key} ${values.most}`), "fault.long 2");
  assert.equal(fault({ field: "title", problem: "New.", fault: "newer" }, say), "New.");
});

test("levels", () => {
  assert.deepEqual([undefined, null, -80, -20, -2].map(loudness), ["none", "none", "quiet", "good", "loud"]);
  assert.deepEqual([undefined, -96, -60, -30, 0].map(share), [0, 0, 0, 50, 100]);
});

test("signals: new ones first, counts grow, an answered one that comes again is new", () => {
  const signals = new Signals();
  assert.equal(signals.take({ id: 1, signal: "slow_down" }), true);
  assert.equal(signals.take({ id: 1, signal: "slow_down", count: 2 }), false);
  signals.take({ id: 2, signal: "who" });
  assert.equal(signals.take({ id: 1, signal: "slow_down", count: 2, state: "seen" }), false); // another host's press comes the same way
  assert.equal(signals.take({ id: 1, signal: "slow_down", count: 2, state: "answered" }), false);
  assert.deepEqual(signals.list().map((each) => [each.id, each.state]), [[2, "new"], [1, "answered"]]);
  assert.equal(signals.take({ id: 1, signal: "slow_down", count: 3, state: "new" }), true);
  assert.deepEqual(signals.list().map((each) => [each.id, each.state]), [[2, "new"], [1, "new"]]);
  assert.equal(signals.take({ id: 900, signal: "who", state: "answered" }), false); // from before this console was opened
  for (let id = 3; id < MOST + 20; id += 1) signals.take({ id, signal: "unclear" });
  assert.equal(signals.list().length, MOST);
});

test("hot keys by the key's place, and only with their modifiers", () => {
  const event = { code: "Digit3", altKey: true, shiftKey: true, ctrlKey: false, metaKey: false };
  assert.equal(hotKey(event, "altshift"), "3");
  assert.equal(hotKey(event, "off"), "");
  assert.equal(hotKey(event, "ctrlalt"), "");
  assert.equal(hotKey({ ...event, shiftKey: false }, "altshift"), "");
  assert.equal(hotKey({ ...event, shiftKey: false, ctrlKey: true }, "ctrlalt"), "3");
  assert.equal(hotKey({ ...event, code: "Numpad0" }, "altshift"), "0");
  assert.equal(hotKey({ ...event, code: "KeyA" }, "altshift"), "");
  const said = (speaker) => ({ cue: { speaker } });
  assert.deepEqual(namesIn([said("Ana"), said(""), said("Bo"), said("Ana")]), ["Ana", "Bo"]);
});

test("a glossary is checked as the captioner checks it", () => {
  assert.deepEqual(check("DCAD = decad\n# note\n\nSecretariat\ndcad"), { terms: 2 });
  assert.deepEqual(check("DCAD\n = nothing"), { terms: 1, line: 2 });
  assert.equal(check("x".repeat(101)).line, 1);
  assert.equal(check(Array.from({ length: 1001 }, (_, n) => `term ${n}`).join("\n")).many, true);
});

test("the addresses that CART software takes", () => {
  const links = ingestLinks("https://c.org", "m1", "a.b");
  assert.equal(links.zoom, "https://c.org/ingest/zoom/m1/closedcaption?id=m1&ns=captioner&signature=a.b");
  assert.ok(links.streamtext.startsWith("https://c.org/ingest/streamtext/m1?"));
});

test("the set-up's form and its values", () => {
  assert.deepEqual(languages("en, fr;ar  zh-Hans"), ["en", "fr", "ar", "zh-Hans"]);
  assert.deepEqual(["", "0", "1,5", "x"].map(milliseconds), [null, 0, 90_000, -1]);
  assert.deepEqual([undefined, null, 0, 90_000].map(minutes), ["", "", "0", "1.5"]);
  assert.deepEqual(["", "30", "1.5", "x"].map(days), [null, 30, 0, 0]);
  assert.equal(fieldId("roster.2.key"), "f-roster-2-key");
  assert.equal(clock(3_723_000), "1:02:03");
});

test("what a captioner wrote stays until it is stored", () => {
  const sent = new Sent();
  const update = (id, revision, status = "final") => ({ cue: { id }, revision, status });
  for (const each of [update("a", 1), update("b", 1, "partial"), update("b", 2), update("a", 3)]) sent.push(each);
  assert.deepEqual(sent.unanswered().map((each) => [each.cue.id, each.revision]), [["a", 3], ["b", 2]]);
  sent.acknowledge("a", 1);
  assert.equal(sent.unanswered().length, 2, "the newer revision is still on its way");
  sent.acknowledge("a", 3);
  sent.acknowledge("x", 1);
  assert.deepEqual(sent.unanswered().map((each) => each.cue.id), ["b"]);
});

class Dialog extends EventTarget {
  open = false;
  returnValue = "";
  showModal() { this.open = true; }
  close(value) { this.open = false; this.returnValue = value; }
  tell() { this.dispatchEvent(new Event("close")); }
}

/** A page with a place that speaks; returns what stands in it. */
function spoken() {
  class Node {
    textContent = "";
    append(text) { this.textContent += text; }
    remove() { words.splice(words.indexOf(this), 1); }
  }
  /** @type {Node[]} */
  const words = [];
  const voice = { append: (node) => words.push(node), replaceChildren: () => words.splice(0) };
  globalThis.document = /** @type {any} */ ({ activeElement: null, getElementById: () => voice, createElement: () => new Node() });
  return () => words.map((node) => node.textContent);
}

test("while a question is open nothing is said, and afterwards the last of what has come up", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const said = spoken();
  const [status, signal] = /** @type {any[]} */ ([{ textContent: "Live." }, { textContent: "" }]);
  const dialog = /** @type {any} */ (new Dialog());
  tell(status, "Live.");
  assert.deepEqual(said(), ["Live."]);
  const asked = ask(dialog);
  assert.deepEqual(said(), []); // else a browser would tell it again
  tell(signal, "A reader: Question");
  report(status, "Reconnecting.");
  report(status, "Paused.");
  dialog.close("yes");
  dialog.tell();
  await asked;
  assert.deepEqual(said(), []); // a browser brings the page back first
  context.mock.timers.tick(500);
  assert.deepEqual(said(), ["A reader: Question", "Paused."]);
  assert.equal(status.textContent, "Paused.");
  context.mock.timers.tick(3_000);
  assert.deepEqual(said(), []);
});

test("the same words are new to a screen reader, and what has not changed is not reported", () => {
  const said = spoken();
  const node = /** @type {any} */ ({ textContent: "" });
  for (let times = 0; times < 3; times += 1) tell(node, "Saved.");
  report(node, "Saved.");
  assert.deepEqual(said(), ["Saved.", "Saved.\u00a0", "Saved."]);
  assert.equal(node.textContent, "Saved.");
});

test("a captioner's state is told when it lasts, once", () => {
  const healths = new Healths();
  const at = (now, ...states) => healths.due(states.map((health, index) => ({ track: `t${index}`, health, behind_ms: 0 })), now).map((each) => each.track);
  assert.deepEqual(at(0, "delayed"), []); // it stands in the list
  assert.deepEqual(at(1_000, "live"), []);
  assert.deepEqual(at(2_000, "delayed"), []); // to and fro
  assert.deepEqual(at(9_000, "live"), []);
  assert.deepEqual(at(9_000 + STEADY_MS, "live"), ["t0"]);
  assert.deepEqual(at(99_000, "live"), []);
  assert.deepEqual(at(100_000, "absent"), []);
  assert.deepEqual(at(110_000, "absent"), []); // the only one: the meeting's state says so
  assert.deepEqual(at(120_000, "absent", "live"), []);
  assert.deepEqual(at(130_000, "absent", "absent"), []);
  assert.deepEqual(at(140_000, "absent", "absent"), ["t1"]);
});

test("a question that is asked before the browser told of the last one's closing is answered by itself", async () => {
  globalThis.document = /** @type {any} */ ({ activeElement: null, getElementById: () => ({ replaceChildren: () => undefined }) });
  const dialog = /** @type {any} */ (new Dialog());
  const first = ask(dialog);
  dialog.close("");
  const second = ask(dialog);
  dialog.tell(); // of the first
  assert.equal(await first, "");
  dialog.close("yes");
  dialog.tell();
  assert.equal(await second, "yes");
  const third = ask(dialog);
  dialog.close("no");
  dialog.tell();
  assert.equal(await third, "no");
});
