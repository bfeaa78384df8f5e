"""What is announced, and how large it may be."""

import json
from dataclasses import replace

import pytest

from handlers import announcement
from handlers.ledger.asset import Asset
from handlers.ledger.rendition import Output, Rendition, State
from handlers.upload import Upload

SNS_MAXIMUM = 262_144
"""Bytes: SNS's own."""


@pytest.fixture
def rendition(upload: Upload) -> Rendition:
    """A complete rendition."""
    return Rendition(
        upload=upload,
        preset="720p",
        state=State.COMPLETE,
        attempt=1,
        claimed_at=0,
        ended_at=0,
        unresolved_since=None,
        deliveries=0,
        retries=0,
        job_id="job-1",
        failure=None,
        outputs=(Output(bucket="output-720p", key="trips/a-720p.mp4"),),
        owed=frozenset(),
        since=None,
        looks=0,
        is_overtaken=False,
        late_jobs=frozenset(),
        ended_jobs=frozenset(),
    )


def asset(upload: Upload, ends: dict[str, str]) -> Asset:
    """An asset that has not been announced."""
    return Asset(
        upload=upload,
        ends=ends,
        revision=len(ends),
        settled_revision=0,
        since=0,
        looks=0,
        previous=None,
    )


def test_a_rendition_can_be_filtered_by_what_it_is(rendition: Rendition) -> None:
    """Type, state and preset are attributes of the message."""
    assert {"type": "rendition", "state": "complete", "preset": "720p"} == dict(
        announcement.of_rendition(rendition, "fanout").attributes
    )


def test_the_same_end_has_the_same_id_and_another_end_another(rendition: Rendition) -> None:
    """Attempt, state, preset and upload make an end; when it is told does not."""
    ends = [
        rendition,
        replace(rendition, attempt=2),
        replace(rendition, state=State.DEAD),
        replace(rendition, preset="1080p"),
        replace(rendition, upload=replace(rendition.upload, version_id="2")),
    ]
    ids = [
        json.loads(announcement.of_rendition(end, "fanout").body)["announcement_id"]
        for end in (*ends, replace(rendition, looks=5))
    ]

    assert ids[0] == ids[5]
    assert 5 == len(set(ids))


@pytest.mark.parametrize(
    ("end", "is_due"),
    [("complete", True), ("dead", True), ("pending", False), ("superseded", False)],
)
def test_an_asset_is_due_when_all_have_ended(upload: Upload, end: str, *, is_due: bool) -> None:
    """A rendition that is under way delays the announcement, one that is superseded spares it."""
    assert is_due is asset(upload, {"720p": "complete", "1080p": end}).is_due


def test_an_asset_tells_the_ends_that_it_has_noted(rendition: Rendition) -> None:
    """A rendition that is under way again is told as it ended, without what it does now."""
    again = replace(rendition, state=State.CLAIMED, attempt=2)
    told = json.loads(
        announcement.of_asset(
            asset(rendition.upload, {"720p": "dead", "1080p": "canceled"}), [again], "fanout"
        ).body
    )

    assert [
        {"preset": "1080p", "state": "canceled"},
        {"preset": "720p", "state": "dead"},
    ] == told["renditions"]


def test_an_asset_with_hundreds_of_renditions_fits_into_a_message(rendition: Rendition) -> None:
    """Where the outputs of all renditions are too much they are left out, and that is said."""
    key = "é" * 500
    upload = replace(rendition.upload, key=key)
    presets = [f"preset-{number}" for number in range(200)]
    renditions = [
        replace(
            rendition,
            upload=upload,
            preset=preset,
            outputs=(Output(bucket="out", key=f"{key}-{preset}.mp4"),),
        )
        for preset in presets
    ]

    message = announcement.of_asset(
        asset(upload, dict.fromkeys(presets, "complete")), renditions, "fanout"
    )

    told = json.loads(message.body)
    assert len(message.body.encode()) < SNS_MAXIMUM
    assert told["outputs_left_out"] is True
    assert {"preset": "preset-0", "state": "complete"} == told["renditions"][0]
    assert 200 == len(told["renditions"])
