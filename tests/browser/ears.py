"""What a screen reader says at a desk, for tests that wait for it."""

import time

from benchmarks.orca import lines


class Ears:
    """What Orca has said so far."""

    def __init__(self, reader):
        self.reader, self.at = reader, len(reader.since(0))
        self.began = self.at

    def _so_far(self):
        heard = self.reader.since(self.at)
        text = heard.decode("utf-8", errors="replace")
        return self.at + len(heard), [line for line in lines(text, "SPEECH OUTPUT") if line]

    def hear(self, *texts, within_s=60):
        """Wait until each text was spoken since the last call."""
        deadline = time.monotonic() + within_s
        while True:
            end, spoken = self._so_far()
            said = "\n".join(spoken)
            if all(text in said for text in texts):
                self.at = end
                return said
            assert time.monotonic() < deadline, f"never said: {texts}, but: {said}"
            time.sleep(0.2)

    def silence(self, after_s=1.2):
        """Wait until Orca says nothing more; returns what it said since the last call."""
        before = -1
        while (found := self._so_far()) and len(found[1]) != before:
            before = len(found[1])
            time.sleep(after_s)
        self.at = found[0]
        return "\n".join(found[1])

    def press(self, key, until=""):
        """Press a key; with a text, wait until it is said. Returns all that is said, the key's own name as well."""
        self.reader.press(key)
        deadline = time.monotonic() + 60
        while until not in "\n".join(self._so_far()[1]):
            assert time.monotonic() < deadline, f"never said: {until}, but: {self._so_far()[1]}"
            time.sleep(0.1)
        return self.silence(0.4)

    def write(self, text):
        """Type a text; what is said of its letters is let go."""
        self.reader.write(text)
        self.silence(0.4)

    def tab(self, key="Tab"):
        """Go on to the next control; returns what is said of it, "" where nothing is."""
        self.reader.press(key)
        deadline = time.monotonic() + 5
        while len(self._so_far()[1]) < 2 and time.monotonic() < deadline:  # the first is the key's own name
            time.sleep(0.1)
        return self.silence(0.15).removeprefix("tab").removeprefix("left shift").strip()

    def tab_to(self, text, limit=60):
        """Press Tab until Orca says a text."""
        for _ in range(limit):
            said = self.tab()
            if text in said:
                return said
        raise AssertionError(f"{text} was not reached: {said}")
