import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import test from "node:test";
import { cells, lines } from "../../viewer/cells.js";

const cut = (text, width) => {
  const ends = lines(text, width);
  return ends.map((end, index) => text.slice(ends[index - 1] ?? 0, end).trim());
};

test("words stay whole and lines are as long as they can be", () => {
  assert.deepEqual(cut("we meet in the room with the ramp", 20), ["we meet in the room", "with the ramp"]);
  assert.deepEqual(cut("short", 20), ["short"]);
  assert.deepEqual(lines("", 20), [0]);
});

test("only a word longer than the line is split", () => {
  const word = "x".repeat(45);
  assert.deepEqual(cut(`a ${word} b`, 20).map((each) => each.length), [1, 20, 20, 7]);
});

test("nothing is lost and no line is longer than the display", () => {
  const texts = ["Good morning, everyone, and welcome to Room 42 (second floor).", "各位早上好,欢迎参加无障碍会议。我们有14人在会场。", "صباح الخير للجميع، ومرحبا بكم في اللجنة."];
  for (const text of texts)
    for (const width of [20, 40, 80]) {
      const ends = lines(text, width);
      assert.equal(ends.at(-1), text.length);
      for (const line of cut(text, width)) assert.ok(cells(line) <= width, line);
    }
});

test("a Chinese line does not begin with what closes a sentence", () => {
  for (let width = 6; width < 40; width += 1) for (const line of cut("各位早上好,欢迎参加会议。我们有人在会场。", width)) assert.doesNotMatch(line, /^[,。]/);
});

const louis = spawnSync("lou_translate", ["--version"]).status === 0;
const translate = (table, text) => [...execFileSync("lou_translate", [table], { input: `${text}\n`, encoding: "utf8" }).replace(/\n$/, "")].length;

test("liblouis needs no more cells than were counted", { skip: !louis && "lou_translate is not installed (apt: liblouis-bin)" }, () => {
  const english = readFileSync("demo/meeting.segments.tsv", "utf8").split("\n").slice(1, 40).map((line) => line.split("\t")[3] ?? "").filter(Boolean);
  const chinese = ["各位早上好,欢迎参加无障碍会议委员会。", "我是玛丽亚,今天由我主持会议。", "会场有14人,线上有23人。"];
  const russian = ["Доброе утро, добро пожаловать на заседание комитета.", "В зале 14 человек, ещё 23 участвуют по сети."];
  for (const [table, texts] of [["en-ueb-g1.ctb", english], ["en-ueb-g2.ctb", english], ["zh-chn.ctb", chinese], ["ru-litbrl.ctb", russian]])
    for (const line of texts.flatMap((text) => cut(text, 40))) assert.ok(translate(table, line) <= 40, `${table}: ${line}`);
});
