import dataclasses
import re

from prometheus_client.parser import text_string_to_metric_families

from captioner.captions import wire
from server.errors import StorageFull
from server.metrics import writable


async def figures(world, **headers):
    answer = await world.client.get("/metrics", headers=headers)
    assert answer.status == 200
    text = await answer.text()
    return {sample.name: sample.value for family in text_string_to_metric_families(text) for sample in family.samples}


async def test_what_happens_is_counted(world):
    publisher = await world.publisher()
    await publisher.get(wire.Welcome)
    for _ in range(3):
        await (await world.viewer()).get(wire.Welcome)
    await (await world.viewer("later")).get(wire.Error)
    await world.publish(publisher, world.final())
    found = await figures(world)
    assert found["captioner_viewers"] == 3
    assert found["captioner_publishers"] == 1
    assert found["captioner_waiting"] == 1
    assert found["captioner_connections"] == 5
    assert found["captioner_meetings_live"] == found["captioner_meetings_open"] == 1
    assert found["captioner_events_appended_total"] >= 1
    assert found["captioner_append_seconds_count"] == found["captioner_events_appended_total"]
    assert found["captioner_disk_free_bytes"] > 0


async def test_a_disk_that_refuses_is_counted_and_not_ready(world, monkeypatch):
    publisher = await world.publisher()
    await publisher.get(wire.Welcome)
    assert (await world.client.get("/readyz")).status == 200

    def full(*_):
        raise StorageFull("full")

    monkeypatch.setattr("server.archive.log.EventLog.append", full)
    await publisher.send(wire.Update(update=world.final()))
    await publisher.get(wire.Error)
    assert (await figures(world))["captioner_storage_errors_total"] >= 1
    monkeypatch.setattr("server.metrics._ENOUGH", 2**62)
    answer = await world.client.get("/readyz")
    assert answer.status == 503
    assert "no room" in await answer.text()
    assert (await world.client.get("/healthz")).status == 200, "nobody kills it for that"


async def test_metrics_hold_no_names_and_no_words(world):
    publisher = await world.publisher("zanzibar", title="Kilimanjaro talks")
    await publisher.get(wire.Welcome)
    await world.publish(publisher, world.final(cue="limpopo", text="Serengeti.", speaker="Okavango"))
    text = await (await world.client.get("/metrics")).text()
    for secret in ("zanzibar", "Kilimanjaro", "limpopo", "Serengeti", "Okavango", world.token):
        assert secret.lower() not in text.lower()
    labels = set(re.findall(r'(\w+)="', text))
    assert labels <= {"le", "generation", "implementation", "major", "minor", "patchlevel", "version"}


async def test_from_outside_only_with_the_hosts_token(world):
    outside = {"X-Forwarded-For": "203.0.113.7"}
    assert (await world.client.get("/metrics", headers=outside)).status == 403
    assert (await world.client.get("/metrics", headers=outside | {"Authorization": "Bearer wrong"})).status == 403
    await figures(world, **outside, Authorization=f"Bearer {world.token}")


async def test_a_server_that_ends_is_not_ready(world):
    world.hub.draining = True
    assert (await world.client.get("/readyz")).status == 503


def test_a_folder_that_is_full_or_not_ours_is_not_writable(tmp_path, monkeypatch):
    assert writable(tmp_path)
    monkeypatch.setattr("shutil.disk_usage", lambda _: dataclasses.make_dataclass("Usage", ["free"])(10))
    assert not writable(tmp_path)
