"""Buckets with many uploads are gone through to their end, however many runs that takes."""

import json
from datetime import timedelta
from typing import Any

from bench.simulated import PAGE, PRESETS, SimulatedCloud, key_of
from handlers.events import read_uploads
from handlers.ledger.table import KEYS_PER_READ
from handlers.pace import MOST
from handlers.reconcile import handler

UPLOADS = 5_000


def reconcile(cloud: SimulatedCloud, **event: Any) -> dict[str, Any]:
    """Invoke the function with all the time in the world."""
    return handler({"task": "uploads", **event}, cloud.runtime, lambda: True)


def keys(cloud: SimulatedCloud, queue: str) -> list[str]:
    """The keys that a queue was asked for."""
    return [
        upload.key
        for message in cloud.sqs.sent[queue]
        for upload in read_uploads(message["MessageBody"])
    ]


def test_five_thousand_lost_uploads_are_all_asked_for_once() -> None:
    """No message is delayed for longer than SQS allows, and each run goes on in the middle."""
    cloud = SimulatedCloud(UPLOADS, lambda _: timedelta(days=1), knows_all=False)
    answers = [reconcile(cloud) for _ in range(3)]

    assert [False, False, True] == [answer["finished"] for answer in answers]
    assert [MOST, MOST, UPLOADS - 2 * MOST] == [answer["looked_at"] for answer in answers]
    for preset in PRESETS:
        assert [key_of(number) for number in range(UPLOADS)] == keys(cloud, preset)


def test_a_place_given_by_the_caller_is_gone_on_from() -> None:
    """The answer's place is as good as the one in the ledger, which then is left alone."""
    cloud = SimulatedCloud(2 * MOST, lambda _: timedelta(days=1), knows_all=False)
    first = reconcile(cloud, place="")
    reconcile(cloud, place=first["place"])

    assert "" == cloud.runtime.ledger.progress.bookmark("uploads").place
    assert [key_of(number) for number in range(2 * MOST)] == keys(cloud, PRESETS[0])


def test_the_place_is_kept_page_by_page() -> None:
    """A function that dies in its third page goes on with that page, not with the first one."""
    cloud = SimulatedCloud(UPLOADS, lambda _: timedelta(days=1), knows_all=True)
    looks_at_the_clock = iter(range(2 * PAGE // KEYS_PER_READ))

    def die() -> bool:
        if next(looks_at_the_clock, None) is None:
            raise KeyboardInterrupt
        return True

    try:
        handler({"task": "uploads"}, cloud.runtime, die)
    except KeyboardInterrupt:
        place = json.loads(cloud.runtime.ledger.progress.bookmark("uploads").place)

    assert key_of(2 * PAGE - 1) == place["KeyMarker"]


def test_uploads_are_read_a_hundred_a_call() -> None:
    """A bucket of known uploads costs ten reads and one list a page, and no message."""
    cloud = SimulatedCloud(UPLOADS, lambda _: timedelta(days=1), knows_all=True)
    answer = reconcile(cloud)

    assert {"finished": True, "place": "", "looked_at": UPLOADS, "known": UPLOADS} == answer
    assert (UPLOADS // PAGE, UPLOADS // 100) == (
        cloud.meter.calls["ListObjectVersions"],
        cloud.meter.calls["BatchGetItem"],
    )
    assert {} == cloud.sqs.sent


def test_what_is_too_old_to_be_lost_costs_no_read() -> None:
    """Only uploads of the last 14 days are looked up in the ledger."""
    cloud = SimulatedCloud(PAGE, lambda _: timedelta(days=15), knows_all=False)

    assert PAGE == reconcile(cloud)["too_old"]
    assert 0 == cloud.table.reads


def test_a_run_whose_time_is_over_stops_within_a_page() -> None:
    """A page may take long; the next run goes on in its middle, and nothing is counted twice."""
    cloud = SimulatedCloud(PAGE, lambda _: timedelta(days=1), knows_all=True)
    time = iter(range(3))
    first = handler({"task": "uploads"}, cloud.runtime, lambda: next(time, None) is not None)
    second = reconcile(cloud)

    assert (False, 3 * KEYS_PER_READ) == (first["finished"], first["looked_at"])
    assert (True, PAGE - 3 * KEYS_PER_READ) == (second["finished"], second["looked_at"])
