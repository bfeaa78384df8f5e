"""What is read from a message body, and what is refused."""

import json
import urllib.parse
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.events import EventError, read_uploads, write_notice
from handlers.upload import Upload
from tests.handlers.scenarios import body

NOT_UTF_8 = "Expected a URL-encoded UTF-8 key at Records[0].s3.object.key"

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
uploads = st.builds(
    Upload,
    bucket=texts,
    key=texts,
    version_id=texts,
    etag=texts,
    sequencer=st.none() | texts,
    size=st.integers(min_value=0),
)


@pytest.mark.parametrize("scenario", ["upload", "upload_in_sns_envelope", "upload_and_removal"])
def test_an_upload_is_read_raw_and_in_an_envelope(scenario: str, upload: Upload) -> None:
    """An S3 event reads alike with and without SNS's envelope; removals in it are passed over."""
    assert (upload,) == read_uploads(body(scenario))


def test_an_unversioned_bucket_gives_no_version(upload: Upload) -> None:
    """A record without versionId is an upload without a version."""
    expected = replace(upload, version_id=None)

    assert (expected,) == read_uploads(body("upload_to_unversioned_bucket"))


def test_every_record_of_a_message_is_read(upload: Upload) -> None:
    """A message with two records tells of two uploads, of whatever kind of write."""
    second = replace(
        upload,
        key="trips/b c.mp4",
        version_id="pUvTzKmeUfPzYqnx0aB",
        sequencer="0055AED6DCD90281E6",
        size=8388609,
    )

    assert (upload, second) == read_uploads(body("two_uploads"))


@pytest.mark.parametrize("scenario", ["test_event", "test_event_in_sns_envelope", "removal"])
def test_what_uploads_nothing_is_accepted_in_silence(scenario: str) -> None:
    """S3's test event and a removal are no uploads and no errors."""
    assert () == read_uploads(body(scenario))


@pytest.mark.parametrize(
    ("encoded", "key"),
    [
        ("a+b.mp4", "a b.mp4"),
        ("a%2Bb.mp4", "a+b.mp4"),
        ("100%2525.mp4", "100%25.mp4"),
        ("caf%C3%A9/%F0%9F%8E%AC.mp4", "café/🎬.mp4"),
        ("it%27s+%22here%22+%26+%24t%24.mp4", 'it\'s "here" & $t$.mp4'),
    ],
)
def test_a_key_is_url_decoded_once(encoded: str, key: str) -> None:
    """A plus is a space and a percent sequence a UTF-8 byte, decoded exactly once."""
    [read] = read_uploads(body("upload").replace("trips/a.mp4", encoded))

    assert key == read.key


@given(uploads)
def test_a_written_notice_reads_as_its_upload(upload: Upload) -> None:
    """What is put back into a queue is read as the upload that it was, whatever the key holds."""
    assert (upload,) == read_uploads(write_notice(upload))


@given(key=texts)
def test_keys_survive_the_encoding_of_s3(key: str) -> None:
    """Any key, as S3 encodes it (slashes kept), is read as itself."""
    notice = json.loads(body("upload"))
    notice["Records"][0]["s3"]["object"]["key"] = urllib.parse.quote_plus(key, safe="/")

    [read] = read_uploads(json.dumps(notice))

    assert key == read.key


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "The message body is not JSON (Expecting property name enclosed in double quotes: "),
        ("[" * 100_000, "The message body is not JSON ("),
        ("[]", "The message body is not a JSON object; expected an S3 event, got []."),
        ("{}", "Expected an S3 event with a list of Records, got an object with no members"),
        (
            '{"B": {}, "Records": []}',
            "Expected an S3 event with a list of Records, got an object with the members B",
        ),
        ('{"Type": "Notification"}', "Expected an S3 event as SNS's Message text, got None."),
        (
            '{"Type": "Notification", "Message": "hello"}',
            "SNS's Message is not JSON (Expecting value: line 1 column 1 (char 0)); expected an S3",
        ),
        (
            '{"Records": [{"eventSource": "aws:ses"}]}',
            "Expected a record with eventSource aws:s3 at Records[0], got {'eventSource'",
        ),
        (
            '{"Records": [{"eventSource": "aws:s3", "eventName": "ObjectCreated:Put"}]}',
            "Expected an object at Records[0].s3, got None.",
        ),
    ],
)
def test_a_body_of_another_kind_is_refused_with_what_was_expected(text: str, message: str) -> None:
    """What is not an S3 event is refused in a sentence that says what was expected."""
    with pytest.raises(EventError) as raised:
        read_uploads(text)

    assert str(raised.value).startswith(message)


@pytest.mark.parametrize(
    ("member", "value", "message"),
    [
        ("key", None, "Expected a text at Records[0].s3.object.key, got None."),
        ("key", "", "Expected a text at Records[0].s3.object.key, got ''."),
        ("key", "%FF", f"{NOT_UTF_8}, got '%FF' (invalid start byte)."),
        ("key", "\ud83d", f"{NOT_UTF_8}, got '\\ud83d' (surrogates not allowed)."),
        ("eTag", 5, "Expected a text at Records[0].s3.object.eTag, got 5."),
        ("size", "5", "Expected a number of bytes at Records[0].s3.object.size, got '5'."),
        ("size", -1, "Expected a number of bytes at Records[0].s3.object.size, got -1."),
        ("size", True, "Expected a number of bytes at Records[0].s3.object.size, got True."),
        ("versionId", "", "Expected a text at Records[0].s3.object.versionId, got ''."),
    ],
)
def test_a_wrong_member_is_refused_by_its_path(member: str, value: object, message: str) -> None:
    """A member that is missing or of a wrong type is named by its path, with its value."""
    event = json.loads(body("upload"))
    event["Records"][0]["s3"]["object"][member] = value

    with pytest.raises(EventError) as raised:
        read_uploads(json.dumps(event))

    assert message == str(raised.value)


def test_an_upload_without_an_identity_is_refused() -> None:
    """Without version and sequencer a second upload would pass for the first."""
    event: dict[str, Any] = json.loads(body("upload_to_unversioned_bucket"))
    del event["Records"][0]["s3"]["object"]["sequencer"]

    with pytest.raises(EventError, match=r"Expected a versionId or a sequencer at Records\[0\]"):
        read_uploads(json.dumps(event))


def test_one_wrong_record_refuses_the_message() -> None:
    """A message is read whole or not at all: no upload of it can get lost in between."""
    event = json.loads(body("two_uploads"))
    event["Records"][1]["s3"]["object"]["size"] = None

    with pytest.raises(EventError, match=r"Records\[1\]\.s3\.object\.size"):
        read_uploads(json.dumps(event))


def test_a_long_value_is_cut_in_the_message() -> None:
    """An error repeats enough of a value to recognise it, and no more."""
    with pytest.raises(EventError) as raised:
        read_uploads(json.dumps(["x" * 5000]))

    assert "xxx...." == str(raised.value)[-7:]
    assert len(str(raised.value)) < 200
