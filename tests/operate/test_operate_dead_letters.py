"""The command that lists dead letters."""

import json
import re
from datetime import UTC, datetime

import pytest

from operate.__main__ import main
from tests.operate.cloud import Cloud, upload_of


def test_json_lines(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    """One line per letter with everything that is known, and nothing else on standard output."""
    cloud.bury("trips/a.mp4", attempt=2)
    cloud.bury("b.mp4", "1080p", code="BadRequestException", job_id="")

    assert 0 == main(["dead-letters", "--json", "--outputs", cloud.outputs_file])

    second, first = map(json.loads, capsys.readouterr().out.splitlines())
    sent_at = datetime.fromisoformat(first["sent_at"])
    assert 0 <= first["age_seconds"] <= 60
    assert 0 <= (datetime.now(UTC) - sent_at).total_seconds() <= 60
    assert {
        "preset": "720p",
        "keys": ["trips/a.mp4"],
        "version_ids": ["v1"],
        "code": "1010",
        "reason": "Error 1010.",
        "job_id": "job-1",
        "attempt": 2,
        "sent_at": first["sent_at"],
        "age_seconds": first["age_seconds"],
        "message_id": cloud.letters()[0]["id"],
        "obsolete": False,
    } == first
    assert ("1080p", "BadRequestException", None, 1) == (
        second["preset"],
        second["code"],
        second["job_id"],
        second["attempt"],
    )


def test_plain_lines_where_there_is_no_terminal(
    cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    """A header and a line per letter, with tabs between; the count is on standard error."""
    cloud.bury("a\tb\x1b[2J.mp4")

    assert 0 == main(["dead-letters", "--outputs", cloud.outputs_file])

    printed = capsys.readouterr()
    header, line = printed.out.splitlines()
    assert [
        *("preset", "key", "version", "code", "reason", "job", "attempt", "age", "obsolete")
    ] == header.split("\t")
    assert [*("720p", "a�b�[2J.mp4", "v1", "1010", "Error 1010.", "job-1", "1")] == line.split(
        "\t"
    )[:-2]
    assert "1 dead letter (720p 1010: 1)." in printed.err


def test_a_line_a_letter_on_a_terminal(
    cloud: Cloud, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a key holds, it is shown, and not read as markup or as a command."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    cloud.bury("[bold]a.mp4\x1b[2J", attempt=2)

    assert 0 == main(["dead-letters", "--outputs", cloud.outputs_file])

    out = capsys.readouterr().out
    assert "720p, 1010: 1 letter" in out
    assert re.search(r"^  \[bold\]a\.mp4�\[2J  v1 +(now|\d+ s)  attempt 2$", out, re.MULTILINE)


def test_details_on_request(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    """Every fact of a letter is on a line of its own, in a pipe as well."""
    first, newest = upload_of("a.mp4"), upload_of("a.mp4", "v2", "0055AED6DCD90281E6")
    cloud.note(first, newest)
    cloud.bury_uploads(first)

    assert 0 == main(["dead-letters", "--details", "--outputs", cloud.outputs_file])

    heading, key, *facts = capsys.readouterr().out.splitlines()
    assert ("720p, 1010: 1 letter", "a.mp4") == (heading, key.strip())
    values = dict(fact.split(maxsplit=1) for fact in facts if fact)
    sent = datetime.fromisoformat(values.pop("sent").split(" UTC")[0] + "+00:00")
    assert 0 <= (datetime.now(UTC) - sent).total_seconds() <= 60
    assert {
        "version": "v1",
        "reason": "Error 1010.",
        "job": "job-1",
        "attempt": "1",
        "message": cloud.letters()[0]["id"],
        "note": "a newer upload took its place",
    } == values


def test_no_letters(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing on standard output, and a sentence on standard error."""
    assert 0 == main(["dead-letters", "--outputs", cloud.outputs_file])

    printed = capsys.readouterr()
    assert "" == printed.out
    assert "There are no dead letters." in printed.err


def test_one_preset(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    """The others are not looked at."""
    cloud.bury("a.mp4")
    cloud.bury("b.mp4", "1080p")

    main(["dead-letters", "--json", "--preset", "1080p", "--outputs", cloud.outputs_file])

    [line] = capsys.readouterr().out.splitlines()
    assert ["b.mp4"] == json.loads(line)["keys"]


def test_letters_without_a_reason(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    """A letter that SQS or SNS moved says so."""
    cloud.sqs.send_message(
        QueueUrl=cloud.outputs["dead_letter_queue_urls"]["720p"], MessageBody="no notice"
    )

    main(["dead-letters", "--outputs", cloud.outputs_file])

    _, line = capsys.readouterr().out.splitlines()
    assert line.startswith("720p\t\t\tnone\tSQS or SNS moved it here after too many failed")


def test_a_letter_of_an_overwritten_upload_is_obsolete(
    cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its version tells it from the letter of the newest upload, which is not."""
    first, newest = upload_of("a.mp4"), upload_of("a.mp4", "v2", "0055AED6DCD90281E6")
    cloud.note(first, newest)
    cloud.bury_uploads(first)
    cloud.bury_uploads(newest)

    for arguments in ([], ["--json"]):
        assert 0 == main(["dead-letters", *arguments, "--outputs", cloud.outputs_file])

    printed = capsys.readouterr()
    assert "2 dead letters (720p 1010: 2). 1 is obsolete: redrive removes them." in printed.err
    lines = printed.out.splitlines()
    assert [("v1", "a newer upload took its place"), ("v2", "")] == sorted(
        (line.split("\t")[2], line.split("\t")[-1]) for line in lines[1:3]
    )
    assert {"v1": True, "v2": False} == {
        letter["version_ids"][0]: letter["obsolete"] for letter in map(json.loads, lines[3:])
    }
