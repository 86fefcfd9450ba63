import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

const folder = new URL("../../viewer/", import.meta.url);
const text = (name) => readFileSync(new URL(name, folder), "utf8");

function graph(name, seen = new Set()) {
  if (seen.has(name)) return seen;
  seen.add(name);
  for (const [, from] of text(name).matchAll(/^import [^;]*?"\.\/([^"]+)";$/gm)) graph(from, seen);
  return seen;
}

test("the live page asks at once for every module it needs before captions, and for no other", () => {
  const asked = [...text("start.js").matchAll(/"([a-z/-]+\.js)",/g)].map(([, name]) => name);
  const needed = [...graph("live.js")].filter((name) => name !== "live.js");
  assert.deepEqual(asked.sort(), needed.sort());
  for (const late of ["panel.js", "qr.js", "tools.js", "share.js", "changes.js"]) assert.ok(!needed.includes(late), late);
});
