import pytest

from captioner.publish.sinks.contract import Kind
from captioner.publish.sinks.http import HttpCarrier
from captioner.publish.sinks.obs import Obs
from captioner.publish.sinks.settings import BadSettings, OutputSettings, carrier, load, named

SECRET = "https://example.com/cc?signature=topsecret"


def secret(path, text, mode=0o600):
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def test_a_file_of_outputs(tmp_path):
    file = secret(
        tmp_path / "outputs.toml",
        f'[zoom]\nurl = "{SECRET}"\nhold_s = 2.5\n[studio]\nkind = "obs-text"\nsource = "Text"\npassword = "p"\n',
    )
    outputs = load(file)
    assert list(outputs) == ["zoom", "studio"]
    assert (outputs["zoom"].kind, outputs["zoom"].url, outputs["zoom"].hold_s) == (Kind.ZOOM, SECRET, 2.5)
    assert outputs["studio"].source == "Text"
    assert named("studio", file, {})[1] == outputs["studio"]
    assert "topsecret" not in repr(outputs)


def test_a_file_that_others_can_read_is_refused(tmp_path):
    file = secret(tmp_path / "outputs.toml", f'[zoom]\nurl = "{SECRET}"\n', 0o644)
    with pytest.raises(BadSettings, match="chmod 600"):
        load(file)
    with pytest.raises(BadSettings, match="chmod 600"):
        named(f"zoom=@{secret(tmp_path / 'u', SECRET, 0o640)}", file, {})


def test_an_address_from_a_file_or_the_environment(tmp_path):
    file = tmp_path / "missing.toml"
    assert named(f"zoom=@{secret(tmp_path / 'u', SECRET + chr(10))}", file, {})[1].url == SECRET
    assert named("teams=env:CART", file, {"CART": SECRET}) == ("teams", OutputSettings(Kind.TEAMS, SECRET))


def test_an_address_among_the_arguments_is_refused_and_not_repeated(tmp_path):
    with pytest.raises(BadSettings) as caught:
        named(f"zoom={SECRET}", tmp_path / "outputs.toml", {})
    assert "zoom=@FILE" in str(caught.value)
    assert "topsecret" not in str(caught.value)


def test_obs_and_vmix_on_this_machine_need_no_settings(tmp_path):
    for kind in (Kind.OBS, Kind.VMIX):
        assert named(kind, tmp_path / "outputs.toml", {}) == (kind, OutputSettings(kind))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[zoom]", "url"), ('[zoom]\nurl = "nonsense"', "url"), ('[x]\nkind = "icq"\nurl = "http://a.example"', "kind"),
        (f'[zoom]\nurl = "{SECRET}"\nhold_s = 99', "hold_s"), (f'[zoom]\nurl = "{SECRET}"\ncolour = 1', "colour"),
        ('["Zoom 1"]\nurl = "x"', "name"), ("zoom = 1", r"\[zoom\]"), ("[zoom", "TOML"), ('[o]\nkind = "obs-text"', "source"),
        ('[obs]\nurl = "http://a.example"', "ws://"), (f'[zoom]\nurl = ["{SECRET}"]', "url"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_without_the_secret(tmp_path, text, says):
    with pytest.raises(BadSettings, match=says) as caught:
        load(secret(tmp_path / "outputs.toml", text))
    assert "topsecret" not in str(caught.value)


@pytest.mark.parametrize("wanted", ["zoom", "zoom=env:MISSING", "zoom=@/nowhere/at/all"])
def test_what_is_not_there(tmp_path, wanted):
    with pytest.raises(BadSettings):
        named(wanted, tmp_path / "outputs.toml", {})


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_has_a_carrier(kind):
    url = "ws://127.0.0.1:1" if kind in {Kind.OBS, Kind.OBS_TEXT} else SECRET
    made = carrier(OutputSettings(kind, url, source="Captions"))
    assert isinstance(made, Obs if kind in {Kind.OBS, Kind.OBS_TEXT} else HttpCarrier)
    assert made.shape.width >= 32
    made.close()
