import pytest
from hypothesis import given
from hypothesis import strategies as st

from captioner.captions.cue import Cue, Word
from server.archive.redaction import Kind, Person, find, remove
from server.archive.sounds import fold, sound

ROSTER = [
    Person("Anneliese Müller", "Ministry of Digital Affairs"),
    Person("Oluwaseun Adeyemi", "Paradigm Initiative"),
    Person("Светлана Кузнецова", aliases=("Svetlana Kuznetsova",)),
    Person("محمد الأنصاري"),
    Person("王小明", "中国信息通信研究院"),
]


def cue(text, language="en", start=0, name="c1", words=()):
    return Cue(name, start, start + 1000, text, language, "", words)


def spans(text, language="en", roster=ROSTER):
    return [each.text for each in find([cue(text, language)], roster)]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Thank you Anneliese Müller for this.", "en", ["Anneliese Müller"]),
        ("i agree with muller and with svetlana kuznetsova", "en", ["muller", "svetlana kuznetsova"]),
        ("As Oluwasheun Adeyemy. I think we agree.", "en", ["Oluwasheun Adeyemy"]),
        ("The Ministry of Digital Affairs disagrees.", "en", ["Ministry of Digital Affairs"]),
        ("The ministry for digital affairs disagrees.", "en", ["ministry for digital affairs"]),
        ("Спасибо, Кузнецова, за доклад.", "ru", ["Кузнецова"]),
        ("قال محمد الأنصاري إن الشبكة مفتوحة", "ar", ["محمد الأنصاري"]),
        ("王小明认为网络需要治理。", "zh", ["王小明"]),
        ("王晓明认为网络需要治理。", "zh", ["王晓明"]),
    ],
)
def test_the_roster_is_found_as_written_and_as_misheard(text, language, expected):
    assert spans(text, language) == expected


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Good morning, my name is John Smith, and I am happy.", "en", ["John Smith"]),
        ("good morning my name is john smith and i am happy", "en", ["john smith"]),
        ("I'm Aroha Ngata from Access Now.", "en", ["Aroha Ngata", "Access Now"]),
        ("Je m'appelle Jean Dupont et je suis contente.", "fr", ["Jean Dupont"]),
        ("Me llamo María José Fernández, buenos días.", "es", ["María José Fernández"]),
        ("Меня зовут Пётр Иванов, я рад.", "ru", ["Пётр Иванов"]),
        ("اسمي ليلى حداد من وزارة الاتصالات", "ar", ["ليلى حداد"]),
        ("我叫李娜，很高兴。", "zh", ["李娜"]),
        ("谢谢张先生的发言。", "zh", ["张"]),
        ("Thank you, Madam Nguyen Thi Lan, for that.", "en", ["Nguyen Thi Lan"]),
        ("I speak on behalf of the African Union Commission today.", "en", ["African Union Commission"]),
    ],
)
def test_people_whom_no_roster_lists_are_found_where_they_are_named(text, language, expected):
    assert spans(text, language, ()) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Thank you, Chair. Good morning everybody.",
        "I am happy to be here and we agree on the text.",
        "The network must be open, and all of it.",
        "This is important for everyone.",
        "Спасибо, коллеги. Это важно.",
        "谢谢主席。我们讨论网络治理。",
    ],
)
def test_ordinary_sentences_are_left_alone(text):
    assert spans(text) == []


def test_a_name_over_two_cues_is_proposed_in_both():
    found = find([cue("We thank Anneliese"), cue("Müller for her work.", name="c2", start=1000)], ROSTER)
    assert [(each.cue, each.text) for each in found] == [("c1", "Anneliese"), ("c2", "Müller")]


def test_spans_are_exact_and_say_why():
    text = "So Anneliese Müller of the Ministry of Digital Affairs."
    found = find([cue(text)], ROSTER)
    assert [(each.kind, each.score) for each in found] == [(Kind.NAME, 100), (Kind.AFFILIATION, 100)]
    assert all(text[each.start : each.end] == each.text for each in found)


def test_removing_keeps_times_and_everything_else():
    words = tuple(
        Word(i * 100, i * 100 + 90, w) for i, w in enumerate([" Thank", " you", " Anneliese", " Müller,", " truly."])
    )
    before = cue("Thank you Anneliese Müller, truly.", words=words)
    after = remove(before, [(10, 26)])
    assert after.text == "Thank you [name removed], truly."
    assert (after.start, after.end, after.id, after.speaker) == (0, 1000, "c1", "")
    assert [word.text for word in after.words] == [" Thank", " you", " [name removed]", " truly."]
    assert (after.words[2].start, after.words[2].end) == (200, 390)


@pytest.mark.parametrize("language", ["en", "fr", "es", "ru", "ar", "zh", "zh-Hans", "de"])
def test_the_mark_is_in_the_cue_s_language(language):
    marks = {"fr": "[nom", "es": "[nombre", "ru": "[имя", "ar": "[حُذف", "zh": "[姓名"}
    assert remove(cue("Anna", language), [(0, 4)]).text.startswith(marks.get(language[:2], "[name"))


def test_words_that_are_not_the_text_go_altogether():
    assert remove(cue("Ann came.", words=(Word(0, 1, " Bob"),)), [(0, 3)]).words == ()


@given(st.text(max_size=60), st.lists(st.tuples(st.integers(-5, 70), st.integers(-5, 70)), max_size=5))
def test_what_is_outside_of_the_spans_stays_character_by_character(text, spans):
    wanted = set()
    for start, end in spans:
        wanted |= set(range(max(0, start), min(end, len(text))))
    rest = "".join(char for i, char in enumerate(text) if i not in wanted)
    removed = remove(Cue("c", 0, 1, text, "en"), spans).text
    count = removed.count("[name removed]") - text.count("[name removed]")
    assert removed.replace("[name removed]", "", max(count, 0)) == rest or "[name removed]" in text
    assert (removed == text) == (not wanted)


@given(st.text(max_size=80))
def test_finding_never_fails_and_stays_inside(text):
    for each in find([cue(text)], ROSTER):
        assert 0 <= each.start < each.end <= len(text)


def test_scripts_and_spellings_of_a_name_meet():
    assert fold("Кузнецова") == fold("Kuznetsova")
    assert fold("MÜLLER") == fold("muller")
    assert sound(fold("Stephanie")) == sound(fold("Stefany"))
