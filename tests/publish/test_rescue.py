from captioner.captions.cue import Cue, CueStatus, CueUpdate, RecordPolicy
from captioner.captions.policy import PolicyChange
from captioner.captions.webvtt import read
from captioner.publish.rescue import rescue
from captioner.publish.state import PolicyView


def final(cue, start, text="Good morning.", revision=1, status=CueStatus.FINAL, speaker="Amina"):
    return CueUpdate(Cue(cue, start, start + 500, text, "en", speaker), revision, status)


def test_what_was_not_stored_can_be_read(tmp_path):
    updates = [final("c1", 0), final("c2", 1000), final("c2", 1000, "Better.", 2), final("c3", 2000)]
    updates.append(final("c3", 2000, "", 2, CueStatus.RETRACTED))
    path = rescue(updates, PolicyView(RecordPolicy.ON_RECORD), "en", "unsent", [tmp_path])
    assert path == tmp_path / "unsent.vtt"
    assert [(c.text, c.speaker) for c in read(path.read_text(encoding="utf-8")).cues] == [
        ("Good morning.", "Amina"), ("Better.", "Amina"),
    ]  # fmt: skip


def test_the_record_policy_holds_here_too(tmp_path):
    policy = PolicyView(RecordPolicy.CHATHAM)
    policy.add(PolicyChange(1000, RecordPolicy.OFF_RECORD))
    path = rescue([final("c1", 0), final("c2", 1000, "Secret.")], policy, "en", "unsent", [tmp_path])
    text = path.read_text(encoding="utf-8")
    assert "Good morning." in text
    assert "Amina" not in text
    assert "Secret" not in text


def test_the_next_folder_is_tried(tmp_path):
    (tmp_path / "file").write_text("")
    updates = [final("c1", 0)]
    policy = PolicyView(RecordPolicy.ON_RECORD)
    assert rescue(updates, policy, "en", "u", [tmp_path / "file", tmp_path]) == tmp_path / "u.vtt"
    assert rescue(updates, policy, "en", "u", [tmp_path / "file"]) is None
    assert rescue([], policy, "en", "u", [tmp_path]) is None
