"""Orca for real, without a screen: people who do not see run, correct, type, set up and speak at a meeting."""

import contextlib
import json
import socket

import pytest
from playwright.sync_api import sync_playwright
from websockets.sync.client import connect

from benchmarks import desk
from captioner.captions import wire
from captioner.captions.cue import Track
from server.tokens import host_token
from tests.browser.ears import Ears
from tests.browser.meeting import Publisher
from tests.browser.test_staff_pages import SETUP, ask
from tests.server.test_faults import EVENT

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FAKE_MICROPHONE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
REFUSED = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream=deny")
CONTROLS = [  # what Tab leads through in the console, with role and state
    "Set-up link", "Type captions link", "Pause push button", "End the meeting push button", "Record panel",
    "On the record.\nselected radio button", "Switch push button", "Captions as readers see them log",
    "Nobody named toggle button pressed.\nkey 0", "Ana Sanchez toggle button not pressed.\nkey 1", "Somebody else entry",
    "Speaks now push button", "Hot keys combo box.\nOff", "The screen reader Orca uses Alt + Shift",
    "Another name for what was said toggle button collapsed", "A term a line", "Use from now on push button",
    "As combo box.\nReader", "for hours 24", "for whom entry", "Make a link push button",
    "Addresses for a captioner’s own software (CART) toggle button collapsed",
]  # fmt: skip


@pytest.fixture(scope="module")
def reader():
    """One desk for all of them: a screen reader takes long to start."""
    if missing := desk.lacking():
        pytest.skip(f"not installed (apt): {', '.join(missing)}")
    with desk.Desk() as place:
        yield place


def opened(reader, server, path, title, role="host", *flags):
    """Open a page with a role's link; returns ears for it, once it has been read out."""
    link = host_token(server.data) if role == "host" else ask(server, "/invitations", "POST", {"role": role})["token"]
    ears = Ears(reader)
    reader.open(f"{server.url}{path}#token={link}", title, *flags)
    ears.hear("Finished loading")
    ears.silence(0.8)
    return ears


class Other:
    """Another person's connection."""

    def __init__(self, socket, **claim):
        self.socket = socket
        socket.send(json.dumps({"type": "hello", "meeting": "m1", **claim}))
        received = [socket.recv(timeout=20) for _ in range(1 if claim["role"] == "publisher" else 2)]
        self.snapshot = received[-1]

    def __call__(self, kind, **fields):
        self.socket.send(json.dumps({"type": kind, **fields}))


@contextlib.contextmanager
def somebody(server, role, path="/ws", **claim):
    with connect(server.url.replace("http", "ws", 1) + path, subprotocols=["captions.v1"]) as socket:
        yield Other(socket, role=role, **claim)


@pytest.fixture
def console(reader, server, publisher):
    ask(server, "/setup", "PUT", SETUP)
    publisher.say("Nobody yet.")
    publisher.settle()
    return opened(reader, server, "/host/m1", "Host console")


def test_a_host_goes_through_the_console_pauses_switches_the_record_and_ends_by_ear(console):
    said = []
    while "Skip to the content" not in (heard := console.tab()):
        said.append(heard)
        assert len(said) < 60, said
    rest = "\n".join(said)
    for control in CONTROLS:
        _before, found, rest = rest.partition(control)
        assert found, f"never said in its place: {control}, but: {said}"

    console.tab_to("Pause push button")
    said = console.press("Return", until="Cancel push button")
    assert "Pause the captions? dialog" in said
    assert "what is said meanwhile is not captioned" in said
    said = console.press("Escape", until="Live.")
    assert said.endswith("escape\nLive. On the record.")  # what holds; nothing else on the page is said again
    console.press("Return", until="Cancel push button")
    assert "Pause push button" in console.tab()
    said = console.press("Return", until="Paused")
    assert said.endswith("return\nPaused: sound is not recognised, and readers are told. On the record.")
    said = console.press("Return", until="Live.")
    assert said.endswith("return\nLive. On the record.")

    console.tab_to("Switch push button")
    for _ in range(2):
        assert console.press("Return", until="Live.").endswith("Live. On the record.")  # nothing to switch: what holds
    console.tab("shift+Tab")
    console.press("Down", until="Chatham House Rule")
    console.press("space", until="selected")
    console.tab_to("Switch push button")
    said = console.press("Return", until="Cancel push button")
    assert "Switch the record? dialog From now on no names are kept." in said
    console.tab()
    said = console.press("Return", until="none is kept")
    assert said.count("Live. Chatham House Rule.") == 1

    console.tab("shift+Tab")
    assert "End the meeting push button" in console.tab("shift+Tab")
    said = console.press("Return", until="Cancel push button")
    assert "End the meeting? dialog Readers are told, and the archive is written." in said
    console.tab()
    said = console.press("Return", until="The captions that are under way are finished")
    assert said.count("under way") == 1
    console.hear("The meeting has ended.")


