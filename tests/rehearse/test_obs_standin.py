"""The stand-in of OBS by a client that others wrote."""

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from captioner.rehearse.obs import ObsStandin

obsws = pytest.importorskip("obsws_python")


def test_obsws_python_speaks_with_it():
    with ObsStandin("pw") as obs:
        client = obsws.ReqClient(host="127.0.0.1", port=obs.port, password="pw", timeout=10)
        assert client.get_version().obs_web_socket_version == "5.5.2"
        client.send_stream_caption("Hello.")
        client.set_input_settings("Captions", {"text": "In the picture."}, True)
        client.disconnect()
        assert (obs.lines, obs.violations) == (["Hello.", "In the picture."], [])
        assert obs.sources["Captions"] == "In the picture."


def test_obsws_python_is_refused_with_another_password():
    with ObsStandin("pw") as obs, pytest.raises(obsws.error.OBSSDKError):
        obsws.ReqClient(host="127.0.0.1", port=obs.port, password="no", timeout=1)


@pytest.mark.parametrize("message", ['{"op":6,"d":{}}', "nonsense", '{"op":1,"d":{"rpcVersion":9}}'])
def test_what_is_no_identify_is_closed(message):
    with ObsStandin() as obs, connect(obs.url, subprotocols=["obswebsocket.json"], proxy=None) as socket:
        socket.recv()
        socket.send(message)
        with pytest.raises(ConnectionClosed):
            socket.recv(timeout=10)
        assert obs.violations
