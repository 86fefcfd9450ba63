"""What browser tests are made of: the real server in a process of its own, a scripted publisher, and polling."""

import time

from benchmarks import house
from benchmarks.house import Server
from captioner.captions.cue import Cue, CueStatus, CueUpdate, Word

__all__ = ["PROBE", "Publisher", "Server", "choose", "count", "log", "until"]


class Publisher(house.Publisher):
    """Says sentences, numbered by themselves."""

    count = 0

    def say(self, text, status=CueStatus.FINAL, number=None, revision=5, stable=0, speaker="", language="en"):
        if number is None:
            self.count += 1
            number = self.count
        start = number * 1000
        words = tuple(Word(start + i, start + i + 1, " " + w) for i, w in enumerate(text.split()))
        cue = Cue(f"c-{number}", start, start + 900, text, language, speaker, words)
        self.push(CueUpdate(cue, revision, status, stable or (len(words) if status is CueStatus.FINAL else 0)))

    def settle(self):
        for _ in range(100):
            if self.sink.waiting == 0:
                return
            time.sleep(0.05)


def log(page):
    return page.locator("#log p").all_text_contents()


def until(page, expression, timeout=15_000):
    """Poll from outside: the page's own policy forbids evaluating strings inside, and it is under test."""
    deadline = time.monotonic() + timeout / 1000
    while not page.evaluate(expression):
        assert time.monotonic() < deadline, f"never true: {expression}"
        page.wait_for_timeout(30)


def choose(page, *folds):
    """Open the live page's choices, which stay open once a reader's focus has been there, and folds among them."""
    page.wait_for_selector("#size", state="attached")
    page.evaluate(
        """(folds) => {
          document.getElementById("choices").dispatchEvent(new Event("focusin"));
          for (const name of ["choices", ...folds]) document.getElementById(name).open = true;
        }""",
        folds,
    )
    page.wait_for_selector("#size")


def count(page, number):
    until(page, f"document.querySelectorAll('#log p').length === {number}")


PROBE = """() => {
  window.bad = [];
  new MutationObserver((records) => {
    for (const r of records) {
      const fine = r.type === "childList" && r.target.id === "log" && r.removedNodes.length === 0 &&
        [...r.addedNodes].every((n) => n.nodeName === "P" && n.childNodes.length === 1 && n.firstChild.nodeType === 3);
      if (!fine) window.bad.push(r.type + " " + r.target.nodeName);
    }
  }).observe(document.getElementById("log"), {childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ["class"]});
}"""