def test_readers_and_captioners_are_heard_by_the_host_and_figures_are_not(console, server, publisher):
    with somebody(server, "viewer") as one, somebody(server, "viewer") as two:
        one("signal", signal="slow_down")
        assert console.hear("A reader: Please slow down").count("slow down") == 1
        two("signal", signal="slow_down")  # the count grows silently
        assert console.silence() == ""
        two("signal", signal="question", text="Is this minuted?")
        assert console.hear("A reader: Question: Is this minuted?").count("minuted") == 1
    for number in range(6):
        publisher.sink.report(wire.Health.LIVE, behind_ms=1000 * number, level_db=-20 - number, cpu=20 + number)
        publisher.say(f"Sentence {number}.")
        publisher.settle()
    assert console.silence() == ""
    publisher.sink.report(wire.Health.AUDIO_LOST, behind_ms=0)
    assert console.hear("English: hears no sound.") == "English: hears no sound."
    publisher.sink.report(wire.Health.LIVE, behind_ms=0)
    assert console.hear("English: captioning.") == "English: captioning."

    if "Focus mode" not in console.tab_to("Hot keys combo box"):
        console.hear("Focus mode")
    console.press("Down", until="Alt + Shift + 1–9")
    console.press("Down", until="Ctrl + Alt + 1–9")
    assert console.press("ctrl+alt+1", until="Speaks now").endswith("Speaks now: Ana Sanchez.")
    assert console.press("ctrl+alt+1", until="Speaks now").endswith("Speaks now: Ana Sanchez.")
    console.press("ctrl+alt+2", until="Bo Li (not to be named)")
    console.press("ctrl+alt+0", until="Captions carry no name.")
    publisher.sink.close(end=False, timeout=1)
    said = console.hear("No captioner is here: readers get no captions.") + console.silence(4)
    assert "away" not in said
    console.tab_to("Start captions push button")
    said = console.press("Return", until="push button")
    assert "Start captions dialog Captions begin when a captioner joins this meeting." in said


