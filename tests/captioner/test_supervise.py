"""The supervisor's decisions with scripted children; with real ones it is tested end to end."""

import queue

import pytest

from captioner import messages
from captioner.child import Exited
from captioner.config import AudioSettings, MeetingSettings, ModelSettings, PipelineSettings, ServerSettings
from captioner.errors import ExitCode, Failure
from captioner.supervise import Restarts, Supervisor


def test_restarts_wait_longer_each_time_and_end():
    restarts = Restarts(most=3, within_s=60)
    assert [restarts.again(t) for t in (0, 1, 2)] == [0.1, 0.2, 0.4]
    assert restarts.again(3) is None


def test_a_rare_death_is_always_mended():
    restarts = Restarts(most=2, within_s=60)
    assert all(restarts.again(t * 100) == 0.1 for t in range(20))


class Display:
    def __init__(self):
        self.calls = []

    def __getattr__(self, name):
        return lambda *values: self.calls.append((name, *values))


READY = messages.Ready(url="http://127.0.0.1:4711/")
STARTED = messages.Started(base_ms=500, origin=1.5, total_ms=9000)
DONE = messages.Done(transcript="/archive/m/", stored=True)
CAPTION = messages.Shown(text="Good morning.", start_ms=0, final=True)


@pytest.fixture
def world(monkeypatch, tmp_path):
    """`scripts[name]` holds a list of what each next child of that name says."""
    scripts = {"server": [[READY]], "pipeline": []}
    started = []

    class Scripted:
        def __init__(self, name, arguments, first_line, reports, log):
            started.append((name, first_line))
            self.pid = 1
            self.running = True
            for message in scripts[name].pop(0):
                reports.put((name, message))

        def finish(self):
            started.append(("finish", b""))

        def stop(self, timeout):
            self.running = False

    monkeypatch.setattr("captioner.supervise.Child", Scripted)
    monkeypatch.setattr("captioner.supervise.time.sleep", lambda seconds: None)
    display = Display()
    return Supervisor(ServerSettings(port=0, data=str(tmp_path)), display), scripts, started, display


SETTINGS = PipelineSettings(
    AudioSettings("a.wav"), ModelSettings(), MeetingSettings("m", "t"), "ws://x/ws", "secret", "p1"
)


def pipelines(started):
    import msgspec

    return [msgspec.json.decode(line, type=PipelineSettings) for name, line in started if name == "pipeline"]


def test_a_meeting_from_start_to_end(world):
    supervisor, scripts, _, display = world
    scripts["pipeline"] = [[STARTED, messages.Progress(audio_ms=1, behind_ms=0, waiting=0), CAPTION, DONE]]
    assert supervisor.start_server() == "http://127.0.0.1:4711/"
    assert supervisor.caption(SETTINGS) == DONE
    assert [call[0] for call in display.calls] == ["serving", "started", "progress", "shown"]
    supervisor.stop()


def test_a_dead_pipeline_goes_on_with_its_timeline(world):
    supervisor, scripts, started, display = world
    scripts["pipeline"] = [[STARTED, Exited(-9)], [STARTED, DONE]]
    supervisor.start_server()
    assert supervisor.caption(SETTINGS) == DONE
    first, second = pipelines(started)
    assert first.resume is None
    assert (second.resume.base_ms, second.resume.origin) == (500, 1.5)
    assert second.publisher == first.publisher
    assert any(call[0] == "note" for call in display.calls)


def test_a_dead_server_gets_its_port_again_and_the_meeting_goes_on(world):
    import msgspec

    supervisor, scripts, started, _ = world
    scripts["server"] = [[READY, Exited(-9)], [READY]]
    scripts["pipeline"] = [[STARTED, DONE]]
    supervisor.start_server()
    assert supervisor.caption(SETTINGS) == DONE
    servers = [msgspec.json.decode(line, type=ServerSettings) for name, line in started if name == "server"]
    assert [s.port for s in servers] == [0, 4711]


@pytest.mark.parametrize("code", [ExitCode.MODEL, ExitCode.NOT_AUDIO, ExitCode.TRACK_TAKEN, ExitCode.STORAGE])
def test_what_another_start_would_meet_again_ends_with_its_remedy(world, code):
    supervisor, scripts, started, _ = world
    scripts["pipeline"] = [[messages.Failed(code=code, problem="it is broken", remedy="mend it"), Exited(code)]]
    supervisor.start_server()
    with pytest.raises(Failure) as failure:
        supervisor.caption(SETTINGS)
    assert (failure.value.code, failure.value.problem, failure.value.remedy) == (code, "it is broken", "mend it")
    assert len(pipelines(started)) == 1


def test_a_lost_microphone_is_tried_again_but_not_one_that_was_never_there(world):
    lost = messages.Failed(code=ExitCode.DEVICE, problem="gone", remedy="plug it in")
    supervisor, scripts, started, _ = world
    scripts["pipeline"] = [[STARTED, lost, Exited(6)], [STARTED, DONE]]
    supervisor.start_server()
    assert supervisor.caption(SETTINGS) == DONE
    assert len(pipelines(started)) == 2
    scripts["pipeline"] = [[lost, Exited(6)]]
    with pytest.raises(Failure):
        supervisor.caption(SETTINGS)


def test_a_pipeline_that_always_dies_is_given_up(world):
    supervisor, scripts, _, _ = world
    scripts["pipeline"] = [[Exited(1)] for _ in range(10)]
    supervisor.start_server()
    with pytest.raises(Failure) as failure:
        supervisor.caption(SETTINGS)
    assert failure.value.code is ExitCode.INTERNAL
    assert "doctor" in failure.value.remedy


def test_a_server_that_cannot_start(world):
    supervisor, scripts, _, _ = world
    scripts["server"] = [[messages.Failed(code=3, problem="port in use", remedy=""), Exited(3)]]
    with pytest.raises(Failure) as failure:
        supervisor.start_server()
    assert failure.value.code is ExitCode.PORT_IN_USE


def test_a_server_that_dies_before_it_listens(world):
    supervisor, scripts, _, _ = world
    scripts["server"] = [[Exited(1)]]
    with pytest.raises(Failure) as failure:
        supervisor.start_server()
    assert failure.value.code is ExitCode.SERVER


def test_ctrl_c_ends_in_order_and_shows_the_last_captions(world):
    supervisor, scripts, started, display = world
    scripts["pipeline"] = [[STARTED]]
    supervisor.start_server()
    supervisor._spawn_pipeline(SETTINGS)
    for message in (CAPTION, DONE):
        supervisor._reports.put(("pipeline", message))
    assert supervisor.finish() == DONE
    assert ("shown", CAPTION) in display.calls
    assert ("finish", b"") in started


def test_nothing_to_finish_and_an_empty_queue(world):
    supervisor, _, _, _ = world
    assert supervisor.finish() is None
    assert isinstance(supervisor._reports, queue.Queue)
