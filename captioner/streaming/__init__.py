"""The streaming core: audio and hypotheses in, cue updates out. Pure: no model, thread, file, socket or clock."""
