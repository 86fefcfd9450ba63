import sqlite3
from dataclasses import replace

import pytest

from captioner.captions.cue import Cue, CueStatus, CueUpdate, Meeting, MeetingState, Origin, Track
from server.archive.catalogue import FILE, Catalogue, Window, slug
from server.archive.record import About, Record, TrackRecord
from server.archive.searching import MANY, search

NOON = 1_790_000_000_000
SENTENCES = {
    "zh": "互联网治理论坛讨论与网络有关的公共政策问题。",
    "ar": "قال مُحَمَّد إنّ الإنترنت للجميع.",
    "ru": "На площади стоит ёлка, и её видно издалека.",
    "fr": "L'accessibilité est un droit, déclara-t-elle.",
    "es": "La señora habló de la interpretación de señas.",
    "en": "Captions make the meeting's record searchable.",
}


def record(name="m1", texts=SENTENCES, speaker="Amina", started=NOON, seq=9, **about):
    cues = tuple(
        CueUpdate(Cue(f"c{n}", n * 2000, n * 2000 + 1500, text, language, speaker), 1, CueStatus.FINAL)
        for n, (language, text) in enumerate(texts.items(), 1)
    )
    track = TrackRecord(Track("floor", "en", "", Origin.AUTOMATIC), cues)
    return Record(Meeting(name, f"Meeting {name}", started), "e", seq, MeetingState.ENDED, (), (track,), About(**about))


@pytest.fixture
def catalogue(tmp_path):
    made = Catalogue(tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("query", "language", "shown"),
    [
        ("网络", "zh", "网络"), ("محمد", "ar", "مُحَمَّد"), ("الانترنت", "ar", "الإنترنت"), ("елка", "ru", "ёлка"), ("ЁЛКА", "ru", "ёлка"),
        ("accessibilite", "fr", "accessibilité"), ("SEÑORA", "es", "señora"), ("record captions", "en", "Captions"), ("治理论坛", "zh", "治理论坛"),
        ("网", "zh", "网"), ("题", "zh", "题"), ("interpret*", "es", "interpret"), ('"public*', "", ""),
    ],
)  # fmt: skip
def test_words_of_six_languages_are_found_and_marked(catalogue, query, language, shown):
    catalogue.put(record(), NOON)
    hits = search(catalogue, query, 10).hits
    assert [hit.language for hit in hits] == ([language] if language else [])
    assert not language or shown in [piece for piece, found in hits[0].pieces if found]


def test_a_hit_leads_to_its_moment(catalogue):
    catalogue.put(record(), NOON)
    (hit,) = search(catalogue, "елка", 10).hits
    assert (hit.meeting, hit.title, hit.track, hit.cue, hit.start, hit.speaker) == (
        "m1",
        "Meeting m1",
        "floor",
        "c3",
        6000,
        "Amina",
    )


def test_a_long_text_is_shown_about_the_hit(catalogue):
    text = "word " * 200 + "needle " + "word " * 200
    catalogue.put(record(texts={"en": text.strip()}), NOON)
    (hit,) = search(catalogue, "needle", 10).hits
    shown = "".join(piece for piece, _ in hit.pieces)
    assert len(shown) < 300
    assert shown.startswith("…word")
    assert shown.endswith("…")
    assert ("needle", True) in hit.pieces


def test_nothing_is_found_twice_after_an_update_and_nothing_after_a_removal(catalogue):
    assert catalogue.put(record(), NOON)
    assert not catalogue.put(record(), NOON + 1)
    assert catalogue.put(record(texts={"en": "Other words."}, seq=10), NOON + 2)
    assert not search(catalogue, "网络", 10).hits
    assert len(search(catalogue, "other", 10).hits) == 1
    catalogue.remove("m1", NOON + 3, "asked for")
    assert not search(catalogue, "other", 10).hits
    entry = catalogue.entry("m1")
    assert (entry.deleted, entry.reason, entry.title, entry.updated) == (True, "asked for", "", NOON + 3)
    assert catalogue.entries(10) == ([], 0)
    assert catalogue.speakers(10) == ([], 0)
    assert catalogue.verify() == []


def test_a_redaction_that_leaves_the_seq_is_noticed(catalogue):
    catalogue.put(record(texts={"en": "Secret name."}), NOON)
    assert catalogue.put(record(texts={"en": "[name removed]."}), NOON + 1)
    assert not search(catalogue, "secret", 10).hits


