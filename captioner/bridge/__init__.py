"""Conferences that send their speakers' sound to us and take captions back on the same connection."""
