"""The alerts for Prometheus: about figures that there are, explained, and firing when they should."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy" / "prometheus"
RULES = [
    rule for group in yaml.safe_load((FOLDER / "captioner.rules.yml").read_text())["groups"] for rule in group["rules"]
]
PROMTOOL = shutil.which("promtool")


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not here (Debian: prometheus)")
@pytest.mark.parametrize(
    "arguments", [("check", "rules", "captioner.rules.yml"), ("test", "rules", "captioner.test.yml")]
)
def test_prometheus_takes_them(arguments):
    done = subprocess.run([PROMTOOL, *arguments], cwd=FOLDER, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


async def test_they_are_about_figures_that_there_are(world):
    there = set(re.findall(r"^([a-z_]+)[ {]", await (await world.client.get("/metrics")).text(), re.MULTILINE)) | {"up"}
    for rule in RULES:
        names = set(re.findall(r"\b(?:captioner|process)_[a-z_]+\b|\bup\b", rule["expr"]))
        assert names, rule["alert"]
        assert names <= there, rule["alert"]


def test_each_says_what_to_do_and_how_urgent_it_is():
    assert len({rule["alert"] for rule in RULES}) == len(RULES) > 5
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    for rule in RULES:
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["annotations"]["summary"]
        assert f"`{rule['alert']}`" in page, rule["alert"]


def test_each_is_tested_both_ways():
    quiet, loud = yaml.safe_load((FOLDER / "captioner.test.yml").read_text())["tests"]
    assert {one["alertname"] for one in quiet["alert_rule_test"]} == {rule["alert"] for rule in RULES}
    assert loud["promql_expr_test"][0]["exp_samples"][0]["value"] == len(RULES)
