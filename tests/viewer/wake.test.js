import assert from "node:assert/strict";
import test from "node:test";
import { Wake } from "../../viewer/wake.js";

function locks() {
  const made = { asked: 0, released: 0, fails: false };
  made.request = async () => {
    made.asked += 1;
    if (made.fails) throw new Error("low battery");
    return { release: async () => (made.released += 1) };
  };
  return made;
}

test("the lock is asked for again when the page comes back, and given back when it is switched off", async () => {
  const asked = locks();
  let visible = true;
  const wake = new Wake(asked, () => visible);
  assert.equal(await wake.want(true), true);
  visible = false;
  assert.equal(await wake.again(), false);
  visible = true;
  assert.equal(await wake.again(), true);
  assert.equal(asked.asked, 2);
  await wake.want(false);
  assert.equal(asked.released, 1);
  assert.equal(await wake.again(), false);
});

test("a browser without it, or a device that forbids it, stops nothing", async () => {
  assert.equal(new Wake(undefined, () => true).possible, false);
  assert.equal(await new Wake(undefined, () => true).want(true), false);
  const asked = locks();
  asked.fails = true;
  assert.equal(await new Wake(asked, () => true).want(true), false);
});
