import assert from "node:assert/strict";
import test from "node:test";
import { Older } from "../../viewer/older.js";

/** A feed that lacks so many cues, and a server with blocks of ten. */
function long(older) {
  const asked = [];
  const due = [];
  const feed = { older, takeOlder: (block, seq) => (seq < 5 ? false : ((feed.older = block.first), true)) };
  const server = { seq: 9, away: false };
  const fetchBlock = async (before) => {
    asked.push(before);
    if (server.away) throw new Error("away");
    return { seq: server.seq, epoch: "e", first: Math.floor((before - 1) / 10) * 10, cues: [] };
  };
  let done = 0;
  const loader = new Older(feed, fetchBlock, () => (done += 1), (work, ms) => due.push({ work, ms }));
  /** Let everything that waits happen. */
  const run = async () => {
    while (due.length) await due.shift().work();
  };
  return { feed, server, asked, due, loader, run, done: () => done };
}

test("all of it comes, the newest block first, one at a time", async () => {
  const { loader, asked, run, done } = long(24);
  await Promise.all([loader.all(), loader.all()]);
  await run();
  assert.deepEqual(asked, [24, 20, 10]);
  assert.equal(loader.missing, false);
  assert.equal(done(), 3);
  await loader.all();
  assert.equal(asked.length, 3, "nothing is missing");
});

test("one block is fetched where only one is wanted", async () => {
  const { loader, asked, run } = long(24);
  await loader.more();
  await run();
  assert.deepEqual(asked, [24]);
  assert.equal(loader.missing, true);
});

test("what fails is tried again, later and later, and not sooner because somebody asks", async () => {
  const { loader, server, asked, due } = long(8);
  server.away = true;
  await loader.all();
  const waits = [];
  for (let time = 0; time < 7; time += 1) {
    waits.push(due[0].ms);
    await loader.all();
    await loader.more();
    await due.shift().work();
  }
  assert.deepEqual(waits, [2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  assert.equal(asked.length, 8);
  server.away = false;
  server.seq = 3; // a server that is behind
  await due.shift().work();
  assert.equal(loader.missing, true);
  server.seq = 9;
  await due.shift().work();
  assert.equal(loader.missing, false);
  assert.equal(due.length, 0);
});
