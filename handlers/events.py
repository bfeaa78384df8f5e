"""Reading S3's notices: a message body in, the uploads it tells of out."""

import json
import urllib.parse
from collections.abc import Mapping
from typing import Any, Final

from handlers.upload import Upload

TEST_EVENT: Final = "s3:TestEvent"
UPLOADED: Final = "ObjectCreated:"
SHOWN_CHARACTERS: Final = 80
"""How much of an unexpected value an error repeats: enough to recognise it."""


class EventError(ValueError):
    """A message body is not a notice of S3; the sentence says what was expected."""


def read_uploads(body: str) -> tuple[Upload, ...]:
    """Read a message body: an S3 event, as raw delivery leaves it or in SNS's envelope.

    Args:
        body: The body of the SQS message.

    Returns:
        One Upload for each object that was created. None for S3's test event, which comes with
        every deployment, and for events of other kinds, such as removals.

    Raises:
        EventError: The body is neither, or one of its records is incomplete. Nothing of such a
            message is returned.
    """
    event = _without_envelope(_json_object(body, "The message body"))
    if event.get("Event") == TEST_EVENT:
        return ()
    records = event.get("Records")
    if not isinstance(records, list) or not records:
        raise EventError(
            f"Expected an S3 event with a list of Records, got an object with {_names(event)}."
        )
    return tuple(
        _upload(record, f"Records[{number}]")
        for number, record in enumerate(records)
        if _is_upload(record, f"Records[{number}]")
    )


def write_notice(upload: Upload) -> str:
    """Write the S3 event that `read_uploads` reads as this upload, and as nothing else."""
    s3_object: dict[str, Any] = {
        "key": urllib.parse.quote_plus(upload.key),
        "size": upload.size,
        "eTag": upload.etag,
    }
    if upload.version_id is not None:
        s3_object["versionId"] = upload.version_id
    if upload.sequencer is not None:
        s3_object["sequencer"] = upload.sequencer
    record = {
        "eventSource": "aws:s3",
        "eventName": f"{UPLOADED}Put",
        "s3": {"bucket": {"name": upload.bucket}, "object": s3_object},
    }
    return json.dumps({"Records": [record]})


def _json_object(text: str, what: str) -> Mapping[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise EventError(
            f"{what} is not JSON ({error}); expected an S3 event, got {shown(text)}."
        ) from error
    if not isinstance(value, dict):
        raise EventError(f"{what} is not a JSON object; expected an S3 event, got {shown(value)}.")
    return value


def _without_envelope(event: Mapping[str, Any]) -> Mapping[str, Any]:
    if event.get("Type") != "Notification":
        return event
    message = event.get("Message")
    if not isinstance(message, str):
        raise EventError(f"Expected an S3 event as SNS's Message text, got {shown(message)}.")
    return _json_object(message, "SNS's Message")


def _is_upload(record: object, path: str) -> bool:
    if not isinstance(record, dict) or record.get("eventSource") != "aws:s3":
        raise EventError(
            f"Expected a record with eventSource aws:s3 at {path}, got {shown(record)}."
        )
    return _text(record, "eventName", path).startswith(UPLOADED)


def _upload(record: Mapping[str, Any], path: str) -> Upload:
    s3 = _object(record, "s3", path)
    bucket = _object(s3, "bucket", f"{path}.s3")
    s3_object = _object(s3, "object", f"{path}.s3")
    path_of_object = f"{path}.s3.object"
    upload = Upload(
        bucket=_text(bucket, "name", f"{path}.s3.bucket"),
        key=_decoded(_text(s3_object, "key", path_of_object), path_of_object),
        version_id=_optional_text(s3_object, "versionId", path_of_object),
        etag=_text(s3_object, "eTag", path_of_object),
        sequencer=_optional_text(s3_object, "sequencer", path_of_object),
        size=_size(s3_object, path_of_object),
    )
    if upload.version_id is None and upload.sequencer is None:
        raise EventError(
            f"Expected a versionId or a sequencer at {path_of_object}: without one, two uploads "
            f"of a key cannot be told apart. Got {_names(s3_object)}."
        )
    return upload


def _decoded(key: str, path: str) -> str:
    """Undo S3's URL-encoding of a key, in which `+` is a space."""
    try:
        decoded = urllib.parse.unquote_plus(key, errors="strict")
        decoded.encode()
    except (UnicodeDecodeError, UnicodeEncodeError) as error:
        raise EventError(
            f"Expected a URL-encoded UTF-8 key at {path}.key, got {shown(key)} ({error.reason})."
        ) from error
    return decoded


def _object(parent: Mapping[str, Any], name: str, path: str) -> Mapping[str, Any]:
    value = parent.get(name)
    if not isinstance(value, dict):
        raise EventError(f"Expected an object at {path}.{name}, got {shown(value)}.")
    return value


def _text(parent: Mapping[str, Any], name: str, path: str) -> str:
    value = parent.get(name)
    if not isinstance(value, str) or not value:
        raise EventError(f"Expected a text at {path}.{name}, got {shown(value)}.")
    return value


def _optional_text(parent: Mapping[str, Any], name: str, path: str) -> str | None:
    return None if parent.get(name) is None else _text(parent, name, path)


def _size(s3_object: Mapping[str, Any], path: str) -> int:
    value = s3_object.get("size")
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise EventError(f"Expected a number of bytes at {path}.size, got {shown(value)}.")
    return value


def _names(value: Mapping[str, Any]) -> str:
    return f"the members {', '.join(sorted(value))}" if value else "no members"


def shown(value: object) -> str:
    """Repeat an unexpected value in an error, or its beginning."""
    text = repr(value)
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}..."
