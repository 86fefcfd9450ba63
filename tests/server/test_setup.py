import msgspec
import pytest

from captioner.captions.cue import RecordPolicy
from server.faults import InvalidSetup
from server.setup import Item, MeetingSetup, Person, checked, decode, nameable, spelling, storable

ANA = Person("Ana Sanchez", "UN", "Chair", "1", consent=True)
PLAN = MeetingSetup(
    "Committee", "DCAD", ("en", "fr"), "https://creativecommons.org/licenses/by/4.0/", (Item("Opening", 0),),
    (ANA, Person("Bo Li")), "DCAD = decad\n", RecordPolicy.ON_RECORD,
)  # fmt: skip


def fields(setup):
    with pytest.raises(InvalidSetup) as caught:
        checked(setup)
    return {error.field for error in caught.value.errors}


def test_a_good_set_up_comes_back_clean():
    assert checked(PLAN) == msgspec.structs.replace(PLAN, glossary="DCAD = decad")
    assert decode(msgspec.json.encode(PLAN)).roster == PLAN.roster


def test_each_wrong_field_is_named():
    wrong = msgspec.structs.replace(
        PLAN, title=" ", languages=("en", "x!"), licence="javascript:alert(1)", retention_days=0,
        roster=(ANA, Person("ana sanchez", key="1"), Person("", key="10")), agenda=(Item("", -1),),
    )  # fmt: skip
    assert fields(wrong) == {
        "title", "languages", "licence", "retention_days", "roster.1.name", "roster.1.key", "roster.2.name",
        "roster.2.key", "agenda.0.title", "agenda.0.at_ms",
    }  # fmt: skip


def test_sizes_are_bounded():
    assert fields(msgspec.structs.replace(PLAN, glossary="x" * 70_000)) == {"glossary"}
    assert "roster" in fields(msgspec.structs.replace(PLAN, roster=tuple(Person(f"P {n}") for n in range(501))))
    assert fields(msgspec.structs.replace(PLAN, title="x" * 201)) == {"title"}


@pytest.mark.parametrize(
    ("body", "field"),
    [(b"{", ""), (b'{"title": 4}', "title"), (b'{"title":"a","roster":[{"name":1}]}', "roster.0.name")],
)
def test_json_that_does_not_fit_is_refused_with_its_place(body, field):
    with pytest.raises(InvalidSetup) as caught:
        decode(body)
    assert caught.value.errors[0].field == field


def test_without_a_policy_nothing_is_kept():
    assert decode(b'{"title":"A"}').policy is RecordPolicy.OFF_RECORD


@pytest.mark.parametrize("policy", [RecordPolicy.CHATHAM, RecordPolicy.OFF_RECORD])
def test_names_reach_no_disk_but_on_the_record(policy):
    assert storable(PLAN, RecordPolicy.ON_RECORD) == PLAN
    for setup, now in ((PLAN, policy), (msgspec.structs.replace(PLAN, policy=policy), RecordPolicy.ON_RECORD)):
        kept = msgspec.json.encode(storable(setup, now)).decode()
        assert "Sanchez" not in kept
        assert "decad" not in kept
        assert "Opening" not in kept


def test_nobody_of_the_roster_is_named_without_consent():
    assert nameable(PLAN, "Ana Sanchez")
    assert not nameable(PLAN, "bo li")
    assert nameable(PLAN, "A guest")


def test_the_recogniser_gets_terms_and_names():
    assert spelling(PLAN).splitlines() == ["DCAD = decad", "Ana Sanchez", "Bo Li"]
