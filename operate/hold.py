"""Receives dead letters, hides them from other consumers meanwhile, and gives them back."""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from handlers.ledger.branches import Branch
from operate.clients import THREADS
from operate.letter import Letter
from operate.printable import counted
from operate.progress import ON_STANDARD_ERROR, Progress

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient
    from types_boto3_sqs.type_defs import MessageTypeDef

BATCH: Final = 10
"""Messages per call. The most that SQS takes and gives."""

WAIT_SECONDS: Final = 1
"""How long a receive waits for messages. With 0, SQS asks only some of its servers, and a queue
may seem empty that is not."""

RECEIVERS: Final = 8
"""Receives at one time, from one queue."""

LETTERS_PER_RECEIVER: Final = 100
"""Letters for which one more receiver makes the reading faster."""

HOLD_SECONDS: Final = 120
"""How long letters stay hidden when the process is killed before it gives them back."""

LETTERS_PER_SECOND: Final = 20
"""Letters that a slow connection receives and sends on: the letters of a long queue are hidden for
longer."""

LONGEST_HOLD_SECONDS: Final = 43_200
"""The longest that SQS hides a message."""


@dataclass(frozen=True)
class _Held:
    letter: Letter
    until: float
    """When SQS shows it again by itself."""


@dataclass(frozen=True)
class _Size:
    """How many messages there are, by SQS's count, which may be a minute old."""

    visible: int
    hidden: int

    @property
    def receivers(self) -> int:
        return min(RECEIVERS, 1 + self.visible // LETTERS_PER_RECEIVER)

    @property
    def hold_seconds(self) -> int:
        return min(HOLD_SECONDS + self.visible // LETTERS_PER_SECOND, LONGEST_HOLD_SECONDS)


class Hold:
    """Letters that no other consumer receives meanwhile.

    Use it in a `with` block. When the block ends, also by an error, the letters that were not
    deleted go back to their queues. If the process is killed, SQS shows them again after two
    minutes, and after up to a second more for each 20 letters of a long queue.

    A letter that arrives later than the others stays in its queue: one that is redriven and fails
    again at once is not redriven twice.
    """

    def __init__(
        self,
        sqs: "SQSClient",
        clock: Callable[[], float] = time.monotonic,
        progress: Progress = ON_STANDARD_ERROR,
    ) -> None:
        """Use a client.

        Args:
            sqs: The client; it may be used by several threads.
            clock: Seconds from any beginning.
            progress: Is told how far it is.
        """
        self._progress = progress
        self._sqs = sqs
        self._clock = clock
        self._lock = threading.Lock()
        self._held: dict[str, _Held] = {}

    def __enter__(self) -> Self:
        """Return the hold, without letters."""
        return self

    def take(self, branches: Sequence[Branch]) -> list[Letter]:
        """Receive every letter of these branches once, and hide it.

        Returns:
            The letters, by preset, the oldest first.

        Raises:
            ClientError, BotoCoreError: SQS refused.
        """
        stop = threading.Event()
        with ThreadPoolExecutor(THREADS) as threads:
            sizes = list(threads.map(self._size, branches))
            with self._progress.counting(
                "letters read", sum(size.visible for size in sizes)
            ) as count:
                receivers = [
                    threads.submit(self._receive, branch, size.hold_seconds, stop, count)
                    for branch, size in zip(branches, sizes, strict=True)
                    for _ in range(size.receivers)
                ]
                try:
                    for receiver in as_completed(receivers):
                        receiver.result()
                finally:
                    stop.set()
        hidden = sum(size.hidden for size in sizes)
        if hidden:
            self._progress.say(
                f"Another command holds about {counted(hidden, 'more letter')}. "
                "Run this command again when it has ended."
            )
        letters = (held.letter for held in self._held.values())
        return sorted(letters, key=lambda letter: (letter.branch.preset, letter.sent_at))

    def has(self, letter: Letter) -> bool:
        """Tell whether a letter is still held: neither deleted nor shown again by SQS."""
        held = self._held.get(letter.message_id)
        return held is not None and self._clock() < held.until

    def delete(self, letter: Letter) -> None:
        """Delete a letter from its queue.

        Raises:
            ClientError, BotoCoreError: SQS refused.
        """
        self._sqs.delete_message(
            QueueUrl=letter.branch.dead_letter_queue_url, ReceiptHandle=letter.receipt_handle
        )
        with self._lock:
            del self._held[letter.message_id]

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Give the letters back.

        Raises:
            ClientError, BotoCoreError: SQS refused; it shows the letters again by itself.
        """
        letters = [held.letter for held in self._held.values() if self.has(held.letter)]
        with ThreadPoolExecutor(THREADS) as threads:
            refused = sum(threads.map(self._give_back, _batches(letters)))
        if refused:
            self._progress.say(
                f"SQS did not take {counted(refused, 'letter')} back. "
                "What is hidden shows again by itself within minutes."
            )

    def _size(self, branch: Branch) -> _Size:
        attributes = self._sqs.get_queue_attributes(
            QueueUrl=branch.dead_letter_queue_url,
            AttributeNames=[
                "ApproximateNumberOfMessages",
                "ApproximateNumberOfMessagesNotVisible",
            ],
        )["Attributes"]
        return _Size(
            visible=int(attributes["ApproximateNumberOfMessages"]),
            hidden=int(attributes["ApproximateNumberOfMessagesNotVisible"]),
        )

    def _receive(
        self,
        branch: Branch,
        hold_seconds: int,
        stop: threading.Event,
        count: Callable[[int], None],
    ) -> None:
        """Receive until an answer has no new letter."""
        while not stop.is_set():
            until = self._clock() + hold_seconds
            messages = self._sqs.receive_message(
                QueueUrl=branch.dead_letter_queue_url,
                MaxNumberOfMessages=BATCH,
                VisibilityTimeout=hold_seconds,
                WaitTimeSeconds=WAIT_SECONDS,
                MessageAttributeNames=["All"],
                MessageSystemAttributeNames=["All"],
            ).get("Messages", [])
            news = self._keep(branch, messages, until)
            if not news:
                return
            count(news)

    def _keep(self, branch: Branch, messages: Iterable["MessageTypeDef"], until: float) -> int:
        """Hold messages, and count the new ones: SQS may deliver one twice."""
        letters = [Letter.from_message(branch, message) for message in messages]
        with self._lock:
            before = len(self._held)
            self._held |= {letter.message_id: _Held(letter, until) for letter in letters}
            return len(self._held) - before

    def _give_back(self, letters: Sequence[Letter]) -> int:
        answer = self._sqs.change_message_visibility_batch(
            QueueUrl=letters[0].branch.dead_letter_queue_url,
            Entries=[
                {
                    "Id": str(number),
                    "ReceiptHandle": letter.receipt_handle,
                    "VisibilityTimeout": 0,
                }
                for number, letter in enumerate(letters)
            ],
        )
        return len(answer.get("Failed", []))


def _batches(letters: Iterable[Letter]) -> list[list[Letter]]:
    """Make batches of letters of one queue, as large as SQS takes."""
    by_queue: dict[str, list[Letter]] = {}
    for letter in letters:
        by_queue.setdefault(letter.branch.dead_letter_queue_url, []).append(letter)
    return [
        letters[start : start + BATCH]
        for letters in by_queue.values()
        for start in range(0, len(letters), BATCH)
    ]
