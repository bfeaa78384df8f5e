"""A service that throttles makes reconcile wait; it does not make a run fail."""

from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from bench.simulated import PRESETS, SimulatedCloud
from handlers.names import Count
from handlers.pauses import FIRST_PAUSE, LONGEST_PAUSE, OutOfTimeError, Pauses
from handlers.reconcile import handler
from tests.handlers.fakes import client_error

if TYPE_CHECKING:
    from collections.abc import Callable

UPLOADS = 120


@pytest.fixture
def cloud() -> SimulatedCloud:
    """A bucket of lost uploads."""
    return SimulatedCloud(UPLOADS, lambda _: timedelta(days=1), knows_all=False)


def throttle(service: object, operation: str, code: str, times: int) -> None:
    """Refuse an operation's first calls."""
    work: Callable[..., Any] = getattr(service, operation)
    calls = count()

    def refuse(**request: Any) -> Any:
        if next(calls) < times:
            raise client_error(code, 400)
        return work(**request)

    setattr(service, operation, refuse)


@pytest.mark.parametrize(
    ("service", "operation", "code"),
    [
        ("s3", "list_object_versions", "SlowDown"),
        ("table", "batch_get_item", "ProvisionedThroughputExceededException"),
        ("table", "put_item", "ThrottlingException"),
        ("sqs", "send_message_batch", "RequestThrottled"),
    ],
)
def test_a_throttled_call_is_made_again_after_a_pause(
    cloud: SimulatedCloud, service: str, operation: str, code: str
) -> None:
    """Whichever service it is, all that was lost is found in the same run."""
    throttle(getattr(cloud, service), operation, code, times=3)
    answer = handler({"task": "uploads"}, cloud.runtime, lambda: True)

    assert (True, 2 * UPLOADS) == (answer["finished"], answer[Count.ASKED_FOR])
    assert [UPLOADS] * 2 == [len(cloud.sqs.sent[preset]) for preset in PRESETS]


def test_a_service_that_throttles_for_ever_ends_the_run_where_it_was(
    cloud: SimulatedCloud,
) -> None:
    """The run is not finished, the next one goes on, and nothing has failed."""
    throttle(cloud.table, "batch_get_item", "ThrottlingException", times=10**6)
    until = cloud.meter.seconds + 100
    answer = handler({"task": "uploads"}, cloud.runtime, lambda: cloud.meter.seconds < until)

    assert {"finished": False, "place": ""} == answer


def test_an_error_that_is_no_throttling_is_raised(cloud: SimulatedCloud) -> None:
    """A permission that is missing is not waited for."""
    throttle(cloud.s3, "list_object_versions", "AccessDenied", times=1)

    with pytest.raises(ClientError, match="AccessDenied"):
        handler({"task": "uploads"}, cloud.runtime, lambda: True)


def test_keys_that_dynamodb_left_unread_are_read(cloud: SimulatedCloud) -> None:
    """What is in UnprocessedKeys is asked for again, and is not taken for unknown."""
    cloud.table.knows_all = True
    whole = cloud.table.batch_get_item

    def read_half(**request: Any) -> dict[str, Any]:
        [(table, wanted)] = request["RequestItems"].items()
        half = -(-len(wanted["Keys"]) // 2)
        answer = whole(RequestItems={table: {"Keys": wanted["Keys"][:half]}})
        left = wanted["Keys"][half:]
        return {**answer, "UnprocessedKeys": {table: {"Keys": left}} if left else {}}

    cloud.table.batch_get_item = read_half  # type: ignore[method-assign] # a fake of a fake
    answer = handler({"task": "uploads"}, cloud.runtime, lambda: True)

    assert {"finished": True, "place": "", "looked_at": UPLOADS, "known": UPLOADS} == answer


def test_messages_that_sqs_did_not_take_are_sent_again(cloud: SimulatedCloud) -> None:
    """A batch may be taken in part; the rest follows, and no message is sent twice."""
    whole = cloud.sqs.send_message_batch

    def take_half(**request: Any) -> dict[str, Any]:
        entries = request["Entries"]
        half = -(-len(entries) // 2)
        whole(QueueUrl=request["QueueUrl"], Entries=entries[:half])
        failed = [{"Id": each["Id"], "SenderFault": False} for each in entries[half:]]
        return {"Failed": failed} if failed else {}

    cloud.sqs.send_message_batch = take_half  # type: ignore[method-assign] # the same
    handler({"task": "uploads"}, cloud.runtime, lambda: True)

    bodies = [message["MessageBody"] for message in cloud.sqs.sent[PRESETS[0]]]
    assert UPLOADS == len(bodies) == len(set(bodies))


def test_a_message_that_sqs_refuses_for_good_is_an_error(cloud: SimulatedCloud) -> None:
    """It would be refused for ever."""
    failed = [{"Id": "0", "SenderFault": True, "Code": "InvalidMessageContents"}]
    cloud.sqs.send_message_batch = lambda **_: {"Failed": failed}  # type: ignore[method-assign] # the same

    with pytest.raises(ClientError, match="InvalidMessageContents"):
        handler({"task": "uploads"}, cloud.runtime, lambda: True)


def test_pauses_double_up_to_a_limit_and_begin_anew() -> None:
    """A call that works ends the row."""
    slept: list[float] = []
    pauses = Pauses(lambda: True, slept.append)
    for _ in range(8):
        pauses.wait()
    pauses.patiently(lambda: None)
    pauses.wait()

    assert [FIRST_PAUSE, 2 * FIRST_PAUSE] == slept[:2]
    assert LONGEST_PAUSE == max(slept) == slept[7]
    assert FIRST_PAUSE == slept[8]


def test_no_pause_when_the_time_is_over() -> None:
    """There would be nothing after it."""
    with pytest.raises(OutOfTimeError):
        Pauses(lambda: False, lambda _: None).wait()
