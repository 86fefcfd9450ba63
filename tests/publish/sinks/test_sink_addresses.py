import ipaddress

import pytest

from captioner.publish.sinks.addresses import BadAddress, port_of, public, resolve, split
from captioner.publish.sinks.contract import NoAnswer

HTTP = frozenset({"http", "https"})


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255", "192.0.2.1",
     "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:192.168.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2002:a00:1::", "2001:0:1::1"],
)  # fmt: skip
def test_what_is_inside_is_not_public(address):
    assert not public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_what_is_out_in_the_world_is(address):
    assert public(ipaddress.ip_address(address))


def test_a_name_that_leads_inside_is_refused_unless_allowed():
    with pytest.raises(BadAddress, match="private = true"):
        resolve("evil.example", 443, private=False, lookup=lambda *_: ["127.0.0.1"])
    assert resolve("evil.example", 443, private=True, lookup=lambda *_: ["127.0.0.1"]) == ["127.0.0.1"]


def test_a_name_that_is_half_inside_is_refused():
    with pytest.raises(BadAddress):
        resolve("evil.example", 443, private=False, lookup=lambda *_: ["8.8.8.8", "10.0.0.1"])


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "127.1", "localhost", "[::1]".strip("[]")])
def test_spellings_of_this_machine_are_refused(host):
    with pytest.raises((BadAddress, NoAnswer)):
        resolve(host, 80, private=False)


def test_an_unknown_name_is_no_answer():
    def lookup(*_):
        raise OSError

    with pytest.raises(NoAnswer):
        resolve("nowhere.example", 443, private=False, lookup=lookup)
    with pytest.raises(NoAnswer):
        resolve("nowhere.example", 443, private=False, lookup=lambda *_: [])


@pytest.mark.parametrize("url", ["", "zoom", "ftp://a/b", "file:///etc/passwd", "http:///only/path", "http://user:pw@a/", "http://a:99999/", "http://a/b c", "http://a/\r\nX: y", "http://[::1"])  # fmt: skip
def test_what_is_no_address_is_refused_without_repeating_it(url):
    with pytest.raises(BadAddress) as caught:
        split(url, HTTP)
    assert not url or url not in str(caught.value)


def test_ports():
    assert port_of(split("https://a.example/x", HTTP)) == 443
    assert port_of(split("http://a.example:8088", HTTP)) == 8088
