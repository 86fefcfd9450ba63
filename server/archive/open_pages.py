"""The pages by which the open archive is found: lists, series, speakers, search. They work without JavaScript."""

from collections.abc import Sequence
from urllib.parse import urlencode

from server.archive.catalogue import Entry, Speaker, Spoken
from server.archive.searching import MANY, Hits
from server.archive.templating import environment
from server.wording import Reader

PAGE = 50  # entries on a page of a list
HITS = 20  # on a page of the search


class OpenPages:
    """Renders the pages; all that comes from outside is escaped."""

    def __init__(self, name: str) -> None:
        """Take the archive's name."""
        self._name = name
        self._templates = environment()

    def entries(
        self,
        entries: Sequence[Entry],
        total: int,
        page: int,
        languages: Sequence[tuple[str, int]],
        language: str = "",
        series: tuple[str, str] = ("", ""),
        *,
        reader: Reader,
    ) -> str:
        """Render a page of the list, of all transcripts or those of a series (key, name) or language."""
        path = f"/series/{series[0]}/" if series[0] else "/archive/"
        query = f"{urlencode({'language': language})}&" if language else ""
        return self._templates.get_template("archive.html").render(
            name=self._name, entries=entries, total=total, page=page, of=_count(total, PAGE), languages=languages,
            language=language, series=series[1], path=path, query=query, feed=path,
            reader=reader,
        )  # fmt: skip

    def series(self, series: Sequence[tuple[str, str, int]], *, reader: Reader) -> str:
        """Render the list of series as (key, name, number of meetings)."""
        return self._templates.get_template("series.html").render(series=series, reader=reader)

    def speakers(self, speakers: Sequence[Speaker], total: int, page: int, *, reader: Reader) -> str:
        """Render a page of the list of speakers."""
        template = self._templates.get_template("speakers.html")
        return template.render(speakers=speakers, page=page, of=_count(total, PAGE), reader=reader)

    def speaker(self, who: Speaker, spoken: Sequence[Spoken], page: int, *, reader: Reader) -> str:
        """Render a page of somebody's meetings."""
        template = self._templates.get_template("speaker.html")
        return template.render(who=who, spoken=spoken, page=page, of=_count(who.meetings, PAGE), reader=reader)

    def search(
        self,
        query: str,
        found: Hits,
        page: int,
        languages: Sequence[tuple[str, int]],
        language: str = "",
        *,
        reader: Reader,
    ) -> str:
        """Render a page of hits."""
        return self._templates.get_template("search.html").render(
            query=query, hits=found.hits, total=found.total, more=found.more, many=MANY, page=page,
            first=(page - 1) * HITS + 1, languages=languages, language=language,
            encoded=urlencode({"q": query, "language": language}), reader=reader,
        )  # fmt: skip


def _count(total: int, size: int) -> int:
    return max(1, -(-total // size))
