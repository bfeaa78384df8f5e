"""The service as any HTTP client sees it."""

import http.client
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from local.mediaconvert import MediaConvertService
from local.mediaconvert.http_server import HttpServer
from local.mediaconvert.wire import Answer

QUEUES = "/2017-08-29/queues"
FAULTS = "/_local/faults"


class Response(NamedTuple):
    """What came back."""

    status: int
    error: str | None
    body: dict[str, Any]


def send(endpoint: str, method: str, target: str, body: str = "") -> Response:
    """Send one request."""
    connection = http.client.HTTPConnection(endpoint.removeprefix("http://"))
    try:
        connection.request(method, target, body)
        response = connection.getresponse()
        content = json.loads(response.read())
        return Response(response.status, response.getheader("x-amzn-ErrorType"), content)
    finally:
        connection.close()


@pytest.fixture
def endpoint() -> Iterator[str]:
    """A service that needs no AWS because it is given no job."""
    with MediaConvertService(account="111122223333", region="eu-west-1") as service:
        yield service.endpoint


def test_members_travel_in_camel_case(endpoint: str) -> None:
    """A result has the wire's names, its time as a number, and no member without a value."""
    status, error, body = send(endpoint, "POST", QUEUES, '{"name": "q", "tags": {"Key": "v"}}')
    assert (201, None) == (status, error)
    queue = body["queue"]
    assert ("q", "ACTIVE") == (queue["name"], queue["status"])
    assert isinstance(queue["createdAt"], float)
    assert "description" not in queue


def test_labels_of_a_path_are_decoded(endpoint: str) -> None:
    """A name in the path may hold what a path may not."""
    send(endpoint, "POST", QUEUES, '{"name": "a/b c"}')
    assert "a/b c" == send(endpoint, "GET", f"{QUEUES}/a%2Fb%20c").body["queue"]["name"]


@pytest.mark.parametrize(
    ("method", "target", "body", "status", "error", "sentence"),
    [
        ("GET", "/2017-08-29/nothing", "", 404, "NotFoundException", "/2017-08-29/nothing"),
        ("POST", QUEUES, "{", 400, "BadRequestException", "not JSON"),
        ("POST", QUEUES, "[]", 400, "BadRequestException", "JSON object"),
        ("POST", QUEUES, "{}", 400, "BadRequestException", "Name"),
        ("POST", QUEUES, '{"name": 1}', 400, "BadRequestException", "Name"),
        ("POST", QUEUES, '{"name": "q", "colour": "red"}', 400, "BadRequestException", "colour"),
        ("GET", f"{QUEUES}?maxResults=many", "", 400, "BadRequestException", "MaxResults"),
        ("GET", FAULTS, "", 404, "NotFoundException", "POST and DELETE"),
    ],
)
def test_what_cannot_be_understood_is_refused(  # noqa: PLR0917 - columns of the table above
    endpoint: str, method: str, target: str, body: str, status: int, error: str, sentence: str
) -> None:
    """A refusal has the real service's form: status, error shape and a message that helps."""
    response = send(endpoint, method, target, body)
    assert (status, error) == (response.status, response.error)
    assert sentence in response.body["message"]


@pytest.mark.parametrize(
    ("order", "sentence"),
    [
        ({}, "exactly one of"),
        ({"job_error": 1010, "offline": True}, "exactly one of"),
        ({"job_eror": 1010}, "job_eror is not one of"),
        ({"job_error": "1010"}, "must be of type int"),
        ({"job_error": 1010, "times": 0}, "at least 1"),
        ({"error": "NotFoundException"}, "no operation None"),
        ({"operation": "CreateJob", "error": "NoSuchException"}, "raises 'NoSuchException'"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(
    endpoint: str, order: dict[str, Any], sentence: str
) -> None:
    """A test that orders a fault wrongly is told so, instead of running without it."""
    response = send(endpoint, "POST", FAULTS, json.dumps(order))
    assert (400, "BadRequestException") == (response.status, response.error)
    assert sentence in response.body["message"]


def test_a_defect_is_an_internal_error(caplog: pytest.LogCaptureFixture) -> None:
    """An exception that nobody foresaw is answered with 500 and is in the log."""

    def respond(_method: str, _target: str, _body: bytes) -> Answer:
        raise RuntimeError("oops")

    server = HttpServer(respond)
    response = send(server.url, "GET", "/")
    server.close()
    assert (500, "InternalServerErrorException") == (response.status, response.error)
    assert "oops" in caplog.text
