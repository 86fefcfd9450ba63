"""What can be counted of a server, for Prometheus. Totals only: no meeting, no name, no address, no word.

Nothing is counted while captions are sent: the figures are read from the server's state when they are asked for.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, GCCollector, Histogram, PlatformCollector, ProcessCollector
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from server.hub import Hub

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
_SECONDS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)


class Metrics:
    """A registry of one server's own."""

    def __init__(self, hub: Hub, data: Path) -> None:
        """Take what is read at every scrape."""
        self.registry = CollectorRegistry(auto_describe=True)
        self.appended = Counter("captioner_events_appended", "Events made durable.", registry=self.registry)
        self.refused = Counter("captioner_storage_errors", "Writes that the disk refused.", registry=self.registry)
        self.append_seconds = Histogram(
            "captioner_append_seconds", "From asking the log to its fsync.", buckets=_SECONDS, registry=self.registry
        )
        self.registry.register(_State(hub, data))
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)

    def text(self) -> bytes:
        """Return the exposition."""
        return generate_latest(self.registry)


class _State:
    """Reads the hub."""

    def __init__(self, hub: Hub, data: Path) -> None:
        self._hub, self._data = hub, data

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        count = self._hub.count()
        for name, what, value in (
            ("captioner_connections", "Open connections, whatever their role.", count.connections),
            ("captioner_viewers", "Readers in all meetings.", count.viewers),
            ("captioner_waiting", "Connections that wait for a meeting to begin.", count.waiting),
            ("captioner_publishers", "Captioners in all meetings.", count.publishers),
            ("captioner_meetings_open", "Meetings in memory.", count.rooms),
            ("captioner_meetings_live", "Meetings that have not ended.", count.live),
            ("captioner_laggards", "Connections that do not take what is sent as fast as it comes.", count.laggards),
            ("captioner_disk_free_bytes", "Free space where the log is.", shutil.disk_usage(self._data).free),
        ):
            yield GaugeMetricFamily(name, what, value)


def counted(metrics: Metrics, seconds: float, *, ok: bool) -> None:
    """Count one append."""
    if ok:
        metrics.appended.inc()
        metrics.append_seconds.observe(seconds)
    else:
        metrics.refused.inc()


def writable(data: Path) -> bool:
    """Tell whether the data folder can be written and has room for some minutes of captions."""
    return os.access(data, os.W_OK) and shutil.disk_usage(data).free > _ENOUGH


_ENOUGH = 1_000_000  # bytes; an hour of captions is about as much
