from captioner.captions.cue import Cue, CueStatus, CueUpdate
from captioner.publish.sinks.cursor import Cursor
from captioner.publish.sinks.feed import Feed


def update(cue="a", text="One.", revision=0, status=CueStatus.FINAL, start=0, language="en"):
    return CueUpdate(Cue(cue, start, start + 1000, text, language), revision, status)


def feed(hold=0, track="floor", language="", cursor=None):
    return Feed(track, language, hold, cursor or Cursor())


def test_finals_come_in_the_order_of_the_log():
    f = feed()
    f.take("floor", update("b", start=5000), 1, 0)
    f.take("floor", update("a", start=4000), 2, 0)
    assert [f.next(0).cue.id, f.next(0).cue.id] == ["b", "a"]
    assert f.next(0) is None


def test_a_correction_in_time_is_what_is_sent():
    f = feed(hold=2000)
    f.take("floor", update(text="Wreck a nice beach."), 1, 0)
    assert f.next(1999) is None
    assert f.due_in(500) == 1500
    f.take("floor", update(text="Recognise speech.", revision=1), 2, 1000)
    assert f.next(2000).cue.text == "Recognise speech."


def test_a_retraction_in_time_takes_it_away():
    f = feed(hold=2000)
    f.take("floor", update(), 1, 0)
    f.take("floor", update(revision=1, status=CueStatus.RETRACTED), 2, 100)
    assert f.next(5000) is None
    assert f.due_in(0) is None


def test_a_correction_that_comes_too_late_is_left_alone():
    f = feed()
    f.take("floor", update(), 1, 0)
    assert f.next(0) is not None
    f.take("floor", update(text="Other.", revision=1), 2, 10)
    assert f.next(10) is None


def test_an_older_revision_changes_nothing():
    f = feed(hold=100)
    f.take("floor", update(text="New.", revision=2), 1, 0)
    f.take("floor", update(text="Old.", revision=1), 2, 0)
    assert f.next(100).cue.text == "New."


def test_other_tracks_languages_and_partials_are_not_sent():
    f = feed(language="fr-CA")
    f.take("other", update("a", language="fr"), 1, 0)
    f.take("floor", update("b", language="en"), 2, 0)
    f.take("floor", update("c", language="fr", status=CueStatus.PARTIAL), 3, 0)
    f.take("floor", update("d", language="fr-FR"), 4, 0)
    assert f.next(0).cue.id == "d"
    assert f.next(0) is None


def test_without_a_named_track_the_first_that_speaks_is_followed():
    f = feed(track="")
    f.take("one", update("a"), 1, 0)
    f.take("two", update("b"), 2, 0)
    assert [f.next(0).cue.id, f.next(0)] == ["a", None]


def test_what_is_old_by_a_minute_is_counted_and_not_sent():
    f = feed(cursor=Cursor(start_ms=100_000))
    f.take("floor", update(start=39_999), 1, 0)
    f.take("floor", update("b", start=40_000), 2, 0)
    assert f.next(0).cue.id == "b"
    assert f.skipped == 1


def test_a_cue_that_was_on_its_way_is_sent_as_it_was():
    f = feed(hold=5000, cursor=Cursor(cue="a", revision=0, piece=1))
    f.take("floor", update(), 1, 0)
    f.take("floor", update(text="Corrected.", revision=1), 2, 0)
    item = f.next(0)  # and without being held once more
    assert (item.cue.text, item.revision) == ("One.", 0)


def test_a_full_queue_gives_up_the_oldest():
    f = feed()
    for n in range(1001):
        f.take("floor", update(f"c{n}"), n, 0)
    assert (f.waiting, f.skipped, f.next(0).cue.id) == (1000, 1, "c1")