def test_a_corrector_hears_what_was_saved_and_who_was_quicker(reader, server, publisher):
    for text in ("The comitee met.", "we begin", "Thank you."):
        publisher.say(text)
    publisher.settle()
    ears = opened(reader, server, "/correct/m1", "Correct captions", "corrector")
    if "Focus mode" not in ears.tab_to("Latest captions"):
        ears.hear("Focus mode")
    ears.press("Home", until="The comitee met.")
    ears.press("Down", until="we begin")
    assert ears.press("c", until="Saved").endswith("c\nSaved: We begin")
    assert ears.press("u", until="Undone").endswith("u\nUndone: we begin")
    assert ears.press("Delete", until="Taken").endswith("Taken away.")
    ears.press("u", until="Undone")
    ears.press("Home", until="The comitee met.")
    said = ears.press("Return", until="Text entry The comitee met.")
    assert "Caption being edited" in said
    ears.write(" Twice.")
    said = ears.press("ctrl+Return", until="Saved.")
    assert "The comitee met. Twice." in said  # in the list
    assert said.endswith("Saved.")
    assert said.count("Saved") == 1
    for number in range(3):
        publisher.say(f"Later {number}.")
    publisher.settle()
    assert ears.silence() == ""

    ears.press("Return", until="Text entry")
    ears.press("ctrl+a")
    ears.press("BackSpace")
    ears.press("ctrl+Return", until="Write something, or take the caption away.")
    ears.write("The comitee met today.")
    token = ask(server, "/invitations", "POST", {"role": "corrector"})["token"]
    with somebody(server, "corrector", "/staff/ws", token=token) as other:
        other("editing", track="floor", cue="c-1")
        ears.hear("Somebody else edits this caption too.")
        cue = {"id": "c-1", "start": 1000, "end": 1900, "text": "The committee met.", "language": "en"}
        other("correct", track="floor", base=6, update={"cue": cue, "revision": 7, "status": "final"})
        assert ears.silence() == ""
    said = ears.press("ctrl+Return", until="Edit further push button")
    assert "Somebody else changed this caption dialog" in said
    assert "Yours The comitee met today. Theirs The committee met." in said
    assert "Saved" not in said
    ears.press("Return", until="Text entry The comitee met today.")
    ears.press("ctrl+Return", until="Saved.")


def test_a_human_captioner_hears_who_captions_and_nothing_twice(reader, server, publisher):
    publisher.say("By the machine.")
    publisher.settle()
    ears = opened(reader, server, "/cart/m1", "Type captions", "captioner")
    ears.tab_to("Take over push button")
    said = ears.press("Return", until="You caption.")
    assert "Type here entry" in said
    assert said.endswith("You caption. Readers see that a person does.")
    ears.write("The decad begins. Now we vote.")
    said = ears.press("Return") + ears.silence()
    assert "vote" not in said
    assert "begins" not in said
    with somebody(server, "viewer") as reading:
        assert "Now we vote." in reading.snapshot
    publisher.say("The machine goes on.")
    publisher.settle()
    assert ears.silence() == ""
    ears.tab_to("Hand back to the machine push button")
    said = ears.press("Return", until="The machine captions.")
    assert "Take over push button" in said
    assert "Another person" not in said
    track = {"id": "floor", "language": "en", "label": "", "origin": "human"}
    with somebody(server, "publisher", token=host_token(server.data), publisher="another", title="", track=track):
        ears.hear("Another person captions this track.")
        ears.press("Return", until="Another person holds this track. Ask them to hand back.")


def test_the_set_up_says_labels_help_and_faults(reader, server):
    ears = opened(reader, server, "/host/m1/setup", "Set the meeting up")
    ears.tab_to("Title entry required")
    assert "Meetings that belong together" in ears.tab_to("Series entry")
    assert "the spoken one first" in ears.tab_to("Languages entry")
    assert "page that shows the interpreter" in ears.tab_to("Sign language video entry")
    ears.tab_to("Add a point push button")
    said = ears.tab_to("Days to keep it entry")
    assert "Empty: for good." in said
    assert "0" not in said  # it is empty
    said = ears.press("Return", until="Not saved: one field needs another look.")
    assert "Title entry required" in said  # the only fault has the focus at once
    assert "invalid entry" in said
    assert said.count("Write a title.") == 1
    ears.write("Committee")
    ears.tab_to("Add a point push button")
    assert "Point 1" in ears.press("Return", until="Title entry")
    assert "Minutes after the beginning entry" in ears.tab()
    ears.write("x")
    ears.tab_to("Add a person push button")
    assert "Person 1" in ears.press("Return", until="Name entry")
    said = ears.press("Return", until="Not saved: 3 fields need another look.")
    assert said.count("Not saved") == 1
    assert "Write something" not in said  # each fault is a link, and said there
    assert "Point 1, Title: Write something here" in ears.tab()
    assert "Point 1, Minutes after the beginning: Write how many minutes" in ears.tab()
    assert "Person 1, Name: Write something here" in ears.tab()
    said = ears.press("Return", until="Name entry")
    assert "invalid entry" in said
    assert "Write something here, or take the line away." in said
    ears.write("Ana")
    while "Remove Point 1" not in ears.tab("shift+Tab"):
        pass
    assert "Point 1 is removed." in ears.press("Return", until="removed")
    assert "Sign language video entry" in ears.tab("shift+Tab")
    assert ears.press("Return", until="Saved.").count("Saved.") == 1
    assert "check box not checked" in ears.tab_to("Keep what readers say")
    ears.tab_to("Save push button")


