"""What is kept: the log, and the files and pages that are folds of it."""
