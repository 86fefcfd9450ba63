"""The open archive as its readers see it: pages, search, feeds, harvesters, persistent addresses."""

import asyncio
import json
import re
from xml.etree import ElementTree as ET

import pytest
from bs4 import BeautifulSoup

from captioner.captions import wire
from captioner.captions.cue import RecordPolicy, Track
from server.archive.catalogue import slug
from server.opening import OPEN, refresh
from server.wording import NAMES, texts

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
SETTINGS = (
    f'name = "Our transcripts"\naddress = "https://example.org/"\nemail = "a@example.org"\nlicence = "{LICENCE}"\n'
)


@pytest.fixture
def told(config):
    config.data.mkdir()
    (config.data / "archive.toml").write_text(SETTINGS)


async def ended(
    world,
    meeting="m1",
    text="The captions are open.",
    title="A meeting",
    policy=RecordPolicy.ON_RECORD,
    speaker="Amina",
):
    publisher = await world.joined(
        meeting=meeting, title=title, policy=policy, identity=meeting, track=Track("floor", "en")
    )
    await world.publish(publisher, world.final(text=text, speaker=speaker))
    await publisher.send(wire.End())
    await publisher.get(wire.Ended)


def xml(text):
    return ET.fromstring(text)  # noqa: S314 - our own


async def soup(world, path, status=200):
    answer = await world.client.get(path, allow_redirects=False)
    assert answer.status == status, path
    return BeautifulSoup(await answer.text(), "html5lib")


async def test_an_ended_meeting_is_listed_found_and_harvested(told, world):
    assert "The archive is empty" in (await soup(world, "/archive/")).get_text()
    await ended(world)
    page = await soup(world, "/archive/")
    assert page.find("a", href="/archive/m1/").get_text() == "A meeting"
    assert page.find("a", rel="license")["href"] == LICENCE
    hit = (await soup(world, "/search?q=CAPTIONS")).find("ol").li
    assert hit.a["href"] == "/archive/m1/#floor:c1"
    assert hit.mark.get_text() == "captions"
    assert (await soup(world, "/speakers/")).find("a", href=f"/speakers/{slug('Amina')}/")
    assert (await soup(world, f"/speakers/{slug('Amina')}/")).find("a", href="/archive/m1/#floor:c1")


async def test_what_is_live_or_under_the_chatham_house_rule_is_nowhere(told, world):
    await ended(world, "quiet", "Secretword.", policy=RecordPolicy.CHATHAM)
    await ended(world, "silent", "Secretword.", policy=RecordPolicy.OFF_RECORD)
    publisher = await world.joined(meeting="live", identity="x")
    await world.publish(publisher, world.final(text="Secretword."))
    for path in ("/archive/", "/search?q=secretword", "/archive/feed.atom", "/archive/feed.rss", "/sitemap.xml", "/speakers/",
                 "/oai?verb=ListRecords&metadataPrefix=oai_dc"):  # fmt: skip
        text = await (await world.client.get(path)).text()
        assert not any(name in text for name in ("quiet", "silent", "/live/", "Secretword.")), path


async def test_addresses_that_are_not_there(told, world):
    await ended(world)
    for path in (
        "/series/none/",
        "/speakers/none/",
        "/archive/?page=2",
        "/archive/?page=0",
        "/archive/?page=x",
        "/series/none/feed.atom",
        "/id/..%2f",
    ):
        await soup(world, path, 404)


async def test_persistent_addresses_lead_on(told, world):
    await ended(world)
    for path, where in (
        ("/id/m1", "/archive/m1/"), ("/id/m1/floor:c1", "/archive/m1/#floor:c1"), ("/id/m1/v2", "/archive/m1/v/2/"),
    ):  # fmt: skip
        answer = await world.client.get(path, allow_redirects=False)
        assert (answer.status, answer.headers["Location"]) == (302, where)
    await world.client.app[OPEN].remove("m1", 1_700_000_000_000, "the speaker asked for it")
    gone = await soup(world, "/id/m1", 410)
    assert "taken away on 2023-11-14" in gone.get_text()
    assert "the speaker asked for it" in gone.get_text()


