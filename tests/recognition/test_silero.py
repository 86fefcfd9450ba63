"""The voice detector: what it hears, and that it tells nobody."""

import os
import subprocess
import sys

import numpy as np

from captioner.recognition.silero import SileroVoiceDetector

RUN = """
from captioner.recognition.silero import SileroVoiceDetector
import numpy as np
SileroVoiceDetector().probability(np.zeros(512, np.float32))
"""


def test_silence_is_no_speech():
    detector = SileroVoiceDetector()
    assert max(detector.probability(np.zeros(512, np.float32)) for _ in range(5)) < 0.2


def test_the_runtime_of_the_model_keeps_no_record_of_its_use(tmp_path):
    """ONNX Runtime's telemetry shows as a device's id in the user's cache; in CI it is silent by itself."""
    quiet = ("CI", "ORT_DISABLE_TELEMETRY", "ORT_RUNNING_UNIT_TESTS", "XDG_CACHE_HOME")
    environment = {name: value for name, value in os.environ.items() if name not in quiet}
    subprocess.run([sys.executable, "-c", RUN], env={**environment, "HOME": str(tmp_path)}, check=True, timeout=60)
    assert not list(tmp_path.rglob("*"))
