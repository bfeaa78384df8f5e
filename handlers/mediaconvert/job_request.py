"""The CreateJob request: the branch's job document plus what only the upload can say."""

import copy
import hashlib
import json
from typing import Any, Final

from handlers.mediaconvert import output_key
from handlers.mediaconvert.output_groups import PLAYLIST_EXTENSIONS, group_settings
from handlers.names import JobMetadata
from handlers.settings import SubmitJobSettings
from handlers.upload import Upload

NUMBER: Final = ".0000000"
"""What MediaConvert adds where an output is many files: a frame's number, or a segment's `_00001`.
Room is left for it in every output, which only shortens keys that are nearly too long anyway."""

FRAGMENT_NUMBER: Final = "_000000001"
"""What it adds to segments of fragmented mp4, in DASH and CMAF. AWS does not document it; public
manifests that MediaConvert wrote have it."""

CHOSEN_EXTENSION: Final = "m3u8"
"""The longest extension that MediaConvert chooses itself when a document gives none."""


def job_request(
    document: dict[str, Any], upload: Upload, attempt: int, settings: SubmitJobSettings
) -> dict[str, Any]:
    """Fill in the job document for one upload.

    Args:
        document: The branch's job document; it is not changed. A `Destination` in it is what
            follows the stem of every source.
        upload: What to render.
        attempt: Number of the attempt, from 1.
        settings: The branch.

    Returns:
        A complete CreateJob request. The same arguments give the same request, token included, so
        that MediaConvert answers a repetition within its minute with the job it has.
    """
    request = copy.deepcopy(document)
    request["Queue"] = settings.pipeline_arn
    request["Role"] = settings.pipeline_role_arn
    request["UserMetadata"] = job_metadata(upload, attempt, settings)
    request["ClientRequestToken"] = _token(request["UserMetadata"])
    request["Settings"]["Inputs"][0]["FileInput"] = f"s3://{upload.bucket}/{upload.key}"
    groups = request["Settings"]["OutputGroups"]
    stem = output_key.stem(upload.key, max(_endings(groups), key=len))
    for group in groups:
        group_settings(group)["Destination"] = f"s3://{settings.output_bucket}/{stem}{_tail(group)}"
    return request


def job_metadata(upload: Upload, attempt: int, settings: SubmitJobSettings) -> dict[str, str]:
    """Name the job's fan-out, preset, upload and attempt: what its events and lists carry back."""
    return {
        JobMetadata.FANOUT: settings.fanout,
        JobMetadata.PRESET: settings.preset,
        JobMetadata.UPLOAD: upload.digest,
        JobMetadata.ATTEMPT: str(attempt),
    }


def _token(metadata: dict[str, str]) -> str:
    """Digest the metadata to 64 characters, MediaConvert's limit for a ClientRequestToken."""
    return hashlib.sha256(json.dumps(metadata, sort_keys=True).encode()).hexdigest()


def _tail(group: dict[str, Any]) -> str:
    """Read what the document puts between stem and name modifier: a folder, for a playlist."""
    tail: str = group_settings(group).get("Destination", "")
    return tail


def _endings(groups: list[dict[str, Any]]) -> list[str]:
    return [_ending(group, output) for group in groups for output in group["Outputs"]]


def _ending(group: dict[str, Any], output: dict[str, Any]) -> str:
    is_fragmented = "mpd" in PLAYLIST_EXTENSIONS.get(group["OutputGroupSettings"]["Type"], ())
    number = FRAGMENT_NUMBER if is_fragmented else NUMBER
    extension = output.get("Extension", CHOSEN_EXTENSION)
    return f"{_tail(group)}{output['NameModifier']}{number}.{extension}"