async def test_feeds_and_sitemap(told, world):
    await ended(world, title="A & <b>")
    atom = xml(await (await world.client.get("/archive/feed.atom")).text())
    space = {"a": "http://www.w3.org/2005/Atom"}
    assert atom.find("a:title", space).text == "Our transcripts"
    entry = atom.find("a:entry", space)
    assert entry.find("a:id", space).text == "https://example.org/id/m1"
    assert entry.find("a:title", space).text == "A & <b>"
    assert entry.find("a:rights", space).text == LICENCE
    rss = xml(await (await world.client.get("/archive/feed.rss")).text())
    assert rss.find("channel/item/link").text == "https://example.org/archive/m1/"
    sitemap = xml(await (await world.client.get("/sitemap.xml")).text())
    space = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    found = {url.find("s:loc", space).text: url.find("s:lastmod", space) for url in sitemap}
    assert found["https://example.org/archive/m1/"].text.startswith("20")
    assert "Sitemap: https://example.org/sitemap.xml" in await (await world.client.get("/robots.txt")).text()
    assert "https://example.org/search?q={searchTerms}" in await (await world.client.get("/opensearch.xml")).text()


async def test_machines_are_told_of_a_meeting(told, world):
    await ended(world, title="</script><script>alert(1)")
    page = await soup(world, "/archive/m1/")
    linked = json.loads(page.find("script", type="application/ld+json").string)
    assert (linked["@type"], linked["@id"], linked["name"]) == (
        "Event",
        "https://example.org/id/m1",
        "</script><script>alert(1)",
    )
    audio = linked["recordedIn"][0]
    assert (audio["@type"], audio["transcript"], audio["license"]) == ("AudioObject", "The captions are open.", LICENCE)
    assert {one["encodingFormat"] for one in audio["encoding"]} >= {"text/vtt", "application/epub+zip"}
    assert page.find("meta", attrs={"name": "DC.rights"})["content"] == LICENCE
    assert page.find("link", rel="canonical")["href"] == "https://example.org/id/m1"
    assert page.find("a", href="#floor:c1").time


async def many(world, count):
    """Fill the catalogue with copies of a meeting, in two series."""
    from dataclasses import replace

    from server.opening import public

    await ended(world)
    made = await public(world.client.app, "m1")
    for number in range(2, count + 1):
        series = "Odd & even" if number % 2 else ""
        copy = replace(
            made, meeting=type(made.meeting)(f"m{number}", f"Meeting {number}", made.meeting.started + number)
        )
        await world.client.app[OPEN].put(
            copy.knowing(replace(made.about, series=series)), 1_700_000_000_000 + number * 1000
        )


async def test_sickle_and_scythe_harvest_everything_removals_too(told, world):
    from oaipmh_scythe import Scythe
    from sickle import Sickle

    await many(world, 230)
    await world.client.app[OPEN].remove("m7", 1_700_001_000_000, "gone")
    url = str(world.client.make_url("/oai"))
    wanted = {f"m{number}" for number in range(1, 231)}

    def by_sickle():
        sickle = Sickle(url)
        records = list(sickle.ListRecords(metadataPrefix="oai_dc"))
        alive = list(sickle.ListRecords(metadataPrefix="oai_dc", ignore_deleted=True))
        odd = list(sickle.ListIdentifiers(metadataPrefix="oai_dc", set=f"series:{slug('Odd & even')}"))
        late = list(
            sickle.ListIdentifiers(
                metadataPrefix="oai_dc", **{"from": "2023-11-14T22:30:00Z", "until": "2023-11-14T22:31:00Z"}
            )
        )
        one = sickle.GetRecord(metadataPrefix="oai_dc", identifier="oai:example.org:m8")
        return (
            records,
            alive,
            odd,
            late,
            one,
            sickle.Identify(),
            list(sickle.ListSets()),
            list(sickle.ListMetadataFormats()),
        )

    records, alive, odd, late, one, identify, sets, formats = await asyncio.to_thread(by_sickle)
    assert {record.header.identifier.rpartition(":")[2] for record in records} == wanted
    assert len(records) == 230
    assert {r.header.identifier for r in records if r.header.deleted} == {"oai:example.org:m7"}
    assert len(alive) == 229
    assert len(odd) == 113
    assert [header.identifier for header in late] == ["oai:example.org:m7"]
    assert one.metadata["rights"] == [LICENCE]
    assert one.metadata["identifier"] == ["https://example.org/id/m8"]
    assert (identify.deletedRecord, identify.granularity) == ("persistent", "YYYY-MM-DDThh:mm:ssZ")
    assert {found.setSpec for found in sets} == {"series", f"series:{slug('Odd & even')}", "language", "language:en"}
    assert [found.metadataPrefix for found in formats] == ["oai_dc"]

    def by_scythe():
        with Scythe(url) as scythe:
            return [record.header.identifier for record in scythe.list_records(metadata_prefix="oai_dc")]

    found = await asyncio.to_thread(by_scythe)
    assert {identifier.rpartition(":")[2] for identifier in found} == wanted
    assert len(found) == 230


