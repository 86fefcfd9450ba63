"""Between machines: one origin has the log, any number of edges serve readers from what passes here."""
