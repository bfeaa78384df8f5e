"""Looking at dead letters takes nothing away, and takes nobody else's."""

import itertools
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.exceptions import ClientError

from handlers.ledger.branches import Branch
from operate import redrive
from operate.hold import Hold
from tests.operate.cloud import Cloud

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

BRANCH = Branch(preset="720p", queue_url="q", dead_letter_queue_url="dlq")


def message(message_id: str, receipt: str) -> dict[str, Any]:
    """A message as SQS hands it over."""
    return {
        "MessageId": message_id,
        "ReceiptHandle": receipt,
        "Body": "{}",
        "Attributes": {"SentTimestamp": "1800000000000"},
    }


@dataclass
class FakeQueue:
    """A queue that answers as it is told to."""

    answers: list[list[dict[str, Any]]]
    """What the receives bring, one after the other; then nothing."""
    refuses_to_take_back: bool = False
    given_back: list[str] = field(default_factory=list)

    def get_queue_attributes(self, **_: Any) -> dict[str, Any]:
        """Count."""
        return {
            "Attributes": {
                "ApproximateNumberOfMessages": "3",
                "ApproximateNumberOfMessagesNotVisible": "0",
            }
        }

    def receive_message(self, **_: Any) -> dict[str, Any]:
        """Hand the next messages over; SQS leaves the member out when there are none."""
        return {"Messages": self.answers.pop(0)} if self.answers else {}

    def change_message_visibility_batch(self, **request: Any) -> dict[str, Any]:
        """Take messages back, or refuse to."""
        if self.refuses_to_take_back:
            return {"Failed": request["Entries"]}
        self.given_back += [entry["ReceiptHandle"] for entry in request["Entries"]]
        return {"Successful": request["Entries"]}

    def as_client(self) -> "SQSClient":
        """The fake, to whoever expects boto3's client."""
        return cast("SQSClient", self)


def test_every_letter_is_seen_once_and_stays(busy_cloud: Cloud) -> None:
    """300 letters in two queues are all read, all given back unchanged, and read again."""
    for number in range(150):
        busy_cloud.bury(f"{number}.mp4")
        busy_cloud.bury(f"{number}.mp4", "1080p")
    before = busy_cloud.letters("720p"), busy_cloud.letters("1080p")

    for _ in range(2):
        with Hold(busy_cloud.sqs) as hold:
            letters = hold.take(busy_cloud.branches)

        assert {"720p": 150, "1080p": 150} == Counter(each.branch.preset for each in letters)
        assert 300 == len({each.message_id for each in letters})
        assert {"720p": (0, 0), "1080p": (0, 0), "720p-dlq": (150, 0), "1080p-dlq": (150, 0)} == (
            busy_cloud.sizes()
        )
    assert before == (busy_cloud.letters("720p"), busy_cloud.letters("1080p"))


def test_letters_are_hidden_while_they_are_held(cloud: Cloud) -> None:
    """Nobody else gets them meanwhile."""
    cloud.bury("a.mp4")

    with Hold(cloud.sqs) as hold:
        hold.take(cloud.branches)

        assert [] == cloud.letters()
    assert 1 == len(cloud.letters())


def test_letters_come_back_when_something_goes_wrong(cloud: Cloud) -> None:
    """Whatever ends the block, Ctrl-C too."""
    cloud.bury("a.mp4")

    def interrupted() -> None:
        with Hold(cloud.sqs) as hold:
            hold.take(cloud.branches)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert (1, 0) == cloud.sizes()["720p-dlq"]


@dataclass
class Endless(FakeQueue):
    """A queue that never ends, beside one at which the operator presses Ctrl-C."""

    receives: "itertools.count[int]" = field(default_factory=itertools.count)

    def receive_message(self, **request: Any) -> dict[str, Any]:
        """Interrupt, or hand a new message over, but not for ever."""
        if request["QueueUrl"] == "interrupted":
            raise KeyboardInterrupt
        number = next(self.receives)
        assert number < 100_000, "nobody stopped reading"
        return {"Messages": [message(str(number), str(number))]}


def test_letters_come_back_when_reading_them_is_interrupted() -> None:
    """Reading stops in all queues, and what was in hand by then is given back."""
    queue = Endless([])
    interrupted = Branch(preset="x", queue_url="x", dead_letter_queue_url="interrupted")

    with pytest.raises(KeyboardInterrupt), Hold(queue.as_client()) as hold:
        hold.take([BRANCH, interrupted])

    assert set(map(str, range(next(queue.receives)))) == set(queue.given_back)


