"""What can go wrong while letters are sent on."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

    from tests.operate.cloud import Cloud


class KilledError(BaseException):
    """The command dies here: nothing after it happens, and nobody may catch it."""


@dataclass
class Unlucky:
    """SQS, with something that goes wrong."""

    sqs: "SQSClient"
    killed_before_delete: bool = False
    refused_body: str = ""
    fails_again: "Cloud | None" = None

    def send_message(self, **request: Any) -> Any:
        """Refuse one body, or let what is sent fail again at once."""
        if self.refused_body and self.refused_body in request["MessageBody"]:
            answer: Any = {"Error": {"Code": "AccessDenied", "Message": "Not yours"}}
            raise ClientError(answer, "SendMessage")
        if self.fails_again:
            self.fails_again.bury("a.mp4", attempt=2)
        return self.sqs.send_message(**request)

    def delete_message(self, **request: Any) -> Any:
        """Die, or delete."""
        if self.killed_before_delete:
            raise KilledError
        return self.sqs.delete_message(**request)

    def __getattr__(self, name: str) -> Any:
        """Do everything else as SQS does."""
        return getattr(self.sqs, name)

    def as_client(self) -> "SQSClient":
        """The fake, to whoever expects boto3's client."""
        return cast("SQSClient", self)
