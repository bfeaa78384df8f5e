"""The page's server: only this machine's browser, only the page itself, and files in parts."""

import http.client
import json
from collections.abc import Iterator
from typing import Any

import pytest

from operate.page import media
from operate.page.server import STATIC_FILES, PageServer
from tests.operate.cloud import Cloud, upload_of
from tests.operate.paged import BUCKETS, Answer, Browser, FakeControls, FakeMediaConvert, board_of
from tests.waiting import eventually

FILE = bytes(range(256)) * 1024
KEYS = (
    "trips/a-720p.mp4",
    "a b+c%20d 'é' \"q\" [x] $y$ 😀#?.mp4",
    "../../etc/passwd.mp4",
    "/leading//double.mp4",
    "./a/../b.mp4",
    "=.mp4",
)


@pytest.fixture
def mediaconvert() -> FakeMediaConvert:
    """A MediaConvert without jobs."""
    return FakeMediaConvert()


@pytest.fixture
def controls() -> FakeControls:
    """Hands that have done nothing."""
    return FakeControls()


@pytest.fixture
def page(
    cloud: Cloud, mediaconvert: FakeMediaConvert, controls: FakeControls
) -> Iterator[PageServer]:
    """A page that may change something."""
    with PageServer(board_of(cloud, mediaconvert, controls), seconds=0.01) as page:
        yield page


@pytest.fixture
def browser(page: PageServer) -> Browser:
    """A browser on it."""
    return Browser(page.hosts[0])


def test_the_files_of_the_page(browser: Browser) -> None:
    """Each is there, may load only what is the page's own, and is never put into a frame."""
    for path in STATIC_FILES:
        answer = browser.ask("GET", path)

        assert 200 == answer.status
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "nosniff" == answer.headers["X-Content-Type-Options"]


@pytest.mark.parametrize(
    "path",
    ["/page.py", "/../server.py", "/static/page.html", "/%2e%2e/server.py", "//etc/passwd", "/x"],
)
def test_nothing_else_of_this_machine(path: str, browser: Browser) -> None:
    """A path is looked up in a table, not in a folder."""
    assert 404 == browser.ask("GET", path).status


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "localhost.evil.example", None])
@pytest.mark.parametrize("path", ["/", "/api/feed", "/media/720p/=/a.mp4"])
def test_another_host(host: str | None, path: str, page: PageServer) -> None:
    """A site that has pointed its name to this machine gets nothing."""
    connection = http.client.HTTPConnection(page.hosts[0], timeout=10)
    connection.putrequest("GET", path, skip_host=True)
    if host:
        connection.putheader("Host", host)
    connection.endheaders()
    answer = connection.getresponse()
    answer.read()
    connection.close()

    assert 421 == answer.status


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", None, "https://{host}", "http://127.0.0.1:1"]
)
@pytest.mark.parametrize("path", ["/api/uploads?key=a.mp4", "/api/faults", "/api/redrive"])
def test_another_origin_changes_nothing(
    origin: str | None, path: str, page: PageServer, controls: FakeControls
) -> None:
    """Whatever changes something has to come from the page."""
    host = page.hosts[0]
    body = b'{"name": "pause", "on": true, "letters": ["1"]}'
    answer = Browser(host).ask("POST", path, body, Origin=origin and origin.format(host=host))

    assert 403 == answer.status
    assert FakeControls() == controls


@pytest.mark.parametrize("path", ["/api/feed", "/api/jobs/1", "/media/720p/=/a.mp4"])
def test_another_site_reads_nothing(path: str, browser: Browser) -> None:
    """A video in somebody else's page is refused; a browser says whose page it is."""
    answer = browser.ask("GET", path, Sec_Fetch_Site="cross-site")

    assert 403 == answer.status


def test_localhost_is_this_machine(page: PageServer) -> None:
    """Both names of it are taken, for reading and for changing."""
    browser = Browser(page.hosts[1])

    assert 200 == browser.ask("GET", "/").status
    assert 200 == browser.ask("POST", "/api/faults", b'{"name": "pause", "on": true}').status


