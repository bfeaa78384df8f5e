"""What a dead letter says, and that SQS accepts it."""

import re
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from handlers.dead_letter import message_attributes, send_dead_letter
from handlers.names import MessageAttribute

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

XML_TEXT = re.compile(r"[\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]{1,1024}")


def test_a_dead_letter_is_the_message_with_its_reason(sqs: "SQSClient") -> None:
    """The body arrives as it was sent, with what is known and without what is not."""
    queue_url = sqs.create_queue(QueueName="dlq")["QueueUrl"]

    send_dead_letter(
        sqs,
        queue_url,
        "the body",
        {
            MessageAttribute.CODE: "BadRequestException",
            MessageAttribute.REASON: "No.",
            MessageAttribute.KEY: None,
        },
    )

    [letter] = sqs.receive_message(QueueUrl=queue_url, MessageAttributeNames=["All"])["Messages"]
    assert "the body" == letter["Body"]
    assert {"code": "BadRequestException", "reason": "No."} == {
        name: value["StringValue"] for name, value in letter["MessageAttributes"].items()
    }


def test_what_sqs_refuses_is_left_out_cut_or_replaced() -> None:
    """An empty value is left out, a long one cut, and a control character replaced."""
    attributes = message_attributes(
        {
            MessageAttribute.CODE: "",
            MessageAttribute.REASON: "x" * 5000,
            MessageAttribute.KEY: "a\0b\x1b\ufffe\ud800\tc🎬",
        }
    )

    assert {
        "reason": {"DataType": "String", "StringValue": "x" * 1024},
        "key": {"DataType": "String", "StringValue": "a�b���\tc🎬"},
    } == attributes


@given(st.text(st.characters(), min_size=1))
def test_any_text_becomes_a_value_that_sqs_accepts(value: str) -> None:
    """Whatever a reason or a key holds, the dead letter can be sent."""
    attribute = message_attributes({MessageAttribute.REASON: value})["reason"]

    assert XML_TEXT.fullmatch(attribute["StringValue"])
