"""Doing what a rendition owes, piece by piece, so that a crash leaves only what is not done yet."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from handlers import announcement, retry_policy
from handlers.announcement import Announcement
from handlers.dead_letter import message_attributes, send_dead_letter
from handlers.events import write_notice
from handlers.ledger import Ledger
from handlers.ledger.asset import Asset
from handlers.ledger.branches import Branch
from handlers.ledger.rendition import Duty, Failure, Rendition, State
from handlers.ledger.renditions import NotMovedError
from handlers.mediaconvert.surplus import remove_surplus
from handlers.names import YES, MessageAttribute
from handlers.observability import logger
from handlers.pauses import Pauses
from handlers.settings import FanoutSettings
from handlers.upload import Upload

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from types_boto3_s3 import S3Client
    from types_boto3_sns import SNSClient
    from types_boto3_sqs import SQSClient

MESSAGES_PER_CALL: Final = 10
"""The most that SendMessageBatch takes."""

OLDER_ONE_STAYS: Final = (
    "It overwrote an earlier upload: a rendition that lies in its place is still of that one."
)
"""What a dead letter adds to its reason where that is so."""

BRANCH_REMOVED: Final = Failure(
    code="branch_removed",
    reason="The preset was removed from the fan-out before its rendition had come to an end.",
)


@dataclass(frozen=True, kw_only=True)
class Ask:
    """A message that asks a branch for a rendition."""

    upload: Upload
    attempt: int
    delay_seconds: int
    """How long it stays hidden, 900 at most."""
    failure: Failure | None = None
    """Why, when an earlier attempt failed."""
    unless_rendered: bool = False
    """Ask only for what the output bucket lacks."""


class Duties:
    """Whoever does what renditions and assets owe."""

    def __init__(
        self,
        ledger: Ledger,
        sqs: "SQSClient",
        sns: "SNSClient",
        settings: FanoutSettings,
        s3: "S3Client | None" = None,
    ) -> None:
        """Use these clients, and the topic that the settings name.

        Args:
            ledger: The ledger.
            sqs: The client.
            sns: The client.
            settings: The fan-out.
            s3: The client of a function that may delete surplus files. One that may not leaves
                that to `reconcile`.
        """
        self._ledger = ledger
        self._sqs = sqs
        self._sns = sns
        self._fanout = settings.fanout
        self._completed_topic_arn = settings.completed_topic_arn
        self._actions: Mapping[Duty, Callable[[Rendition], None]] = {
            Duty.RETRY: self._retry,
            Duty.LATEST: self._render_latest,
            Duty.LETTER: self._send_letter,
            Duty.ANNOUNCEMENT: self._announce_rendition,
            Duty.ASSET: self._tell_asset,
            **({Duty.SURPLUS: partial(self._remove_surplus, s3)} if s3 else {}),
        }

    def do(self, rendition: Rendition) -> None:
        """Do everything that a rendition owes.

        Raises:
            ClientError, BotoCoreError: A service refused; what is done by then stays done.
        """
        for duty, action in self._actions.items():
            if duty in rendition.owed:
                action(rendition)
                try:
                    rendition = self._ledger.renditions.done(rendition, duty)
                except NotMovedError:
                    return  # It has gone on meanwhile, and somebody else does what it owes now.

    def end_without_branch(self, rendition: Rendition) -> None:
        """Cancel a rendition whose branch was removed, unless its job can still end it."""
        try:
            canceled = self._ledger.renditions.move(
                rendition, State.CANCELED, failure=BRANCH_REMOVED
            )
        except NotMovedError:
            return  # It has come to another end.
        self.do(canceled)

    def render_latest(self, upload: Upload, preset: str, job_id: str) -> None:
        """Render the newest upload of a key once more, where it may have been written over.

        Args:
            upload: An upload that was overwritten.
            preset: Name of the preset.
            job_id: Its job, which has ended, in whichever way: part of what it made may be there.
        """
        latest = self._ledger.assets.latest(upload)
        if latest is None or latest.digest is None or latest.digest == upload.digest:
            return
        rendition = self._ledger.renditions.write_over(latest.digest, preset, job_id)
        if rendition is not None and Duty.RETRY in rendition.owed:
            self.do(rendition)

    def settle_asset(self, asset: Asset) -> None:
        """Announce an asset if that is owed, and take it off the list if nothing is pending."""
        if asset.is_pending:
            return
        if asset.is_due:
            renditions = self._ledger.renditions.of_upload(asset.upload.digest)
            if not all(map(asset.tells, renditions)):
                # A rendition has gone on, and with it what this revision would say. Its next end
                # makes a newer one; in other words this one must not be told again.
                return
            self._publish(announcement.of_asset(asset, renditions, self._fanout))
        self._ledger.assets.settle(asset)

    def ask_for(
        self,
        branch: Branch,
        upload: Upload,
        attempt: int,
        *,
        failure: Failure | None = None,
        delay_seconds: int = 0,
        unless_rendered: bool = False,
    ) -> None:
        """Put an upload into a branch's queue, as S3 would.

        Args:
            branch: The branch.
            upload: What is to be rendered.
            attempt: Number of the attempt that is asked for.
            failure: Why, when an earlier attempt failed.
            delay_seconds: How long the message stays hidden, 900 at most.
            unless_rendered: Ask only for what the output bucket lacks.

        Raises:
            ClientError, BotoCoreError: SQS did not take the message.
        """
        ask = Ask(
            upload=upload,
            attempt=attempt,
            failure=failure,
            delay_seconds=delay_seconds,
            unless_rendered=unless_rendered,
        )
        self._sqs.send_message(QueueUrl=branch.queue_url, **_message(ask))

    def ask_for_all(self, branch: Branch, asks: Sequence[Ask], pauses: Pauses) -> None:
        """Put up to ten messages into a branch's queue, in one call if SQS takes them all.

        Args:
            branch: The branch.
            asks: The messages.
            pauses: Waits while SQS is not ready for some.

        Raises:
            OutOfTimeError: That takes longer than there is time.
            ClientError, BotoCoreError: SQS refused, all of them or one for good.
        """
        while asks:
            entries: list[Any] = [{"Id": str(n), **_message(ask)} for n, ask in enumerate(asks)]
            answer = pauses.patiently(
                partial(self._sqs.send_message_batch, QueueUrl=branch.queue_url, Entries=entries)
            )
            failed = answer.get("Failed", [])
            for each in failed:
                if each["SenderFault"]:
                    error: Any = {"Code": each["Code"], "Message": each.get("Message", "")}
                    raise ClientError({"Error": error}, "SendMessageBatch")
            asks = [asks[int(each["Id"])] for each in failed]
            if asks:
                pauses.wait()

    def _retry(self, rendition: Rendition) -> None:
        branch = self._ledger.branches.get(rendition.preset)
        if branch is None:
            self.end_without_branch(rendition)
            return
        self.ask_for(
            branch,
            rendition.upload,
            rendition.attempt + 1,
            failure=rendition.failure,
            delay_seconds=retry_policy.delay(rendition.retries) if rendition.retries else 0,
        )

    def _render_latest(self, rendition: Rendition) -> None:
        if rendition.job_id is not None:
            self.render_latest(rendition.upload, rendition.preset, rendition.job_id)

    def _send_letter(self, rendition: Rendition) -> None:
        branch = self._ledger.branches.get(rendition.preset)
        if branch is None:
            logger.warning("No dead-letter queue: the branch was removed", extra=_extra(rendition))
            return
        send_dead_letter(
            self._sqs,
            branch.dead_letter_queue_url,
            write_notice(rendition.upload),
            {
                **_why(self._failure(rendition)),
                MessageAttribute.KEY: rendition.upload.key,
                MessageAttribute.JOB_ID: rendition.job_id,
                MessageAttribute.ATTEMPT: str(rendition.attempt),
            },
        )
        logger.error("Rendition given up", extra=_extra(rendition))

    def _remove_surplus(self, s3: "S3Client", rendition: Rendition) -> None:
        removed = remove_surplus(s3, rendition.outputs, before=rendition.claimed_at)
        if removed:
            logger.info("Surplus files removed", extra={**_extra(rendition), "files": removed})

    def _failure(self, rendition: Rendition) -> Failure | None:
        """Why a rendition was given up, and what lies in its place then."""
        asset = self._ledger.assets.get(rendition.upload.digest)
        if rendition.failure is None or asset is None or asset.previous is None:
            return rendition.failure
        return replace(rendition.failure, reason=f"{rendition.failure.reason} {OLDER_ONE_STAYS}")

    def _announce_rendition(self, rendition: Rendition) -> None:
        self._publish(announcement.of_rendition(rendition, self._fanout))

    def _tell_asset(self, rendition: Rendition) -> None:
        end = rendition.upload, rendition.preset, rendition.state, rendition.attempt
        asset = self._ledger.assets.tell(*end)
        if asset is None:
            # Its item expired while the rendition was under way; this end is its new beginning.
            self._ledger.assets.note(rendition.upload, [rendition.preset], _unknown)
            asset = self._ledger.assets.tell(*end)
        if asset is not None:
            self.settle_asset(asset)

    def _publish(self, message: Announcement) -> None:
        self._sns.publish(
            TopicArn=self._completed_topic_arn,
            Message=message.body,
            MessageAttributes={
                str(name): {"DataType": "String", "StringValue": text}
                for name, text in message.attributes.items()
            },
        )


def _message(ask: Ask) -> Any:
    return {
        "MessageBody": write_notice(ask.upload),
        "DelaySeconds": ask.delay_seconds,
        "MessageAttributes": message_attributes(
            {
                MessageAttribute.ATTEMPT: str(ask.attempt),
                MessageAttribute.UNLESS_RENDERED: YES if ask.unless_rendered else None,
                **_why(ask.failure),
            }
        ),
    }


def _unknown(_: Upload) -> str | None:
    """Stand in for S3, which not every function may ask: what the ledger knows stays the newest."""
    return None


def _why(failure: Failure | None) -> dict[MessageAttribute, str | None]:
    if failure is None:
        return {}
    return {MessageAttribute.CODE: failure.code, MessageAttribute.REASON: failure.reason}


def _extra(rendition: Rendition) -> dict[str, object]:
    return {
        "key": rendition.upload.key,
        "preset": rendition.preset,
        "attempt": rendition.attempt,
        "job_id": rendition.job_id,
        "code": rendition.failure and rendition.failure.code,
    }