def test_a_page_that_only_shows(cloud: Cloud, mediaconvert: FakeMediaConvert) -> None:
    """It changes nothing, whoever asks."""
    with PageServer(board_of(cloud, mediaconvert), seconds=0.01) as page:
        for path in ("/api/uploads?key=a.mp4", "/api/faults", "/api/redrive"):
            answer = Browser(page.hosts[0]).ask("POST", path, b"{}")

            assert (403, True) == (answer.status, "only shows" in answer.error)


def test_a_token_keeps_others_of_this_machine_out(
    cloud: Cloud, mediaconvert: FakeMediaConvert
) -> None:
    """The address holds it; then a cookie does, which no script and no other site can use."""
    with PageServer(board_of(cloud, mediaconvert), seconds=0.01, token="secret") as page:  # noqa: S106 -- the test's own
        browser = Browser(page.hosts[0])
        assert 403 == browser.ask("GET", "/").status
        assert 403 == browser.ask("GET", "/?token=guess").status
        assert 403 == browser.ask("GET", "/page.js", Cookie=f"{page.cookie}=guess").status

        answer = browser.ask("GET", page.url.removeprefix(f"http://{page.hosts[0]}"))
        cookie, _, rest = answer.headers["Set-Cookie"].partition(";")

        assert (303, "/") == (answer.status, answer.headers["Location"])
        assert {"HttpOnly", "SameSite=Strict"} <= set(rest.strip().split("; "))
        assert 200 == browser.ask("GET", "/", Cookie=cookie).status


@pytest.mark.parametrize("key", KEYS)
def test_a_file_with_a_hostile_name(key: str, page: PageServer, browser: Browser) -> None:
    """It arrives whole under the address that the page has, as a video and nothing else."""
    page.board.clients.s3.put_object(Bucket=BUCKETS["720p"], Key=key, Body=FILE)

    answer = browser.ask("GET", media.address("720p", key))

    assert (200, FILE) == (answer.status, answer.body)
    assert ("video/mp4", "sandbox") == (
        answer.headers["Content-Type"],
        answer.headers["Content-Security-Policy"],
    )


@pytest.mark.parametrize(
    ("wanted", "start", "end"),
    [("bytes=0-99", 0, 99), ("bytes=262100-", 262_100, 262_143), ("bytes=-5", 262_139, 262_143)],
)
def test_a_part_of_a_file(
    wanted: str, start: int, end: int, page: PageServer, browser: Browser
) -> None:
    """A video is played from anywhere: the part that was asked for, and where it is."""
    page.board.clients.s3.put_object(Bucket=BUCKETS["720p"], Key="a.mp4", Body=FILE)

    answer = browser.ask("GET", media.address("720p", "a.mp4"), Range=wanted)

    assert (206, FILE[start : end + 1]) == (answer.status, answer.body)
    assert f"bytes {start}-{end}/{len(FILE)}" == answer.headers["Content-Range"]


def test_parts_that_are_not_there(page: PageServer, browser: Browser) -> None:
    """Behind the end it is refused; what is no range, or several, gets the whole file."""
    page.board.clients.s3.put_object(Bucket=BUCKETS["720p"], Key="a.mp4", Body=FILE)
    address = media.address("720p", "a.mp4")

    assert 416 == browser.ask("GET", address, Range="bytes=999999-").status
    assert FILE == browser.ask("GET", address, Range="bytes=0-1,5-6").body
    assert FILE == browser.ask("GET", address, Range="lines=1-2").body


def test_only_the_output_buckets(page: PageServer, browser: Browser) -> None:
    """No other bucket, no other preset, no file that is not there."""
    page.board.clients.s3.put_object(Bucket=BUCKETS["720p"], Key="a.mp4", Body=FILE)

    assert 404 == browser.ask("GET", media.address("1080p", "a.mp4")).status
    assert 404 == browser.ask("GET", media.address("input", "a.mp4")).status
    assert 404 == browser.ask("GET", "/media/720p/a.mp4").status


