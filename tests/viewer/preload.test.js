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

test("what is not needed to read is no import of the live page", () => {
  const needed = [...graph("live.js")];
  assert.ok(needed.includes("locales/en.js"));
  for (const late of ["panel.js", "qr.js", "tools.js", "share.js", "changes.js", "extras.js"]) assert.ok(!needed.includes(late), late);
});
