import pytest

from captioner.publish.sinks.addresses import BadAddress
from captioner.publish.sinks.contract import Line, Verdict
from captioner.publish.sinks.obs import Obs, proof
from captioner.rehearse.obs import ObsStandin
from captioner.rehearse.standin import HttpStandin, Reply

LINE = Line("Hello.", "en", 1, 0)


def test_the_proof_is_that_of_the_protocol():
    """Computed by obsws-python's own steps for the same salt and challenge."""
    assert proof(
        "supersecretpassword",
        "lM1GncleQOaCu9lT1yeUZhFYnqhsLLP1G5lAGo3ixaI=",
        "+IxH4CnCiqpX1rM9scsNynZzbOe4KhDeYcTNS3PDaeY=",
    ) == ("1Ct943GAT+6YQUUX47Ia/ncufilbe6+oD6lY+5kaCu4=")


def test_captions_in_the_stream():
    with ObsStandin("pw") as obs:
        sink = Obs(obs.url, "pw")
        assert sink.deliver(LINE).verdict is Verdict.ACCEPTED
        assert sink.deliver(Line("Again.", "en", 2, 0)).verdict is Verdict.ACCEPTED
        sink.close()
        assert (obs.lines, obs.violations) == (["Hello.", "Again."], [])


def test_the_text_of_a_source():
    with ObsStandin() as obs:
        sink = Obs(obs.url, source="Captions")
        assert sink.deliver(LINE).verdict is Verdict.ACCEPTED
        sink.close()
        missing = Obs(obs.url, source="Other")
        assert missing.deliver(LINE).verdict is Verdict.LATER
        missing.close()
        assert obs.sources == {"Captions": "Hello."}


def test_a_wrong_password_is_refused_and_a_stream_that_does_not_run_waits():
    with ObsStandin("pw") as obs:
        wrong = Obs(obs.url, "other").deliver(LINE)
        assert wrong.verdict is Verdict.REFUSED
        assert "other" not in wrong.note
        obs.streaming = False
        sink = Obs(obs.url, "pw")
        assert sink.deliver(LINE).verdict is Verdict.LATER
        sink.close()


def test_obs_that_comes_back_is_found_again():
    sink = Obs("ws://127.0.0.1:9", timeout_s=1)
    assert sink.deliver(LINE).verdict is Verdict.AGAIN
    with ObsStandin() as obs:
        sink = Obs(obs.url, timeout_s=1)
        assert sink.deliver(LINE).verdict is Verdict.ACCEPTED
    assert sink.deliver(LINE).verdict is Verdict.AGAIN
    sink.close()


def test_what_answers_but_is_not_obs():
    class Web:
        lines, violations = [], []

        def answer(self, request):
            return Reply(200)

    with HttpStandin(Web()) as server:
        assert Obs(server.url.replace("http", "ws"), timeout_s=1).deliver(LINE).verdict is Verdict.AGAIN


def test_another_machine_of_the_network_is_refused_unless_allowed():
    with pytest.raises(BadAddress):
        Obs("ws://192.168.1.5:4455", private=False).deliver(LINE)
    with pytest.raises(BadAddress):
        Obs("http://127.0.0.1")
