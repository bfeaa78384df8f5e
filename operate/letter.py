"""A dead letter: what it contains, and what is sent when it is redriven."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Self, cast

from handlers.dead_letter import message_attributes
from handlers.delivery import FIRST_ATTEMPT
from handlers.events import EventError, read_uploads
from handlers.ledger.branches import Branch
from handlers.names import MessageAttribute
from handlers.upload import Upload
from operate.durations import ago

if TYPE_CHECKING:
    from types_boto3_sqs.type_defs import MessageAttributeValueTypeDef, MessageTypeDef

CELLS: Final = ("preset", "key", "version", "code", "reason", "job", "attempt", "age")
"""The columns of a letter's row."""

NO_CODE: Final = "none"
"""What stands for the code of a letter without one, in tables and in `--code`."""

SET_ASIDE: Final = (
    "SQS or SNS moved it here after too many failed deliveries; no function wrote a reason."
)

SENDABLE: Final = frozenset({"DataType", "StringValue", "BinaryValue"})
"""Members of a message attribute that SQS takes. It returns two more, which are reserved."""


class LetterError(ValueError):
    """A letter cannot be redriven; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One message of a branch's dead-letter queue, as it was received."""

    branch: Branch
    message_id: str
    receipt_handle: str
    """SQS deletes it, or gives it back, by this handle."""
    body: str
    attributes: Mapping[str, "MessageAttributeValueTypeDef"]
    sent_at: datetime
    """When a function wrote it; if SQS moved it, when it was first sent to its queue."""
    has_reason: bool
    """Whether a function wrote it and gave a reason; SQS and SNS give none."""

    @classmethod
    def from_message(cls, branch: Branch, message: "MessageTypeDef") -> Self:
        """Read a message that was received with all its attributes."""
        attributes = {
            name: cast(
                "MessageAttributeValueTypeDef",
                {part: content for part, content in value.items() if part in SENDABLE},
            )
            for name, value in message.get("MessageAttributes", {}).items()
        }
        system = message["Attributes"]
        return cls(
            branch=branch,
            message_id=message["MessageId"],
            receipt_handle=message["ReceiptHandle"],
            body=message["Body"],
            attributes=attributes,
            sent_at=datetime.fromtimestamp(int(system["SentTimestamp"]) / 1000, UTC),
            # What SQS itself moved may carry the code of the attempt before.
            has_reason=MessageAttribute.CODE in attributes
            and "DeadLetterQueueSourceArn" not in system,
        )

    @property
    def code(self) -> str | None:
        """The code of the failure; None without a reason."""
        return self._text(MessageAttribute.CODE) if self.has_reason else None

    @property
    def reason(self) -> str | None:
        """The failure in a sentence; None without a reason."""
        return self._text(MessageAttribute.REASON) if self.has_reason else None

    @property
    def job_id(self) -> str | None:
        """The MediaConvert job that failed, if there was one."""
        return self._text(MessageAttribute.JOB_ID)

    @cached_property
    def uploads(self) -> tuple[Upload, ...]:
        """The uploads in its body: one in a notification of S3, none in anything else."""
        try:
            return read_uploads(self.body)
        except EventError:
            return ()

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of these uploads; without uploads, the key in its attribute, if there is one."""
        if self.uploads:
            return tuple(upload.key for upload in self.uploads)
        key = self._text(MessageAttribute.KEY)
        return (key,) if key else ()

    @property
    def attempt(self) -> int | None:
        """Number of the attempt that failed; None if the attribute is not a number."""
        text = self._text(MessageAttribute.ATTEMPT)
        if text is None:
            return FIRST_ATTEMPT
        return int(text) if text.isascii() and text.isdigit() else None

    def matches(self, code: str | None, key: str | None) -> bool:
        """Tell whether a filter selects it.

        Args:
            code: The code, `none` for letters without one, or None for all.
            key: The key of an upload, or None for all.
        """
        return code in (None, self.code or NO_CODE) and (key is None or key in self.keys)

    def redriven(self) -> "Mapping[str, MessageAttributeValueTypeDef]":
        """The attributes with which its body goes back into the branch's queue.

        A letter with a reason asks for the next attempt and keeps the reason. A letter that SQS or
        SNS moved keeps all attributes, because its attempt has not ended.

        Raises:
            LetterError: The number of its attempt is not a number.
        """
        if not self.has_reason:
            return self.attributes
        if self.attempt is None:
            raise LetterError(
                f"Its attribute {MessageAttribute.ATTEMPT} is "
                f"{self._text(MessageAttribute.ATTEMPT)!r}; expected a whole number. "
                "Send its body to the preset's queue without it, then delete the letter."
            )
        return message_attributes(
            {
                MessageAttribute.ATTEMPT: str(self.attempt + 1),
                MessageAttribute.CODE: self.code,
                MessageAttribute.REASON: self.reason,
            }
        )

    def as_json(self, now: datetime) -> dict[str, Any]:
        """Its line of `--json`. The members are an interface: other tools read them."""
        return {
            "preset": self.branch.preset,
            "keys": list(self.keys),
            "version_ids": [upload.version_id for upload in self.uploads],
            "code": self.code,
            "reason": self.reason,
            "job_id": self.job_id,
            "attempt": self.attempt,
            "sent_at": self.sent_at.isoformat(timespec="seconds"),
            "age_seconds": round((now - self.sent_at).total_seconds()),
            "message_id": self.message_id,
        }

    def cells(self, now: datetime) -> tuple[str, ...]:
        """Its row of the table, one cell for each of `CELLS`."""
        return (
            self.branch.preset,
            ", ".join(self.keys),
            ", ".join(upload.version_id or "" for upload in self.uploads),
            self.code or NO_CODE,
            self.reason or SET_ASIDE,
            self.job_id or "",
            str(self.attempt or "?"),
            ago(now - self.sent_at),
        )

    def _text(self, name: MessageAttribute) -> str | None:
        value = self.attributes.get(name)
        return value.get("StringValue") if value else None