def test_no_byte_of_what_was_removed_stays(catalogue, tmp_path):
    catalogue.put(record(texts={"en": "Xylophonequartz."}, speaker="Zyxwvut"), NOON)
    catalogue.put(record("m2"), NOON)
    catalogue.remove("m1", NOON)
    for path in tmp_path.iterdir():
        content = path.read_bytes().lower()
        assert b"xylophonequartz" not in content, path
        assert b"zyxwvut" not in content, path


def test_lists_by_page_series_and_language(catalogue):
    for number in range(5):
        texts = {"fr": "Oui."} if number == 3 else {"en": "Yes."}
        catalogue.put(
            record(f"m{number}", texts, started=NOON + number, series="IGF" if number % 2 else ""), NOON + number
        )
    entries, total = catalogue.entries(2, 1)
    assert ([entry.id for entry in entries], total) == (["m3", "m2"], 5)
    assert [entry.id for entry in catalogue.entries(9, series=slug("IGF"))[0]] == ["m3", "m1"]
    assert [entry.id for entry in catalogue.entries(9, language="fr")[0]] == ["m3"]
    assert catalogue.series() == [(slug("IGF"), "IGF", 2)]
    assert catalogue.languages() == [("en", 5), ("fr", 1)]
    assert [entry.id for entry in catalogue.changes(9, Window(NOON + 1, NOON + 3, slug("IGF")))] == [
        "m1",
        "m3",
    ]
    assert catalogue.earliest() == NOON


def test_a_label_is_nobody_beyond_its_meeting(catalogue):
    catalogue.put(record("m1", {"en": "Yes."}, speaker="Speaker 1"), NOON)
    assert catalogue.speakers(10) == ([], 0)


def test_speakers_are_one_across_spellings_of_case_and_marks(catalogue):
    catalogue.put(record("m1", {"en": "Yes."}, speaker="Zoé", started=NOON), NOON)
    catalogue.put(record("m2", {"en": "No.", "fr": "Non."}, speaker="ZOE", started=NOON + 1), NOON)
    catalogue.put(record("m3", {"en": "Nobody."}, speaker=""), NOON)
    ((who,), count) = catalogue.speakers(10)
    assert (count, who.meetings, who.turns) == (1, 2, 3)
    _, spoken = catalogue.speaker(who.key, 10)
    assert [(one.entry.id, one.turns, one.cue) for one in spoken] == [("m2", 2, "c1"), ("m1", 1, "c1")]
    assert catalogue.speaker("nobody", 10) == (None, [])


def test_many_hits_come_newest_first_and_are_counted_up_to_a_limit(catalogue):
    cues = tuple(CueUpdate(Cue(f"c{n}", n, n + 1, "the word", "en"), 1, CueStatus.FINAL) for n in range(MANY + 50))
    made = record()
    catalogue.put(replace(made, tracks=(TrackRecord(made.tracks[0].track, cues),)), NOON)
    found = search(catalogue, "word", 20, 40)
    assert (found.total, found.more, found.hits[0].cue) == (MANY + 1, True, f"c{MANY + 9}")
    assert not search(catalogue, "word", 20, MANY + 40).more


@pytest.mark.parametrize("content", [b"no database at all, " * 300, None])
def test_a_damaged_or_other_file_is_made_anew(tmp_path, content):
    path = tmp_path / FILE
    if content is None:
        with sqlite3.connect(path) as db:
            db.execute("PRAGMA user_version = 99")
        db.close()
    else:
        path.write_bytes(content)
    made = Catalogue(tmp_path)
    assert made.entries(1) == ([], 0)
    made.close()


def test_damage_inside_is_named(catalogue):
    catalogue.put(record(), NOON)
    catalogue.db.execute("UPDATE cue SET folded = 'other'")
    assert catalogue.verify() == ["the index of words does not fit the words"]


@pytest.mark.parametrize(
    ("name", "made"), [("IGF Annual Meeting", "igf-annual-meeting-"), ("网络", ""), ("Zoé", "zoe-")]
)
def test_a_name_s_address_is_readable_and_its_own(name, made):
    assert slug(name).startswith(made)
    assert slug(name) != slug(name + "x")
