import assert from "node:assert/strict";
import test from "node:test";
import { DEFAULTS, read, toFragment } from "../../viewer/settings.js";
import { remembered, trackNames, wantedTrack } from "../../viewer/tracks.js";

const track = (id, language, label = "") => ({ id, language, label, origin: "automatic" });
const tracks = [track("floor", "en"), track("translation", "es"), track("person", "en"), track("zh1", "zh-Hans")];

test("a track is wanted by id, language or main language", () => {
  assert.equal(wantedTrack(tracks, "person").id, "person");
  assert.equal(wantedTrack(tracks, "es").id, "translation");
  assert.equal(wantedTrack(tracks, "ZH").id, "zh1");
  assert.equal(wantedTrack(tracks, "fr"), undefined);
  assert.equal(wantedTrack(tracks, ""), undefined);
});

test("what is remembered finds the track again", () => {
  for (const each of tracks) assert.equal(wantedTrack(tracks, remembered(tracks, each)).id, each.id);
  assert.equal(remembered(tracks, tracks[1]), "es"); // also in the next meeting
});

test("no two names are the same", () => {
  assert.deepEqual(trackNames(tracks, "en"), ["English (floor)", "Spanish", "English (person)", "Simplified Chinese"]);
  assert.deepEqual(trackNames([track("floor", "en", "Floor")], "fr"), ["Floor"]);
  assert.equal(trackNames([track("a", "es")], "ru")[0], "испанский");
});

test("the choice of a track travels with the settings", () => {
  assert.equal(toFragment({ ...DEFAULTS, captions: "es" }), "captions=es");
  assert.equal(read(null, "#captions=es").captions, "es");
  assert.equal(read(null, "#captions=%3Cb%3E").captions, "");
});
