"""What a dead letter tells, and what goes back into the queue for it."""

from typing import TYPE_CHECKING, Any

import pytest

from handlers.events import write_notice
from handlers.ledger.branches import Branch
from operate.letter import Letter, LetterError
from tests.operate.cloud import upload_of

if TYPE_CHECKING:
    from types_boto3_sqs.type_defs import MessageTypeDef

BRANCH = Branch(preset="720p", queue_url="queue", dead_letter_queue_url="dlq")
KEY = "trips/a b+c.mp4"


def letter(
    body: str = write_notice(upload_of(KEY)), *, moved: bool = False, **attributes: str
) -> Letter:
    """A letter as SQS hands it over."""
    system = {"SentTimestamp": "1800000000000"}
    if moved:
        system["DeadLetterQueueSourceArn"] = "arn:aws:sqs:eu-central-1:111122223333:720p"
    message: Any = {
        "MessageId": "m",
        "ReceiptHandle": "r",
        "Body": body,
        "Attributes": system,
        "MessageAttributes": {
            name: {"DataType": "String", "StringValue": text, "StringListValues": []}
            for name, text in attributes.items()
        },
    }
    received: MessageTypeDef = message
    return Letter.from_message(BRANCH, received)


def texts(attributes: Any) -> dict[str, str]:
    """The attributes that are sent, by name."""
    assert all("String" == value["DataType"] for value in attributes.values())
    return {name: value["StringValue"] for name, value in attributes.items()}


@pytest.mark.parametrize(("failed", "asked_for"), [("1", "2"), ("9", "10")])
def test_a_letter_of_a_function_asks_for_the_next_attempt(failed: str, asked_for: str) -> None:
    """The reason is kept; what was true of the failed attempt alone is not."""
    written = letter(attempt=failed, code="1010", reason="No.", key=KEY, job_id="j")

    assert {"attempt": asked_for, "code": "1010", "reason": "No."} == texts(written.redriven())


def test_a_letter_without_an_attempt_is_of_the_first() -> None:
    """What no function could read has no number, and the second attempt is asked for."""
    written = letter("no notice", code="unreadable", reason="Not JSON.")

    assert 1 == written.attempt
    assert "2" == texts(written.redriven())["attempt"]


def test_what_was_set_aside_without_a_reason_goes_on_as_it_is() -> None:
    """Its attempt has not come to an end, so it asks for the same once more."""
    backfill = letter(attempt="1", unless_rendered="true")

    assert backfill.code is None
    assert {"attempt": "1", "unless_rendered": "true"} == texts(backfill.redriven())


def test_the_code_of_the_attempt_before_is_no_reason() -> None:
    """A retry carries why it was needed; when SQS moves it, the retry itself has not failed."""
    moved = letter(moved=True, attempt="2", code="1999", reason="An unexpected error.")

    assert (None, None, 2) == (moved.code, moved.reason, moved.attempt)
    assert {"attempt": "2", "code": "1999", "reason": "An unexpected error."} == texts(
        moved.redriven()
    )


def test_only_what_sqs_takes_is_sent() -> None:
    """SQS hands members of an attribute over that it refuses to take."""
    assert {"DataType": "String", "StringValue": "true"} == letter(
        unless_rendered="true"
    ).redriven()["unless_rendered"]


@pytest.mark.parametrize("attempt", ["two", "-1", "1.5", "²", " "])
def test_a_spoilt_number_stops_only_its_letter(attempt: str) -> None:
    """The letter can be listed; to send it on is refused with what is wrong."""
    spoilt = letter(attempt=attempt, code="1010", reason="No.")

    assert spoilt.attempt is None
    with pytest.raises(LetterError, match=f"attempt is {attempt!r}; expected a whole number"):
        spoilt.redriven()


def test_keys_are_read_from_the_notice() -> None:
    """The attribute is for people: it may be cut, or have characters replaced."""
    assert (KEY,) == letter(code="1010", reason="No.", key="trips/a b�").keys


def test_a_letter_that_is_no_notice_has_the_key_that_its_attribute_says() -> None:
    """And none when there is no such attribute."""
    assert ("a.mp4",) == letter("no notice", code="x", key="a.mp4").keys
    assert () == letter("no notice", code="unreadable").keys


@pytest.mark.parametrize(
    ("code", "key", "expected"),
    [
        (None, None, True),
        ("1010", None, True),
        ("1999", None, False),
        ("none", None, False),
        (None, KEY, True),
        (None, "trips/a", False),
        ("1010", KEY, True),
        ("1010", "b.mp4", False),
    ],
)
def test_a_letter_matches_what_was_asked_for(
    code: str | None, key: str | None, *, expected: bool
) -> None:
    """Code and key are compared as they are, and both have to be right."""
    assert expected is letter(code="1010", reason="No.").matches(code, key)


def test_letters_without_a_code_can_be_asked_for() -> None:
    """The word for that is `none`."""
    assert letter().matches("none", None)
    assert letter(moved=True, code="1999").matches("none", None)
