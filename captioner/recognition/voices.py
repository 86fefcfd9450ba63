"""How a voice sounds, as a vector: CAM++ (3D-Speaker, Apache-2.0) with numpy alone. One voice points one way.

The model is `voices` of the catalogue, a file of PyTorch. It is read without PyTorch: a zip of numbers and an index, of
which nothing but names and shapes is let in. Measured: python -m benchmarks.diarisation.
"""

import math
import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from captioner.recognition.base import ModelUnusable, Samples

FILE = "campplus_cn_en_common.pt"
_FRAME, _STEP, _FFT, _BANDS, _RATE = 400, 160, 512, 80, 16_000
_SEGMENT = 100  # frames that share one gate of the network
_BLOCKS = ((12, 1), (24, 2), (16, 2))  # layers and dilation
_TINY = np.float32(1.1920929e-07)  # what Kaldi takes for silence

Array = NDArray[np.float32]


def _mel(hertz: Any) -> Any:
    return 1127 * np.log(1 + hertz / 700)


def _bank() -> Array:
    """Return Kaldi's triangles, (80, 256): 20 Hz to 8 kHz."""
    low, high = _mel(20.0), _mel(_RATE / 2)
    width = (high - low) / (_BANDS + 1)
    at = _mel(np.arange(_FFT // 2) * _RATE / _FFT)
    left = low + width * np.arange(_BANDS)[:, np.newaxis]
    rising, falling = (at - left) / width, (left + 2 * width - at) / width
    bank: Array = np.maximum(0, np.minimum(rising, falling)).astype(np.float32)
    return bank


_MEL = _bank()
_WINDOW: Array = ((0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_FRAME) / (_FRAME - 1))) ** 0.85).astype(np.float32)


def features(samples: Samples) -> Array:
    """Return Kaldi's log mel energies without their mean, (frames, 80); at least 400 samples are wanted."""
    frames = np.lib.stride_tricks.sliding_window_view(samples, _FRAME)[::_STEP]
    frames = frames - frames.mean(1, keepdims=True)
    frames = frames - np.float32(0.97) * np.concatenate((frames[:, :1], frames[:, :-1]), axis=1)
    power = np.abs(np.fft.rfft(frames * _WINDOW, _FFT))[:, :-1] ** 2
    energies = np.log(np.maximum(power.astype(np.float32) @ _MEL.T, _TINY))
    return np.asarray(energies - energies.mean(0), dtype=np.float32)


