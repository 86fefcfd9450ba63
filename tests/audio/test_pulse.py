import sys

import numpy as np
import pytest

from captioner.audio.errors import DeviceLost, NoSuchDevice, NoSystemSound
from captioner.audio.pulse import Monitor, find_monitor, monitor_source

CALL = Monitor("call.monitor", "call", "Conference", is_default=False)
DESK = Monitor("desk.monitor", "desk", "Loudspeakers", is_default=True)


@pytest.mark.parametrize(
    ("wanted", "found"), [("", DESK), ("call", CALL), ("call.monitor", CALL), ("CONF", CALL), ("speak", DESK)]
)
def test_outputs_by_name(wanted, found):
    assert find_monitor([CALL, DESK], wanted) is found


def test_without_a_default_the_first_is_taken():
    assert find_monitor([CALL], "") is CALL


@pytest.mark.parametrize("wanted", ["e", "nothing"])
def test_none_or_several(wanted):
    with pytest.raises(NoSuchDevice, match="call"):
        find_monitor([CALL, DESK], wanted)


def fake(tmp_path, body):
    program = tmp_path / "parec"
    program.write_text(f"#!{sys.executable}\nimport sys, time\n{body}\n")
    program.chmod(0o755)
    return str(program)


def test_what_is_played_arrives_and_its_end_is_a_loss(tmp_path):
    program = fake(tmp_path, "sys.stdout.buffer.write(b'\\x00\\x40\\x00\\x40' * 48000)")
    source = monitor_source("call", lister=lambda: [CALL], program=program)
    chunks = []
    with pytest.raises(DeviceLost, match="Conference"), source:
        chunks.extend(source)
    audio = np.concatenate([c.samples for c in chunks])
    assert len(audio) == 16_000
    assert audio[8000] == pytest.approx(0.5, abs=0.01)


def test_an_output_that_falls_silent_is_a_loss(tmp_path):
    program = fake(tmp_path, "sys.stdout.buffer.write(b'\\x00' * 19200); sys.stdout.flush(); time.sleep(60)")
    with pytest.raises(DeviceLost), monitor_source("", lister=lambda: [CALL], program=program) as source:
        list(source)


def test_a_stop_is_no_loss(tmp_path):
    program = fake(
        tmp_path, "\nwhile True:\n  sys.stdout.buffer.write(b'\\x00' * 9600); sys.stdout.flush(); time.sleep(.05)"
    )
    with monitor_source("", lister=lambda: [CALL], program=program) as source:
        for _ in source:
            source.stop()


def test_without_the_program(tmp_path):
    with pytest.raises(NoSystemSound), monitor_source("", lister=lambda: [CALL], program=str(tmp_path / "none")):
        pass
