"""What Orca spoke is sorted into captions and the page's status."""

from benchmarks.orca import STATUS, lines, read

SAID = ["The ramp is built.", "Thank you."]


def debug(*spoken):
    return "".join(f"12:00:00 - SPEECH OUTPUT: '{line}'{{'established': False}}\n" for line in spoken)


def test_the_status_counts_as_no_caption():
    status = ("Reconnecting. Nothing shown is lost.", "1 caption recovered. Live.", "[about 6 sec not captioned] Live.")
    reading = read(debug(SAID[0], *status, SAID[1]), SAID, STATUS)
    assert reading.other == status
    assert (reading.once, reading.in_order, reading.inflation) == (2, True, 1.0)


def test_what_is_spoken_twice_or_never_is_counted():
    reading = read(debug(SAID[0], SAID[0]), SAID, STATUS)
    assert (reading.once, reading.doubled, reading.missing) == (0, 1, 1)
    assert reading.inflation > 1


def test_apostrophes_and_line_ends_belong_to_what_was_spoken():
    said = ["use the host's token, or the host's link", "DCAD = decad\nSecretariat", "Thank you."]
    assert lines(debug(*said) + "12:00:01 - BRAILLE LINE:  'It's said.'\n", "SPEECH OUTPUT") == said
    assert lines(debug(*said) + "12:00:01 - BRAILLE LINE:  'It's said.'\n", "BRAILLE LINE") == ["It's said."]
