"""What holds for all tests."""

from hypothesis import settings

# A machine that does other work is no fault of the code: no example fails for the time it took.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
