import asyncio

import pytest
from aiohttp import WSServerHandshakeError

from captioner.captions import wire
from captioner.captions.cue import CueStatus, MeetingState, RecordPolicy, Track
from captioner.captions.event import CaptionEvent, PolicyEvent, StateEvent
from captioner.captions.policy import PolicyChange
from captioner.captions.transcript import Transcript
from server.config import Timing
from server.errors import StorageFull
from server.session import CloseCode

from .conftest import final, partial  # noqa: TID252