def test_letters_come_back_when_another_queue_cannot_be_read(cloud: Cloud) -> None:
    """A queue that is gone ends the command, and what the others gave is given back."""
    cloud.bury("a.mp4")
    gone = Branch(preset="gone", queue_url="q", dead_letter_queue_url="https://sqs.example/1/gone")
    sqs = NoSizes(cloud.sqs)

    with pytest.raises(ClientError, match="NonExistentQueue"), Hold(sqs.as_client()) as hold:
        hold.take([*cloud.branches, gone])

    assert (1, 0) == cloud.sizes()["720p-dlq"]


@dataclass
class NoSizes:
    """SQS, but any queue can be counted, even one that does not exist."""

    sqs: "SQSClient"

    def get_queue_attributes(self, **_: Any) -> dict[str, Any]:
        """Count nothing."""
        return FakeQueue([]).get_queue_attributes()

    def __getattr__(self, name: str) -> Any:
        """Do everything else as SQS does."""
        return getattr(self.sqs, name)

    def as_client(self) -> "SQSClient":
        """The fake, to whoever expects boto3's client."""
        return cast("SQSClient", self)


def test_what_arrives_later_is_not_held(cloud: Cloud) -> None:
    """A letter that is written while others are in hand stays visible to everybody."""
    cloud.bury("a.mp4")

    with Hold(cloud.sqs) as hold:
        letters = hold.take(cloud.branches)
        cloud.bury("b.mp4")

        assert [("a.mp4",)] == [each.keys for each in letters]
        assert (1, 1) == cloud.sizes()["720p-dlq"]


def test_what_somebody_else_has_in_hand_is_said(
    cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    """A listing that is not complete says how much is missing."""
    cloud.bury("a.mp4")
    with Hold(cloud.sqs) as somebody_else:
        somebody_else.take(cloud.branches)
        capsys.readouterr()

        with Hold(cloud.sqs) as hold:
            assert [] == hold.take(cloud.branches)

        assert "Another command holds about 1 more letter." in capsys.readouterr().err


def test_a_letter_that_sqs_gives_twice_is_one_letter() -> None:
    """SQS delivers at least once. The latest receipt is the one that counts."""
    queue = FakeQueue([[message("a", "old"), message("b", "b")], [message("a", "new")]])

    with Hold(queue.as_client()) as hold:
        letters = hold.take([BRANCH])

    assert ["a", "b"] == sorted(each.message_id for each in letters)
    assert ["b", "new"] == sorted(queue.given_back)


def test_it_ends_although_letters_come_back_meanwhile() -> None:
    """Reading stops at an answer without news, even when there always is an answer."""
    queue = FakeQueue([[message("a", str(number))] for number in range(9)])

    with Hold(queue.as_client()) as hold:
        assert 1 == len(hold.take([BRANCH]))

    assert 7 == len(queue.answers)


def test_what_came_back_by_itself_is_left_alone() -> None:
    """It may be in somebody else's hands by now, who would lose it."""
    time = [0.0]
    queue = FakeQueue([[message("a", "r")]])

    with Hold(queue.as_client(), clock=lambda: time[0]) as hold:
        [letter] = hold.take([BRANCH])
        assert hold.has(letter)
        time[0] = 120.0

        assert not hold.has(letter)
    assert [] == queue.given_back


def test_what_cannot_be_given_back_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """The letters are not lost, but hidden for a while."""
    queue = FakeQueue([[message("a", "r")]], refuses_to_take_back=True)

    with Hold(queue.as_client()) as hold:
        hold.take([BRANCH])

    assert (
        "SQS did not take 1 letter back. What is hidden shows again by itself within minutes."
        in (capsys.readouterr().err)
    )


def test_listing_beside_a_redrive_loses_nothing(busy_cloud: Cloud) -> None:
    """Each letter is either sent on, once, or still in its queue."""
    for number in range(100):
        busy_cloud.bury(f"{number}.mp4")
    start = threading.Barrier(2)

    def list_them() -> None:
        start.wait()
        with Hold(busy_cloud.sqs) as hold:
            hold.take(busy_cloud.branches)

    def send_them() -> None:
        start.wait()
        with Hold(busy_cloud.sqs) as hold:
            redrive.redrive(busy_cloud.sqs, hold, hold.take(busy_cloud.branches))

    with ThreadPoolExecutor() as threads:
        for each in [threads.submit(list_them), threads.submit(send_them)]:
            each.result()
    bodies = [each["body"] for each in busy_cloud.letters() + busy_cloud.messages()]
    assert 100 == len(bodies) == len(set(bodies))