def test_who_speaks_into_the_page_hears_that_it_starts_and_stops(reader, server, publisher):
    publisher.say("One.")
    publisher.settle()
    ears = opened(reader, server, "/speak/m1", "Speak into", "host", *FAKE_MICROPHONE)
    ears.tab_to("Start push button")
    said = ears.press("Return", until="Your sound arrives. No captioner listens yet.")
    assert "Stop push button" in said
    assert ears.silence(3) == ""  # the level is not said again and again
    said = ears.press("Return", until="Stopped.")
    assert "Start push button" in said
    assert said.count("Stopped.") == 1


def test_a_microphone_that_is_refused_is_told_each_time(reader, server):
    ears = opened(reader, server, "/speak/m1", "Speak into", "host", *REFUSED)
    ears.tab_to("Start push button")
    for _ in range(2):  # the focus has come back to the button
        said = ears.press("Return", until="The browser may not use the sound.")
        assert said.count("may not use the sound") == 1


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def chosen(port, file):
    """Choose a file in the page's form: the browser's own dialog is no part of the page."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
        browser.contexts[0].pages[0].set_input_files("#file", file)


def test_a_calendar_with_an_impossible_date_is_told_at_the_file(reader, server, tmp_path):
    (tmp_path / "week.ics").write_text(EVENT.replace("20300131", "20309931").format(more=""))
    port = free_port()
    ears = opened(reader, server, "/host/m1/setup", "Set the meeting up", "host", f"--remote-debugging-port={port}")
    ears.tab_to("From a plan (TOML) or a calendar invitation (ICS)")
    chosen(port, tmp_path / "week.ics")
    said = ears.hear("Not read from week.ics: one place needs another look.") + ears.silence()
    assert said.count("The date 20309931T100000Z in this calendar file cannot be read") == 1
    assert said.count("Not read") == 1
    ears.press("shift+Tab")
    assert "cannot be read: set the date" in ears.press("Tab", until="20309931T100000Z")  # it stands at the field, too


def test_a_console_with_several_tracks_says_which(reader, server, publisher):
    publisher.say("We begin.")
    french = Publisher(server, Track("translate-fr", "fr"))
    french.say("Nous commençons.", language="fr")
    for each in (publisher, french):
        each.settle()
    ears = opened(reader, server, "/host/m1", "Host console")
    assert "English" in ears.tab_to("Captions in combo box")
    ears.press("Down", until="French")
    french.sink.report(wire.Health.AUDIO_LOST, behind_ms=0)
    assert ears.hear("French: hears no sound.") == "French: hears no sound."
    french.sink.close(end=False, timeout=1)


def test_a_french_host_hears_french_in_a_french_voice(reader, server, publisher):
    publisher.say("We begin.")
    publisher.settle()
    ears = opened(reader, server, "/host/m1", "Console", "host", "--accept-lang=fr")
    ears.tab_to("Pause push button")
    said = ears.press("Return", until="Annuler push button")
    assert "Mettre les sous-titres en pause ? dialog Le son et les sous-titres s’arrêtent ensemble." in said
    assert b"voice requested with language='fr'" in reader.since(ears.began)
    assert ears.press("Escape", until="En direct.").endswith("escape\nEn direct. Enregistré.")

    ears = opened(reader, server, "/host/m1/setup", "Préparer", "host", "--accept-lang=fr")
    ears.tab_to("Titre entry required")
    said = ears.press("Return", until="Pas enregistré : un champ est à revoir.")
    assert said.count("Écrivez un titre.") == 1
    assert "needs" not in said
