from scripts.interface import DOCS, documents


def test_the_documents_are_in_step_with_the_code():
    for name, content in documents().items():
        assert (DOCS / name).read_bytes() == content, "run: python -m scripts.interface"
