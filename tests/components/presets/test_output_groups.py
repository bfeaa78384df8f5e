"""What each kind of preset writes: files, stills, a playlist."""

from itertools import permutations
from typing import Any

import pytest

from components.presets.catalogue import CATALOGUE
from components.presets.job_settings import complete_for_check, job_document
from components.presets.preset import AudioFile, Cmaf, Hls, Preset, Rendition, Sound, Thumbnails
from components.presets.service_model import check_job
from handlers.mediaconvert.output_groups import group_settings

_SOUND = Sound(bitrate=96_000)
_HLS = Hls(
    pictures={name: CATALOGUE[name].picture for name in ("360p", "720p")},
    sound=_SOUND,
    segment_seconds=4,
)
_CMAF = Cmaf(pictures=_HLS.pictures, sound=_SOUND, segment_seconds=4)
_KINDS: dict[str, Rendition] = {
    "mp4": CATALOGUE["720p"],
    "hls": _HLS,
    "cmaf": _CMAF,
    "thumbnails": Thumbnails(),
    "audio": AudioFile(sound=_SOUND),
}


def _groups(rendition: Rendition, name: str = "own") -> list[Any]:
    document = job_document(Preset(name=name, pipeline=name, rendition=rendition))
    groups: list[Any] = document["Settings"]["OutputGroups"]
    return groups


def _outputs(rendition: Rendition) -> list[Any]:
    return [output for group in _groups(rendition) for output in group["Outputs"]]


@pytest.mark.parametrize("kind", _KINDS)
def test_every_kind_is_a_valid_job(kind: str) -> None:
    """MediaConvert's model accepts the job of each kind."""
    preset = Preset(name="own", pipeline="own", rendition=_KINDS[kind])

    assert [] == check_job(complete_for_check(job_document(preset)))


@pytest.mark.parametrize("name", ["own", "poster", "a-poster"])
@pytest.mark.parametrize("kind", _KINDS)
def test_no_ending_is_the_end_of_another(kind: str, name: str) -> None:
    """The files of two sources never meet, whatever the sources and the preset are called."""
    endings = [
        f"{tail}{output['NameModifier']}.{output.get('Extension')}"
        for group in _groups(_KINDS[kind], name)
        for tail in [group_settings(group).get("Destination", "")]
        for output in group["Outputs"]
    ]

    assert not any(one.endswith(other) for one, other in permutations(endings, 2))


def test_stills_are_taken_at_an_interval() -> None:
    """The first frame is captured, then one every so many seconds, into the preset's box."""
    stills, _, _ = _outputs(Thumbnails(width=160, height=90, interval=7))
    video = stills["VideoDescription"]

    assert ("-own", "jpg", {"Container": "RAW"}) == (
        stills["NameModifier"],
        stills["Extension"],
        stills["ContainerSettings"],
    )
    assert (160, 90, "FIT_NO_UPSCALE") == (
        video["Width"],
        video["Height"],
        video["ScalingBehavior"],
    )
    assert {
        "FramerateNumerator": 1,
        "FramerateDenominator": 7,
        "Quality": 80,
    } == video["CodecSettings"]["FrameCaptureSettings"]


def test_the_poster_is_the_second_of_two_captures() -> None:
    """The first frame is captured in any case and is often black; the poster comes after it."""
    _, poster, _ = _outputs(Thumbnails(poster_at=5))
    capture = poster["VideoDescription"]["CodecSettings"]["FrameCaptureSettings"]

    assert ("-own_poster", 1, 5, 2) == (
        poster["NameModifier"],
        capture["FramerateNumerator"],
        capture["FramerateDenominator"],
        capture["MaxCaptures"],
    )


def test_stills_come_with_the_smallest_video() -> None:
    """MediaConvert makes stills beside a video only, so the cheapest one is made."""
    _, _, preview = _outputs(Thumbnails())

    assert ("-own", "mp4", 426, 240) == (
        preview["NameModifier"],
        preview["Extension"],
        preview["VideoDescription"]["Width"],
        preview["VideoDescription"]["Height"],
    )


def test_stills_are_mapped_to_sdr() -> None:
    """What is done to the picture is done to the stills as well."""
    stills, poster, _ = _outputs(Thumbnails())

    assert {"ColorCorrector": {"ColorSpaceConversion": "FORCE_709"}} == (
        stills["VideoDescription"]["VideoPreprocessors"]
    )
    assert "ColorCorrector" in poster["VideoDescription"]["VideoPreprocessors"]


def test_a_sound_file_has_no_picture() -> None:
    """An audio preset writes an m4a that plays from its first bytes."""
    (output,) = _outputs(AudioFile(sound=_SOUND))

    assert ("-own", "m4a", {"MoovPlacement": "PROGRESSIVE_DOWNLOAD"}) == (
        output["NameModifier"],
        output["Extension"],
        output["ContainerSettings"]["Mp4Settings"],
    )
    assert "VideoDescription" not in output
    assert 96_000 == output["AudioDescriptions"][0]["CodecSettings"]["AacSettings"]["Bitrate"]


def test_a_playlist_has_a_folder_of_its_own() -> None:
    """The master playlist is `<stem>-own/index.m3u8`; its parts are named after their sizes."""
    (group,) = _groups(_HLS)
    settings = group["OutputGroupSettings"]

    assert ("HLS_GROUP_SETTINGS", "-own/index") == (
        settings["Type"],
        settings["HlsGroupSettings"]["Destination"],
    )
    assert ["-360p", "-720p"] == [output["NameModifier"] for output in group["Outputs"]]


def test_every_size_is_cut_at_the_same_times() -> None:
    """A player can change sizes at each segment: their lengths are exact, GOPs follow them."""
    (group,) = _groups(_HLS)
    settings = group["OutputGroupSettings"]["HlsGroupSettings"]
    h264 = [
        output["VideoDescription"]["CodecSettings"]["H264Settings"] for output in group["Outputs"]
    ]

    assert (4, "EXACT") == (settings["SegmentLength"], settings["SegmentLengthControl"])
    assert not any({"GopSize", "GopSizeUnits"} & set(each) for each in h264)
    assert [700_000, 4_000_000] == [each["MaxBitrate"] for each in h264]


def test_every_size_has_the_same_sound() -> None:
    """Changing sizes does not change the sound."""
    first, second = _outputs(_HLS)

    assert first["AudioDescriptions"] == second["AudioDescriptions"]


def test_each_track_of_cmaf_is_an_output() -> None:
    """CMAF keeps the sound apart, so that it is encoded once, behind the pictures."""
    *pictures, sound = _outputs(_CMAF)

    assert ["-360p", "-720p", "-audio"] == [each["NameModifier"] for each in [*pictures, sound]]
    assert all("AudioDescriptions" not in picture for picture in pictures)
    assert "VideoDescription" not in sound
    assert _outputs(_HLS)[0]["AudioDescriptions"] == sound["AudioDescriptions"]
    assert [each["VideoDescription"] for each in _outputs(_HLS)] == [
        picture["VideoDescription"] for picture in pictures
    ]


def test_one_set_of_segments_has_two_manifests() -> None:
    """HLS and DASH name the same segments, which are cut at the same times."""
    (group,) = _groups(_CMAF)
    settings = group_settings(group)

    assert ("-own/index", "ENABLED", "ENABLED") == (
        settings["Destination"],
        settings["WriteHlsManifest"],
        settings["WriteDashManifest"],
    )
    assert (4, 4, "EXACT") == (
        settings["SegmentLength"],
        settings["FragmentLength"],
        settings["SegmentLengthControl"],
    )
