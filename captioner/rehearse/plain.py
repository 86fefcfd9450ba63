"""Stand-ins of the platforms whose posts have no number: Teams, Webex, vMix."""

from captioner.rehearse.standin import Reply, Request, text_of

_TEAMS_MOST = 120  # characters of a line
_WEBEX_MOST = 120


class Plain:
    """What they share: a line is taken as often as it comes."""

    def __init__(self) -> None:
        """Nothing has come."""
        self.lines: list[str] = []
        self.violations: list[str] = []

    def line(self, request: Request, longest: int) -> str:
        """Return a line's text, noting what is wrong with it."""
        text = text_of(request, self.violations)
        if not text.strip() or "\n" in text or len(text) > longest:
            self.violations.append(f"not one line of 1 to {longest} characters")
        return text


class TeamsStandin(Plain):
    """`POST /cartcaption?meetingid&token`; 404 until `started`, 401 once `expired`."""

    path = "/cartcaption?meetingid=MTIz&token=dG9r"

    def __init__(self) -> None:
        """The meeting runs and the token holds."""
        super().__init__()
        self.started, self.expired = True, False

    def answer(self, request: Request) -> Reply:
        """As Teams."""
        if request.method != "POST" or request.path != "/cartcaption" or request.one("meetingid") != "MTIz":
            self.violations.append("method or address are not as copied")
            return Reply(400)
        if self.expired or request.one("token") != "dG9r":
            return Reply(401)
        if not self.started:
            return Reply(404)
        self.lines.append(self.line(request, _TEAMS_MOST))
        return Reply(200)


class WebexStandin(Plain):
    """`POST` to the copied link."""

    path = "/transcribe/3rdparty?token=d2V4"

    def answer(self, request: Request) -> Reply:
        """As Webex."""
        if request.method != "POST":
            self.violations.append(f"the method is {request.method}")
            return Reply(400)
        if request.path != "/transcribe/3rdparty" or request.one("token") != "d2V4":
            self.violations.append("the link was changed")
            return Reply(403)
        self.lines.append(self.line(request, _WEBEX_MOST))
        return Reply(200)


class VMixStandin(Plain):
    """`GET /API/?Function=SetText&Input&SelectedName&Value`."""

    path = ""

    def answer(self, request: Request) -> Reply:
        """As vMix's web controller: 500 for what it does not know."""
        if request.method != "GET" or request.path.upper() != "/API/" or request.body:
            self.violations.append("not a GET of /API/")
            return Reply(404)
        if request.one("Function") != "SetText" or not request.one("SelectedName"):
            self.violations.append("not SetText on a named field")
            return Reply(500, b"Function not found.")
        if request.one("Input") != "Captions":
            return Reply(500, b"Input not found.")
        self.lines.append(request.one("Value"))
        return Reply(200, b"Function completed successfully.")
