"""What the threat model names as proof exists."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_test_that_the_threat_model_names_exists():
    text = (ROOT / "docs/threat-model.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith(("| threat", "| ---"))]
    assert len(rows) > 10
    for row in rows:
        proofs = re.findall(r"`(tests/[\w/]+\.py)`", row)
        assert proofs, row
        for proof in proofs:
            assert "def test_" in (ROOT / proof).read_text(encoding="utf-8"), proof


def test_links_of_the_operators_pages_lead_somewhere():
    for name in ("SECURITY.md", "docs/threat-model.md", "docs/operations.md"):
        page = ROOT / name
        for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), (name, link)


def test_every_metric_and_every_log_event_is_explained():
    text = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    metrics = re.findall(r'"(captioner_\w+)"', (ROOT / "server/metrics.py").read_text(encoding="utf-8"))
    assert len(metrics) > 5
    events = {
        event
        for path in (ROOT / "server").rglob("*.py")
        for event in re.findall(
            r'logger\.(?:info|warning|error|exception|critical)\(\s*"([^"]+)"', path.read_text(encoding="utf-8")
        )
    }
    assert len(events) > 5
    missing = [each for each in (*metrics, *sorted(events)) if f"`{each}`" not in text]
    assert not missing
