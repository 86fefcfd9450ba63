"""Recognition: a speech model behind a protocol. Each model's library is imported by one file."""
