"""What a job will have written, known before it has."""

from typing import Any

import pytest

from components.presets import PresetArgs, resolve
from components.presets.job_settings import job_document
from handlers.mediaconvert.job_request import job_request
from handlers.mediaconvert.output_groups import bucket_and_key, expected_outputs, playlists
from handlers.settings import SubmitJobSettings
from handlers.upload import Upload


@pytest.mark.parametrize(
    ("preset", "outputs"),
    [
        ({"name": "720p"}, ["trips/a-720p.mp4"]),
        ({"name": "adaptive", "kind": "hls"}, ["trips/a-adaptive/index.m3u8"]),
        ({"name": "both", "kind": "cmaf"}, ["trips/a-both/index.m3u8"]),
        ({"name": "stills", "kind": "thumbnails"}, [None, None, "trips/a-stills.mp4"]),
        ({"name": "sound", "kind": "audio"}, ["trips/a-sound.m4a"]),
    ],
    ids=lambda value: value["name"] if isinstance(value, dict) else None,
)
def test_each_group_is_known_by_one_object(
    preset: PresetArgs, outputs: list[str | None], upload: Upload, settings: SubmitJobSettings
) -> None:
    """A file, or a playlist; of stills nobody can say beforehand how many there will be."""
    [resolved] = resolve([preset])
    request = job_request(job_document(resolved), upload, 1, settings)

    assert [output and f"s3://output-720p/{output}" for output in outputs] == expected_outputs(
        request["Settings"]
    )


@pytest.mark.parametrize(
    ("kind", "member", "extension"),
    [
        ("HLS_GROUP_SETTINGS", "HlsGroupSettings", "m3u8"),
        ("DASH_ISO_GROUP_SETTINGS", "DashIsoGroupSettings", "mpd"),
        ("CMAF_GROUP_SETTINGS", "CmafGroupSettings", "m3u8"),
        ("MS_SMOOTH_GROUP_SETTINGS", "MsSmoothGroupSettings", "ism"),
    ],
)
def test_a_packaged_group_is_known_by_its_playlist(kind: str, member: str, extension: str) -> None:
    """Each kind of package has a playlist of its own kind, at the group's destination."""
    settings: dict[str, Any] = {"Type": kind, member: {"Destination": "s3://out/a/index"}}
    groups = [{"OutputGroupSettings": settings, "Outputs": []}]

    assert [f"s3://out/a/index.{extension}"] == expected_outputs({"OutputGroups": groups})


@pytest.mark.parametrize(
    ("switches", "expected"),
    [
        ({}, ["mpd", "m3u8"]),
        ({"WriteHlsManifest": "ENABLED", "WriteDashManifest": "ENABLED"}, ["mpd", "m3u8"]),
        ({"WriteHlsManifest": "DISABLED"}, ["mpd"]),
        ({"WriteDashManifest": "DISABLED"}, ["m3u8"]),
    ],
)
def test_a_cmaf_group_has_the_playlists_that_its_job_asks_for(
    switches: dict[str, str], expected: list[str]
) -> None:
    """Both by default; one that is left out is not waited for."""
    settings = {"Destination": "s3://out/a/index", **switches}
    group = {
        "OutputGroupSettings": {"Type": "CMAF_GROUP_SETTINGS", "CmafGroupSettings": settings},
        "Outputs": [],
    }

    assert [f"s3://out/a/index.{extension}" for extension in expected] == playlists(group)
    assert [f"s3://out/a/index.{expected[-1]}"] == expected_outputs({"OutputGroups": [group]})


def test_a_uri_is_split_at_its_first_slash() -> None:
    """A key may hold anything, slashes and schemes included."""
    assert ("out", "a//s3://b.mp4") == bucket_and_key("s3://out/a//s3://b.mp4")
