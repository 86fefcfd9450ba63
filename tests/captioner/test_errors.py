import re
from pathlib import Path

from captioner.errors import ExitCode, Failure

README = Path(__file__).parents[2] / "README.md"


def test_a_failure_says_what_is_wrong_and_what_to_do():
    failure = Failure(ExitCode.DEVICE, "no microphone", "Connect one.")
    assert str(failure) == "no microphone\nConnect one."
    assert str(Failure(ExitCode.DEVICE, "no microphone")) == "no microphone"


def test_the_readme_documents_every_code():
    text = README.read_text(encoding="utf-8")
    sentence = next(line for line in text.split("\n\n") if "xit code" in line)
    documented = {int(number) for number in re.findall(r"\b\d+\b", sentence)}
    assert {int(code) for code in ExitCode} <= documented
