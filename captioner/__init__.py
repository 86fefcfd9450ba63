"""Speech in, captions out: the pipeline, its command, and the kernel that the server shares."""

import os

# ONNX Runtime (since 1.29, also on Linux) tells its maker about every model that is loaded, unless this is set before
# it is imported. Here nothing is told to anybody. Child processes inherit it.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