class _Index(pickle.Unpickler):
    """Reads which tensor lies where; whatever else such a file could make a program do, is refused."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return lambda storage, offset, shape, *_: (storage, offset, shape)
        if module == "torch" and name.endswith("Storage"):
            return name
        msg = f"{module}.{name} is not part of a table of weights"
        raise pickle.UnpicklingError(msg)

    def persistent_load(self, pid: Any) -> Any:
        return pid[1], pid[2]


def _weights(path: Path) -> dict[str, Array]:
    found: dict[str, Array] = {}
    with zipfile.ZipFile(path) as archive:
        with archive.open("archive/data.pkl") as index:
            table = _Index(index).load()
        for name, ((kind, key), offset, shape) in table.items():
            if kind == "FloatStorage":
                numbers = np.frombuffer(archive.read(f"archive/data/{key}"), np.dtype("<f4"))
                found[name] = numbers[offset : offset + math.prod(shape)].reshape(shape)
    return found


class VoiceEmbedder:
    """The network: 7 million weights, about 0.03 s of one core for a second of sound."""

    def __init__(self, folder: Path) -> None:
        """Load the model: 28 MB.

        Raises:
            ModelUnusable: the folder does not hold it.

        """
        self._pools = ThreadpoolController()
        try:
            self._weights = _weights(folder / FILE)
            self._norms = self._folded()
            self.embed(np.zeros(_RATE, np.float32))  # what lacks a part, or has it in another shape, fails here
        except (OSError, KeyError, ValueError, TypeError, zipfile.BadZipFile, pickle.UnpicklingError) as error:
            msg = "the model of voices cannot be loaded; fetch it again: captioner models fetch voices"
            raise ModelUnusable(msg) from error

    def embed(self, samples: Samples) -> Array:
        """Return how the voice in (n,) samples at 16 kHz sounds: (192,), of length 1. Half a second is the least."""
        with self._pools.limit(limits=1, user_api="blas"):
            found = self._dense(self._context(self._head(features(samples))))
        return np.asarray(found / np.linalg.norm(found), dtype=np.float32)

    def _folded(self) -> dict[str, tuple[Array, Array]]:
        """Return each normalisation as a factor and a summand."""
        norms: dict[str, tuple[Array, Array]] = {}
        for key in self._weights:
            name, _, what = key.rpartition(".")
            if what == "running_var":
                factor = 1 / np.sqrt(self._weights[key] + np.float32(1e-5))
                factor = factor * self._weights.get(f"{name}.weight", np.float32(1))
                summand = (
                    self._weights.get(f"{name}.bias", np.float32(0)) - self._weights[f"{name}.running_mean"] * factor
                )
                norms[name] = (factor, summand)
        return norms

    def _norm(self, x: Array, name: str) -> Array:
        shape = (-1,) + (1,) * (x.ndim - 1)
        factor, summand = self._norms[name]
        return x * factor.reshape(shape) + summand.reshape(shape)

    def _active(self, x: Array, name: str) -> Array:
        return np.maximum(self._norm(x, name), 0)

    def _plane(self, x: Array, name: str, stride: int = 1) -> Array:
        """Convolve (channels, bands, frames) with 3 by 3 or 1 by 1; `stride` steps over bands."""
        weight = self._weights[f"{name}.weight"]
        side = weight.shape[2]
        edge = side // 2
        padded = np.pad(x, ((0, 0), (edge, edge), (edge, edge)))
        bands, frames = (x.shape[1] - 1) // stride + 1, x.shape[2]
        last = (bands - 1) * stride + 1
        parts = [padded[:, i : i + last : stride, j : j + frames] for i in range(side) for j in range(side)]
        columns = np.stack(parts, axis=1).reshape(x.shape[0] * side * side, -1)
        return (weight.reshape(len(weight), -1) @ columns).reshape(len(weight), bands, frames)

    def _line(self, x: Array, name: str, *, stride: int = 1, dilation: int = 1) -> Array:
        """Convolve (channels, frames)."""
        weight = self._weights[f"{name}.weight"]
        length = weight.shape[2]
        edge = length // 2 * dilation
        padded = np.pad(x, ((0, 0), (edge, edge)))
        last = (x.shape[1] - 1) // stride * stride + 1
        taps = (weight[:, :, i] @ padded[:, i * dilation : i * dilation + last : stride] for i in range(length))
        y = np.asarray(sum(taps), dtype=np.float32)
        bias = self._weights.get(f"{name}.bias")
        return y if bias is None else y + bias[:, np.newaxis]

    def _head(self, mel: Array) -> Array:
        x = self._active(self._plane(mel.T[np.newaxis], "head.conv1"), "head.bn1")
        for layer in ("head.layer1", "head.layer2"):
            x = self._residual(x, f"{layer}.0", 2)
            x = self._residual(x, f"{layer}.1", 1)
        x = self._active(self._plane(x, "head.conv2", 2), "head.bn2")
        return x.reshape(-1, x.shape[2])

    def _residual(self, x: Array, name: str, stride: int) -> Array:
        y = self._active(self._plane(x, f"{name}.conv1", stride), f"{name}.bn1")
        y = self._norm(self._plane(y, f"{name}.conv2"), f"{name}.bn2")
        short = f"{name}.shortcut"
        if f"{short}.0.weight" in self._weights:
            x = self._norm(self._plane(x, f"{short}.0", stride), f"{short}.1")
        return np.asarray(np.maximum(y + x, 0), dtype=np.float32)

    def _context(self, x: Array) -> Array:
        x = self._active(self._line(x, "xvector.tdnn.linear", stride=2), "xvector.tdnn.nonlinear.batchnorm")
        for number, (layers, dilation) in enumerate(_BLOCKS, 1):
            for layer in range(1, layers + 1):
                name = f"xvector.block{number}.tdnnd{layer}"
                y = self._line(self._active(x, f"{name}.nonlinear1.batchnorm"), f"{name}.linear1")
                y = self._gated(self._active(y, f"{name}.nonlinear2.batchnorm"), f"{name}.cam_layer", dilation)
                x = np.concatenate((x, y))
            name = f"xvector.transit{number}"
            x = self._line(self._active(x, f"{name}.nonlinear.batchnorm"), f"{name}.linear")
        return self._active(x, "xvector.out_nonlinear.batchnorm")

    def _gated(self, x: Array, name: str, dilation: int) -> Array:
        """Convolve, and weigh each second by what is said around it."""
        frames = x.shape[1]
        starts = np.arange(0, frames, _SEGMENT)
        means = np.add.reduceat(x, starts, axis=1) / np.minimum(_SEGMENT, frames - starts).astype(np.float32)
        around = np.maximum(self._line(x.mean(1, keepdims=True) + means, f"{name}.linear1"), 0)
        gate = 1 / (1 + np.exp(-self._line(around, f"{name}.linear2")))
        gates = np.repeat(gate, _SEGMENT, axis=1)[:, :frames].astype(np.float32)
        return self._line(x, f"{name}.linear_local", dilation=dilation) * gates

    def _dense(self, x: Array) -> Array:
        pooled = np.concatenate((x.mean(1), x.std(1, ddof=1)))
        name = "xvector.dense"
        return self._norm(self._weights[f"{name}.linear.weight"][:, :, 0] @ pooled, f"{name}.nonlinear.batchnorm")