async def test_a_record_that_changes_during_a_harvest_hides_no_other(told, world):
    await many(world, 150)
    first = await (await world.client.get("/oai?verb=ListIdentifiers&metadataPrefix=oai_dc")).text()
    tree = xml(first)
    space = {"o": "http://www.openarchives.org/OAI/2.0/"}
    got = [element.text for element in tree.findall(".//o:identifier", space)]
    for name in ("m2", "m3", "m4"):
        await world.client.app[OPEN].remove(name, 1_900_000_000_000)
    token = tree.find(".//o:resumptionToken", space).text
    second = xml(
        await (await world.client.get("/oai", params={"verb": "ListIdentifiers", "resumptionToken": token})).text()
    )
    got += [element.text for element in second.findall(".//o:identifier", space)]
    assert {identifier.rpartition(":")[2] for identifier in got} == {f"m{number}" for number in range(1, 151)}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "badVerb"), ("verb=Nothing", "badVerb"), ("verb=ListRecords", "badArgument"), ("verb=GetRecord&metadataPrefix=oai_dc", "badArgument"),
        ("verb=ListRecords&metadataPrefix=marc", "cannotDisseminateFormat"), ("verb=ListRecords&metadataPrefix=oai_dc&from=x", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&set=series:none", "noRecordsMatch"), ("verb=ListRecords&metadataPrefix=oai_dc&set=x", "noRecordsMatch"),
        ("verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:example.org:none", "idDoesNotExist"),
        ("verb=ListRecords&resumptionToken=x", "badResumptionToken"), ("verb=ListRecords&resumptionToken=cursor%3D5", "badResumptionToken"),
        ("verb=ListRecords&resumptionToken=metadataPrefix%3Doai_dc%26cursor%3D5%26after%3Dx", "badResumptionToken"),
        ("verb=%00", "badVerb"), ("verb=%0B%EF%BF%BE", "badVerb"), ("verb=Identify&%1B=x", "badArgument"),
        ("verb=GetRecord&metadataPrefix=oai_dc&identifier=%07%ED%A0%80", "idDoesNotExist"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=%01", "badArgument"), ("verb=ListRecords&resumptionToken=%02", "badResumptionToken"),
    ],
)  # fmt: skip
async def test_mistakes_of_harvesters_are_answered(told, world, query, code):
    await ended(world)
    answer = await world.client.get(f"/oai?{query}")
    assert answer.status == 200
    assert f'code="{code}"' in await answer.text()


async def test_harvesters_may_post(told, world):
    await ended(world)
    answer = await world.client.post("/oai", data={"verb": "ListRecords", "metadataPrefix": "oai_dc"})
    assert "oai:example.org:m1" in await answer.text()


async def test_without_settings_addresses_are_those_of_the_request(world):
    await ended(world)
    text = await (await world.client.get("/archive/feed.atom")).text()
    assert f"http://{world.client.server.host}:{world.client.server.port}/archive/m1/" in text


