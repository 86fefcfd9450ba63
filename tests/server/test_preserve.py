import json
import subprocess
import sys
import zipfile
from xml.etree import ElementTree as ET

import pytest

from captioner.captions.cue import Meeting, MeetingState
from server.archive.preserve import bag, crate, manifest
from server.archive.preserve.about import Described, described
from server.archive.preserve.audit import Audit, audit, keep_report
from server.archive.preserve.deposit import internet_archive, zenodo
from server.archive.preserve.manifest import Damage, Fault
from server.archive.record import Record, Span, TrackRecord
from tests.server.conftest import FLOOR, final

ABOUT = Described(
    "m1", "A <meeting> & more\x01", "2026-05-04", "2026-05-04T10:00:00Z", ("en", "zh-Hans"), "Automatic.",
    licence="https://creativecommons.org/licenses/by/4.0/", series="A forum", address="https://example.org/m1", version=2,
    notes=("Off the record 00:00:01\N{EN DASH}00:00:02",),
)  # fmt: skip
FILES = {"floor.vtt": "WEBVTT\n\nc1\n00:00:00.000 --> 00:00:01.000\n网络\n".encode(), "floor.txt": b"Text.\n"}


@pytest.fixture
def data(tmp_path):
    bag.write_bag(tmp_path / "bags", ABOUT, FILES)
    folder = tmp_path / "archive" / "m1"
    folder.mkdir(parents=True)
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    manifest.seal(folder)
    return tmp_path


def test_a_bag_is_valid_for_the_reference_program(data):
    done = subprocess.run(
        [sys.executable, "-m", "bagit", "--validate", str(data / "bags" / "m1")],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert (data / "bags" / "m1" / "manifest-sha512.txt").is_file()


def test_a_bag_is_replaced_whole(data):
    bag.write_bag(data / "bags", ABOUT, {"floor.vtt": b"WEBVTT\n"})
    assert audit(data).damages == ()
    assert not (data / "bags" / "m1" / "data" / "floor.txt").exists()
    assert sorted(path.name for path in (data / "bags").iterdir()) == ["m1"]


def test_a_removed_bag_leaves_nothing(data):
    bag.remove_bag(data / "bags", "m1")
    assert list((data / "bags").iterdir()) == []


def test_the_crate_is_read_by_the_library(data):
    from rocrate.rocrate import ROCrate

    read = ROCrate(str(data / "bags" / "m1" / "data"))
    assert read.name == ABOUT.title
    assert sorted(entity.id for entity in read.data_entities) == ["floor.txt", "floor.vtt"]
    assert read.dereference("floor.vtt").properties()["encodingFormat"] == "text/vtt"
    assert read.license.id == ABOUT.licence


def test_no_licence_is_said_and_not_invented():
    about = Described("m1", "T", "2026-01-01", "2026-01-01T00:00:00Z", (), "Automatic.")
    root = json.loads(crate.crate(about, {}))["@graph"][1]
    assert root["license"] == "No licence was stated."


def test_the_audit_finds_nothing_in_what_is_whole(data):
    found = audit(data, lambda: 5)
    assert found == Audit(5, 2, ())
    keep_report(data, found)
    assert json.loads((data / "audit.json").read_bytes())["folders"] == 2


@pytest.mark.parametrize(
    "place", ["archive/m1/floor.vtt", "bags/m1/data/floor.vtt", "bags/m1/bag-info.txt", "bags/m1/manifest-sha512.txt"]
)
def test_the_audit_names_the_file_with_one_flipped_bit(data, place):
    path = data / place
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    named = [damage.path for damage in audit(data).damages]
    assert named
    if place.endswith("manifest-sha512.txt"):
        assert any(name.startswith(str(data / "bags" / "m1")) for name in named)
    else:
        assert str(path) in named


def test_the_audit_names_what_is_missing_and_what_came_from_nowhere(data):
    (data / "archive" / "m1" / "floor.vtt").unlink()
    (data / "archive" / "m1" / "other.txt").write_text("x")
    (data / "bags" / "m1" / "data" / "floor.txt").unlink()
    found = audit(data).damages
    assert Damage(str(data / "archive/m1/floor.vtt"), Fault.MISSING) in found
    assert Damage(str(data / "archive/m1/other.txt"), Fault.UNKNOWN) in found
    assert Damage(str(data / "bags/m1/data/floor.txt"), Fault.MISSING) in found


@pytest.mark.parametrize("name", ["bagit.txt", "manifest-sha512.txt"])
def test_a_bag_without_its_own_files_is_damage(data, name):
    (data / "bags" / "m1" / name).unlink()
    assert audit(data).damages


def test_a_manifest_cannot_point_outside(data):
    path = data / "archive" / "m1" / manifest.NAME
    path.write_text(f"{'0' * 128}  ../../secret\n")
    assert Damage(str(path), Fault.CHANGED) in manifest.check(path.parent)


def test_a_folder_without_a_manifest_is_said(tmp_path):
    assert manifest.check(tmp_path)[0].fault is Fault.NO_MANIFEST


def test_the_zenodo_deposit_is_whole_and_the_same_twice(tmp_path):
    metadata, packed = zenodo(tmp_path / "a", ABOUT, FILES)
    fields = json.loads(metadata.read_bytes())["metadata"]
    needed = {"title", "upload_type", "publication_date", "description", "creators", "access_right", "license"}
    assert needed <= fields.keys()
    assert fields["license"] == "cc-by-4.0"
    assert "&lt;meeting&gt;" in fields["description"]
    with zipfile.ZipFile(packed) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {f"m1/{n}": c for n, c in FILES.items()}
    assert zenodo(tmp_path / "b", ABOUT, FILES)[1].read_bytes() == packed.read_bytes()


def test_the_internet_archive_item_is_well_formed(tmp_path):
    paths = internet_archive(tmp_path, ABOUT, FILES)
    root = ET.fromstring(paths[0].read_bytes())  # noqa: S314 - our own file
    found = {child.tag: child.text for child in root}
    assert found["identifier"] == "transcript-m1" == paths[0].parent.name
    assert found["licenseurl"] == ABOUT.licence
    assert found["title"] == "Transcript: A <meeting> & more"
    assert [child.text for child in root if child.tag == "language"] == ["en", "zh-Hans"]
    assert {path.name for path in paths[1:]} == set(FILES)


def test_a_record_is_described_with_what_was_off_the_record():
    tracks = (TrackRecord(FLOOR, (final("c1"),)),)
    record = Record(Meeting("m1", "T", 1_777_900_000_000), "e", 5, MeetingState.ENDED, (Span(1000, 2000),), tracks)
    about = described(record)
    assert about.languages == ("en",)
    assert about.date == "2026-05-04"
    assert "automatically" in about.quality
    assert "Off the record 00:00:01" in about.description