def test_what_is_no_media_is_only_for_saving(page: PageServer, browser: Browser) -> None:
    """A page that somebody has put into a bucket does not run here."""
    page.board.clients.s3.put_object(
        Bucket=BUCKETS["720p"], Key="a.html", Body=b"<script>", ContentType="text/html"
    )

    answer = browser.ask("GET", media.address("720p", "a.html"))

    assert "application/octet-stream" == answer.headers["Content-Type"]


def events(page: PageServer) -> Iterator[dict[str, Any]]:
    """The boards that the feed sends."""
    connection = http.client.HTTPConnection(page.hosts[0], timeout=10)
    connection.request("GET", "/api/feed")
    answer = connection.getresponse()
    assert "text/event-stream" == answer.headers["Content-Type"]
    while line := answer.readline():
        if line.startswith(b"data: "):
            yield json.loads(line.removeprefix(b"data: "))
    connection.close()


def test_the_feed_tells_of_changes(page: PageServer, cloud: Cloud, browser: Browser) -> None:
    """The present board at once, then each that is different; one line each, whatever is in it."""
    feed = events(page)
    assert {"letters": []}.items() <= next(feed).items()

    cloud.bury("two\nlines\n\ndata: x.mp4")
    [letter] = eventually(lambda: next(feed)["letters"], what="letter")
    assert ["two\nlines\n\ndata: x.mp4"] == letter["keys"]

    browser.ask("POST", "/api/faults", b'{"name": "pause", "on": true}')
    eventually(lambda: next(feed)["faults"][0]["is_on"], what="fault")


def test_nobody_looks_and_nothing_is_read(page: PageServer, mediaconvert: FakeMediaConvert) -> None:
    """A page that is not open costs no call."""
    mediaconvert.is_busy = True
    assert not page.feed._text  # noqa: SLF001 -- what it has read

    assert "MediaConvert" in str(next(events(page))["trouble"])


def test_an_upload(page: PageServer, browser: Browser, controls: FakeControls) -> None:
    """The body is the file, of any size; it is on the board before the ledger knows it."""
    answer = browser.ask("POST", "/api/uploads?key=a%2Fb%20%26.mp4", FILE)

    assert (200, {"a/b &.mp4": FILE}) == (answer.status, controls.uploads)
    [upload] = next(events(page))["uploads"]
    assert "a/b &.mp4" == upload["key"]


def test_an_upload_that_is_refused(browser: Browser) -> None:
    """The reason arrives, though the browser has not been listened to."""
    answer = browser.ask("POST", "/api/uploads?key=a.txt", FILE * 8)

    assert (409, "a.txt: not a video") == (answer.status, answer.error)


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff"])
def test_a_request_that_cannot_be_read(body: bytes, browser: Browser) -> None:
    """Refused in a sentence."""
    answer = browser.ask("POST", "/api/faults", body)

    assert (400, True) == (answer.status, answer.error.startswith("This request cannot be read"))


def test_a_redrive(browser: Browser, controls: FakeControls) -> None:
    """The letters that were named, and no others."""
    answer = browser.ask("POST", "/api/redrive", b'{"letters": ["one", "two"]}')

    assert {"failed": []} == json.loads(answer.body)
    assert {"one", "two"} == controls.redriven


def job(browser: Browser, job_id: str) -> Answer:
    """Ask for a job's document."""
    return browser.ask("GET", f"/api/jobs/{job_id}")


def test_a_job_document(browser: Browser, mediaconvert: FakeMediaConvert) -> None:
    """It is shown when the job is the stack's own, and an error of AWS is a sentence."""
    own = mediaconvert.begin(upload_of("a.mp4"), "720p", "COMPLETE")
    other = mediaconvert.begin(upload_of("a.mp4"), "720p", "COMPLETE")
    mediaconvert.jobs[1]["UserMetadata"]["fanout"] = "of another stack"

    assert mediaconvert.jobs[0]["Settings"] == json.loads(job(browser, own).body)
    assert 404 == job(browser, other).status
    mediaconvert.is_busy = True
    assert (502, True) == (
        (answer := job(browser, own)).status,
        answer.error.startswith("AWS refused ListJobs"),
    )
