"""Output groups of a job: where their settings are, and what they will have written."""

from collections.abc import Mapping
from typing import Any, Final

PLAYLIST_EXTENSIONS: Final = {
    "HLS_GROUP_SETTINGS": ("m3u8",),
    "DASH_ISO_GROUP_SETTINGS": ("mpd",),
    "CMAF_GROUP_SETTINGS": ("mpd", "m3u8"),
    "MS_SMOOTH_GROUP_SETTINGS": ("ism",),
}
"""What MediaConvert adds to the destination of a group for its playlists, by the group's type, in
the order of its events."""

_SWITCHES: Final = {"mpd": "WriteDashManifest", "m3u8": "WriteHlsManifest"}
"""Settings of a CMAF group that leave a playlist out. It has both by default, as the model's
description of `AdditionalManifests` says."""

FIRST_STILL: Final = ".0000000"
"""What MediaConvert puts before the extension of the first frame that it captures."""


def group_settings(group: Mapping[str, Any]) -> dict[str, Any]:
    """Find the object that the group's type names: FILE_GROUP_SETTINGS -> FileGroupSettings."""
    settings: dict[str, Any] = group["OutputGroupSettings"]
    member: dict[str, Any] = settings[settings["Type"].title().replace("_", "")]
    return member


def playlists(group: Mapping[str, Any]) -> list[str]:
    """Name the playlists of a group; there is none where it writes files."""
    settings = group_settings(group)
    return [
        f"{settings['Destination']}.{extension}"
        for extension in PLAYLIST_EXTENSIONS.get(group["OutputGroupSettings"]["Type"], ())
        if settings.get(_SWITCHES.get(extension, "")) != "DISABLED"
    ]


def output_uri(group: Mapping[str, Any], output: Mapping[str, Any]) -> str | None:
    """Name what an event tells of an output: its file, its playlist, or the first of its stills.

    Returns:
        An `s3://` URI; None when MediaConvert chooses the name, or its events name none. They name
        playlists of outputs for HLS and Smooth Streaming alone (the User Guide, "Output file names
        and paths").
    """
    kind = group["OutputGroupSettings"]["Type"]
    base = f"{group_settings(group)['Destination']}{output['NameModifier']}"
    if kind in PLAYLIST_EXTENSIONS:
        return f"{base}.m3u8" if kind == "HLS_GROUP_SETTINGS" else None
    if "Extension" not in output:
        return None
    first = FIRST_STILL if output["ContainerSettings"]["Container"] == "RAW" else ""
    return f"{base}{first}.{output['Extension']}"


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
    if group["OutputGroupSettings"]["Type"] in PLAYLIST_EXTENSIONS:
        return next(reversed(playlists(group)), None)
    output = group["Outputs"][0]
    is_stills = output["ContainerSettings"]["Container"] == "RAW"
    return None if is_stills else output_uri(group, output)


def bucket_and_key(uri: str) -> tuple[str, str]:
    """Split an `s3://` URI."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key
