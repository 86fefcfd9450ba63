"""The caption server: publishers in, a durable log, readers and the archive out. Run by `captioner serve`."""
