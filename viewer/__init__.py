"""The viewer: static files that the server sends. It imports nothing; it speaks the wire messages."""

from pathlib import Path

FOLDER = Path(__file__).parent
