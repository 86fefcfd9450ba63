"""The kernel: captions as values, their log, their wire format and their file format. No I/O."""
