from server.speaking import KEEP, Speaking


def test_a_caption_gets_the_name_of_its_middle():
    speaking = Speaking()
    speaking.say("floor", 10_000, "Ana")
    speaking.say("floor", 20_000, "Bo")
    assert speaking.name("floor", 1_000, 5_000) == ""
    assert speaking.name("floor", 9_000, 13_000) == "Ana"
    assert speaking.name("floor", 17_000, 20_500) == "Ana"
    assert speaking.name("floor", 19_500, 24_000) == "Bo"
    assert speaking.name("fr", 19_500, 24_000) == ""


def test_renaming_and_forgetting():
    speaking = Speaking()
    speaking.say("floor", 0, "Ana")
    speaking.rename("floor", "Ana", "Anna")
    assert speaking.name("floor", 0, 1) == "Anna"
    speaking.clear()
    assert speaking.name("floor", 0, 1) == ""


def test_it_does_not_grow_for_ever():
    speaking = Speaking()
    for number in range(KEEP + 10):
        speaking.say("floor", number, str(number))
    assert speaking.name("floor", 0, 1) == ""
    assert speaking.name("floor", KEEP + 9, KEEP + 9) == str(KEEP + 9)


def test_a_captioners_label_is_called_by_its_new_name_from_then_on():
    speaking = Speaking()
    speaking.rename("floor", "Speaker 1", "Ana")
    assert speaking.called("floor", "Speaker 1") == "Ana"
    assert speaking.called("floor", "Speaker 2") == "Speaker 2"
    assert speaking.called("fr", "Speaker 1") == "Speaker 1"
    speaking.rename("floor", "Ana", "Anna")  # a name that was mended is mended for the label too
    assert speaking.called("floor", "Speaker 1") == "Anna"
    speaking.rename("floor", "Anna", "Speaker 1")  # taken back
    assert speaking.called("floor", "Speaker 1") == "Speaker 1"
    speaking.rename("floor", "Speaker 1", "Ana")
    speaking.clear()
    assert speaking.called("floor", "Speaker 1") == "Speaker 1"