async def test_the_search_form_may_be_sent_and_nothing_else_changes(told, world):
    answer = await world.client.get("/search")
    assert "form-action 'self'" in answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]


PAGES = (
    "/archive/",
    "/search?q=captions",
    "/search?q=nothing",
    "/series/",
    "/speakers/",
    f"/speakers/{slug('Amina')}/",
    "/archive/m1/",
)


@pytest.mark.parametrize("language", [language for language in NAMES if language != "en"])
async def test_the_archive_speaks_the_reader_s_language(told, world, language):
    await ended(world)
    for path in PAGES:
        answer = await world.client.get(path, headers={"Accept-Language": language, "Accept-Encoding": "identity"})
        assert answer.headers["Vary"] == "Accept-Encoding, Accept-Language"
        page = BeautifulSoup(await answer.text(), "html5lib")
        assert page.html["lang"] == language
        for own in page.select("[lang=en], [dir=auto], script, style, a[hreflang], mark, strong, span.meta, option"):
            own.decompose()
        words = set(re.findall("[A-Za-z]{4,}", page.body.get_text(" ")))
        english = set(re.findall("[A-Za-z]{4,}", " ".join(texts("en").values())))
        own = set(re.findall("[A-Za-z]{4,}", " ".join(texts(language).values())))
        assert words & (english - own) - {"captions", "Our", "Amina"} == set(), path


async def test_a_chosen_language_goes_along_and_the_transcripts_language_is_another_thing(told, world):
    await ended(world)
    page = await soup(world, "/archive/?language=en&interface=fr")
    assert page.html["lang"] == "fr"
    assert page.find("a", href="/archive/m1/?interface=fr")
    assert page.find("a", href="/speakers/?interface=fr")
    assert page.find("a", href="/?language=fr")
    assert page.find("input", attrs={"name": "interface"})["value"] == "fr"
    assert page.find("a", hreflang="ar")["href"] == "/archive/?language=en&interface=ar"
    assert (await soup(world, "/archive/?language=fr")).html["lang"] == "en"
    page = await soup(world, "/search?q=captions&interface=fr")
    assert page.find("ol").a["href"] == "/archive/m1/?interface=fr#floor:c1"


async def test_pages_are_sent_with_gzip_to_those_who_take_it(told, world):
    await many(world, 60)
    answer = await world.client.get("/archive/", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    answer = await world.client.get("/archive/", headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in answer.headers
    assert (await soup(world, "/archive/?page=2")).find("a", rel="prev")["href"] == "/archive/?page=1"


async def test_the_catalogue_is_made_anew_at_the_next_start(told, start, config):
    async with start() as world:
        await ended(world)
    (config.data / "search.sqlite3").write_bytes(b"damaged" * 1000)
    async with start() as world:
        for _ in range(200):
            if (await soup(world, "/search?q=captions")).find("ol"):
                break
            await asyncio.sleep(0.05)
        else:
            pytest.fail("never listed again")


async def test_what_is_no_longer_public_leaves_a_trace_only(told, world, monkeypatch):
    await ended(world)

    async def nothing(app, meeting):
        return None

    monkeypatch.setattr("server.opening.public", nothing)
    await refresh(world.client.app, "m1", "withdrawn")
    assert not (await soup(world, "/search?q=captions")).find("ol")
    assert 'status="deleted"' in await (await world.client.get("/oai?verb=ListRecords&metadataPrefix=oai_dc")).text()
    assert "withdrawn" in (await soup(world, "/id/m1", 410)).get_text()


@pytest.mark.parametrize("text", ["name = 1", "nonsense", 'address = "example.org"', 'other = "x"'])
async def test_settings_that_cannot_be_used_are_told(config, start, text):
    from server.archive.settings import BadSettings

    config.data.mkdir()
    (config.data / "archive.toml").write_text(text)
    with pytest.raises(BadSettings, match=r"archive\.toml"):
        async with start():
            pass
