"""Output groups of a job: where their settings are, and what they will have written."""

from collections.abc import Mapping
from typing import Any, Final

PLAYLIST_EXTENSIONS: Final = {
    "HLS_GROUP_SETTINGS": "m3u8",
    "DASH_ISO_GROUP_SETTINGS": "mpd",
    "CMAF_GROUP_SETTINGS": "m3u8",
    "MS_SMOOTH_GROUP_SETTINGS": "ism",
}
"""What MediaConvert adds to the destination of a group for its playlist, by the group's type."""


def group_settings(group: Mapping[str, Any]) -> dict[str, Any]:
    """Find the object that the group's type names: FILE_GROUP_SETTINGS -> FileGroupSettings."""
    settings: dict[str, Any] = group["OutputGroupSettings"]
    member: dict[str, Any] = settings[settings["Type"].title().replace("_", "")]
    return member


def expected_outputs(settings: Mapping[str, Any]) -> list[str | None]:
    """Name an object that each output group of a job writes.

    Args:
        settings: The job's `Settings`, destinations filled in.

    Returns:
        One `s3://` URI for each group, or None where only the job can tell, as for stills: how
        many there are depends on the source.
    """
    return [_expected_output(group) for group in settings["OutputGroups"]]


def _expected_output(group: Mapping[str, Any]) -> str | None:
    destination = group_settings(group)["Destination"]
    kind = group["OutputGroupSettings"]["Type"]
    if kind in PLAYLIST_EXTENSIONS:
        return f"{destination}.{PLAYLIST_EXTENSIONS[kind]}"
    output = group["Outputs"][0]
    if output["ContainerSettings"]["Container"] == "RAW" or "Extension" not in output:
        return None
    return f"{destination}{output['NameModifier']}.{output['Extension']}"


def bucket_and_key(uri: str) -> tuple[str, str]:
    """Split an `s3://` URI."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key
