from benchmarks.server_soak import report, soak


async def test_meetings_leave_nobody_and_no_room_behind(tmp_path):
    found = await soak(3, 1, tmp_path)
    assert [sample.captions for sample in found.samples] == [15, 30, 45]
    assert found.readers == 3 * (15 + 2)
    objects = [sample.objects for sample in found.samples]
    assert objects[2] - objects[1] < 1_000, "a meeting of 15 captions has left something behind"
    assert "After the first" in report(found)
