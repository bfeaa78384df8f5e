"""What is announced on the completed topic: the end of a rendition, and of an asset."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from handlers.ledger.asset import Asset
from handlers.ledger.rendition import Rendition
from handlers.names import AnnouncementAttribute
from handlers.upload import Upload

RENDITION: Final = "rendition"
ASSET: Final = "asset"

MAX_BYTES: Final = 262_144 - 1_024
"""SNS's limit for a message, less what the attributes take."""


@dataclass(frozen=True, kw_only=True)
class Announcement:
    """A message for the completed topic."""

    body: str
    """JSON."""
    attributes: Mapping[AnnouncementAttribute, str]
    """What subscribers can filter by."""


def of_rendition(rendition: Rendition, fanout: str) -> Announcement:
    """Tell how a rendition ended.

    The same attempt has the same `announcement_id` each time, so that a consumer can drop what it
    has seen.
    """
    body = {
        "type": RENDITION,
        "announcement_id": _id(
            RENDITION, rendition.upload, rendition.preset, rendition.attempt, rendition.state
        ),
        "fanout": fanout,
        "source": _source(rendition.upload),
        **_end(rendition),
    }
    return Announcement(
        body=_json(body),
        attributes={
            AnnouncementAttribute.TYPE: RENDITION,
            AnnouncementAttribute.STATE: rendition.state,
            AnnouncementAttribute.PRESET: rendition.preset,
        },
    )


def of_asset(asset: Asset, renditions: Sequence[Rendition], fanout: str) -> Announcement:
    """Tell how all renditions of an upload ended.

    The same revision has the same `announcement_id` each time. Where the outputs of all renditions
    do not fit into one message they are left out, and `outputs_left_out` is true: each rendition's
    own announcement has them.
    """
    known = {(rendition.preset, str(rendition.state)): rendition for rendition in renditions}
    ends = sorted(asset.ends.items())
    body: dict[str, Any] = {
        "type": ASSET,
        "announcement_id": _id(ASSET, asset.upload, asset.revision),
        "revision": asset.revision,
        "fanout": fanout,
        "source": _source(asset.upload),
        "renditions": [
            _end(known[preset, state])
            if (preset, state) in known
            else {"preset": preset, "state": state}
            for preset, state in ends
        ],
        "outputs_left_out": False,
    }
    if len(_json(body).encode()) > MAX_BYTES:
        body["renditions"] = [{"preset": preset, "state": state} for preset, state in ends]
        body["outputs_left_out"] = True
    return Announcement(body=_json(body), attributes={AnnouncementAttribute.TYPE: ASSET})


def _end(rendition: Rendition) -> dict[str, Any]:
    return {
        "preset": rendition.preset,
        "state": rendition.state,
        "attempt": rendition.attempt,
        "job_id": rendition.job_id,
        "failure": asdict(rendition.failure) if rendition.failure else None,
        "outputs": [asdict(output) for output in rendition.outputs],
    }


def _source(upload: Upload) -> dict[str, Any]:
    return {name: value for name, value in asdict(upload).items() if name != "sequencer"}


def _id(kind: str, upload: Upload, *parts: str | int) -> str:
    return hashlib.sha256(json.dumps((kind, upload.digest, *parts)).encode()).hexdigest()


def _json(body: Mapping[str, Any]) -> str:
    return json.dumps(body)
