import pytest

from captioner.defaults import Defaults, load, save


@pytest.mark.parametrize("source", ["", "both", 'mic "1" \\ é', "monitor:a\nb"])
def test_round_trip(tmp_path, source):
    path = tmp_path / "deep" / "setup.toml"
    chosen = Defaults(source, "fr", "tiny", "https://creativecommons.org/licenses/by/4.0/")
    save(path, chosen)
    assert load(path) == chosen


@pytest.mark.parametrize("text", ["", "[", "source = 1", "\x00"])
def test_what_is_damaged_counts_as_not_chosen(tmp_path, text):
    (tmp_path / "setup.toml").write_text(text)
    assert load(tmp_path / "setup.toml") == Defaults()
    assert load(tmp_path / "missing.toml") == Defaults()
