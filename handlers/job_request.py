"""The CreateJob request: the branch's job document plus what only the upload can say."""

import copy
import hashlib
import json
from typing import Any, Final

from handlers import output_key
from handlers.names import JobMetadata
from handlers.settings import Settings
from handlers.upload import Upload

LONGEST_EXTENSION: Final = "0000000.jpg"
"""What MediaConvert adds at most where a document leaves it the extension: a frame's number too."""


def job_request(
    document: dict[str, Any], upload: Upload, attempt: int, settings: Settings
) -> dict[str, Any]:
    """Fill in the job document for one upload.

    Args:
        document: The branch's job document; it is not changed.
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
    for group in request["Settings"]["OutputGroups"]:
        _group_settings(group)["Destination"] = _destination(group, upload, settings)
    return request


def job_metadata(upload: Upload, attempt: int, settings: Settings) -> dict[str, str]:
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


def _group_settings(group: dict[str, Any]) -> dict[str, Any]:
    """Find the object that the group's type names: FILE_GROUP_SETTINGS -> FileGroupSettings."""
    settings: dict[str, Any] = group["OutputGroupSettings"]
    member: dict[str, Any] = settings[settings["Type"].title().replace("_", "")]
    return member


def _destination(group: dict[str, Any], upload: Upload, settings: Settings) -> str:
    endings = [
        f"{output['NameModifier']}.{output.get('Extension', LONGEST_EXTENSION)}"
        for output in group["Outputs"]
    ]
    stem = output_key.stem(upload.key, max(endings, key=len))
    return f"s3://{settings.output_bucket}/{stem}"
