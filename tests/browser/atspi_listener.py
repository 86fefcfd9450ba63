"""Runs under Debian's own Python, which has AT-SPI: prints the browser's accessibility events as JSON lines until its input ends."""

import json
import sys
import threading

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402


def say(kind, role="", text=""):
    sys.stdout.write(json.dumps({"type": kind, "role": role, "text": text}) + "\n")
    sys.stdout.flush()


def told(event):
    source = event.source
    if source is None:
        return
    text = event.any_data if isinstance(event.any_data, str) else ""
    say(event.type, source.get_role_name(), text)


listener = Atspi.EventListener.new(told)
for kind in ("object:text-changed:insert", "object:text-changed:delete", "object:announcement"):
    listener.register(kind)
loop = GLib.MainLoop()
threading.Thread(target=lambda: (sys.stdin.read(), loop.quit()), daemon=True).start()
say("ready")
loop.run()
