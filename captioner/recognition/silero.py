"""Silero VAD v6 (the model file that faster-whisper ships), as a stream. The only file that imports onnxruntime."""

from importlib.resources import files

import numpy as np

from captioner.recognition.base import Samples

_CONTEXT = 64  # samples of the frame before that the model wants again


class SileroVoiceDetector:
    """A VoiceDetector: about 0.1 ms of one core for a frame of 32 ms."""

    def __init__(self) -> None:
        """Load the model: 1 MB, from the installed package."""
        import onnxruntime  # noqa: PLC0415 - heavy: loaded when a stream starts, not when the module is imported

        onnxruntime.disable_telemetry_events()  # Windows does not ask the environment (captioner/__init__.py)
        options = onnxruntime.SessionOptions()
        options.inter_op_num_threads = 1
        options.intra_op_num_threads = 1
        options.log_severity_level = 4
        path = files("faster_whisper").joinpath("assets", "silero_vad_v6.onnx")
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self._h = np.zeros((1, 1, 128), dtype=np.float32)
        self._c = np.zeros((1, 1, 128), dtype=np.float32)
        self._context = np.zeros(_CONTEXT, dtype=np.float32)

    def probability(self, frame: Samples) -> float:
        """Return the speech probability of the next (512,) samples."""
        joined = np.concatenate((self._context, frame))[np.newaxis]
        self._context = frame[-_CONTEXT:].copy()
        output, self._h, self._c = self._session.run(None, {"input": joined, "h": self._h, "c": self._c})
        return float(np.ravel(output)[0])
