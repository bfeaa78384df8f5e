"""What is told of uploads, and which failures are tried again."""

import json
from typing import Any

from docs.markdown import fence, table
from handlers.announcement import of_asset
from handlers.ledger.asset import Asset
from handlers.ledger.rendition import Rendition, State
from handlers.mediaconvert.refusal import DAY_SECONDS, ENDS, End
from handlers.retry_policy import RETRIES
from handlers.upload import Upload

_UPLOAD = Upload(
    bucket="videoconverter-input-0a1b2c3",
    key="trips/a.mp4",
    version_id="3HL4kqtJlcpXroDTDmJ",
    etag="d41d8cd98f00b204e9800998ecf8427e",
    sequencer=None,
    size=750_000_000,
)


def announcement() -> str:
    """The announcement of an asset of which one rendition is complete and one was given up."""
    renditions = [
        _rendition(
            "1080p",
            State.COMPLETE,
            job_id="1671476818694-phptj0",
            outputs=[
                {
                    "bucket": "videoconverter-output-1080p-0a1b2c3",
                    "key": "trips/a-1080p.mp4",
                    "duration_ms": 600_040,
                    "width": 1920,
                    "height": 1080,
                }
            ],
        ),
        _rendition(
            "720p",
            State.DEAD,
            job_id="1671476818711-k2m4x9",
            failure={"code": "1401", "reason": "Access denied."},
        ),
    ]
    asset = Asset(
        upload=_UPLOAD,
        ends={rendition.preset: rendition.state for rendition in renditions},
        revision=2,
        settled_revision=0,
        since=0,
        looks=0,
    )
    body = json.loads(of_asset(asset, renditions, "videoconverter-topic-0a1b2c3").body)
    return fence("json", json.dumps(body, indent=2))


def retries() -> str:
    """The job errors that are tried again."""
    by_times: dict[int, list[str]] = {}
    for code, times in RETRIES.items():
        by_times.setdefault(times, []).append(code)
    return table(
        ("MediaConvert's job error", "Further attempts"),
        ((", ".join(codes), str(times)) for times, codes in sorted(by_times.items())),
    )


def ends() -> str:
    """Every class of refusals, and how it ends."""
    return table(
        ("Refused by", "With", "Tried again", "Then"),
        (
            (", ".join(sorted(end.calls)), end.answers, _tried_again(end), end.then)
            for end in ENDS.values()
        ),
    )


def _tried_again(end: End) -> str:
    if not end.tried_for:
        return "no"
    days, rest = divmod(end.tried_for, DAY_SECONDS)
    hours, minutes = rest // 3_600, rest % 3_600 // 60
    units = ((days, "days"), (hours, "h"), (minutes, "min"))
    return f"for {' '.join(f'{n} {unit}' for n, unit in units if n)}, {end.start}"


def _rendition(preset: str, state: State, **known: Any) -> Rendition:
    return Rendition.from_item(
        {
            "upload": vars(_UPLOAD),
            "preset": preset,
            "state": state,
            "attempt": 1,
            "claimed_at": 0,
            **known,
        }
    )
