"""Where cue updates go: our server, a file of JSON lines."""
