"""Speech in, captions out: the pipeline, its command, and the kernel that the server shares."""
