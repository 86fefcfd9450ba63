"""Every kind and setting of an output stands in the documentation."""

from pathlib import Path

import msgspec
import pytest

from captioner.publish.sinks.contract import Kind
from captioner.publish.sinks.settings import OutputSettings

DOC = (Path(__file__).parents[2] / "docs" / "outputs.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", list(Kind))
def test_kinds(kind):
    assert f"| `{kind}` |" in DOC


@pytest.mark.parametrize("field", [field.name for field in msgspec.structs.fields(OutputSettings)])
def test_settings(field):
    assert f"`{field}" in DOC or f"    {field} = " in DOC
