import dataclasses

import numpy as np
import pytest

from captioner.audio.chunk import AudioChunk


def test_a_chunk_ends_after_its_last_sample():
    assert AudioChunk(1600, np.zeros(800, np.float32)).end == 2400


def test_a_chunk_is_frozen():
    chunk = AudioChunk(0, np.zeros(1, np.float32))
    with pytest.raises(dataclasses.FrozenInstanceError):
        chunk.start = 1
    assert not chunk.gap
