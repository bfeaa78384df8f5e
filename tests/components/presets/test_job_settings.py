"""The MediaConvert job of a preset: what each setting promises about the rendition."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from components.presets.catalogue import CATALOGUE
from components.presets.job_settings import complete_for_check, job_document
from components.presets.preset import Mp4, Picture, Preset, Sound
from components.presets.professional_tier import costly_settings
from components.presets.service_model import check_job

_PICTURE = Picture(width=640, height=360, quality=6, max_bitrate=700_000)
_SOUND = Sound(bitrate=96_000)
_PRESET = Preset(name="phone", pipeline="phone", rendition=Mp4(picture=_PICTURE, sound=_SOUND))


def _output(preset: Preset) -> Any:
    (group,) = job_document(preset)["Settings"]["OutputGroups"]
    (only,) = group["Outputs"]
    return only


def _with_picture(**changes: Any) -> Preset:
    return replace(_PRESET, rendition=Mp4(picture=replace(_PICTURE, **changes), sound=_SOUND))


@pytest.fixture
def document() -> dict[str, Any]:
    """Return the job document of a preset whose numbers are all different."""
    return job_document(_PRESET)


@pytest.fixture
def output() -> Any:
    """Return its only output."""
    return _output(_PRESET)


def _names(document: Any) -> Iterator[str]:
    if isinstance(document, dict):
        yield from document
        for value in document.values():
            yield from _names(value)
    elif isinstance(document, list):
        for value in document:
            yield from _names(value)


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_catalogue_preset_is_a_valid_job(name: str) -> None:
    """MediaConvert's model accepts the job of each catalogue preset."""
    preset = Preset(name=name, pipeline=name, rendition=CATALOGUE[name])

    assert [] == check_job(complete_for_check(job_document(preset)))


def test_what_an_upload_decides_is_left_open(document: dict[str, Any]) -> None:
    """The document says nothing that only the stack or the upload can know."""
    open_names = {
        *("Queue", "Role", "UserMetadata", "ClientRequestToken", "FileInput", "Destination")
    }

    assert set() == open_names & set(_names(document))


def test_placeholders_leave_the_document_alone(document: dict[str, Any]) -> None:
    """Completing a document for validation returns another one."""
    complete_for_check(document)

    assert job_document(_PRESET) == document


def test_a_document_is_not_shared() -> None:
    """Each call returns a document of its own, free to be filled in."""
    job_document(_PRESET)["Settings"]["Inputs"][0]["FileInput"] = "s3://in/a.mp4"

    assert "FileInput" not in job_document(_PRESET)["Settings"]["Inputs"][0]


def test_the_picture_is_fitted_and_not_enlarged(output: Any) -> None:
    """The picture is shrunk into the preset's box, never enlarged and never padded."""
    video = output["VideoDescription"]

    assert (640, 360, "FIT_NO_UPSCALE") == (
        video["Width"],
        video["Height"],
        video["ScalingBehavior"],
    )


def test_the_picture_is_upright(document: dict[str, Any]) -> None:
    """The rotation that a phone records is applied."""
    assert "AUTO" == document["Settings"]["Inputs"][0]["VideoSelector"]["Rotate"]


def test_the_bitrate_has_a_ceiling_and_a_buffer_of_two_seconds(output: Any) -> None:
    """Quality decides the bitrate, up to the preset's ceiling."""
    h264 = output["VideoDescription"]["CodecSettings"]["H264Settings"]

    assert ("QVBR", {"QvbrQualityLevel": 6}, 700_000, 1_400_000) == (
        h264["RateControlMode"],
        h264["QvbrSettings"],
        h264["MaxBitrate"],
        h264["HrdBufferSize"],
    )


def test_players_can_seek_to_every_second_second(output: Any) -> None:
    """A key frame that nothing reaches over stands at every second second."""
    h264 = output["VideoDescription"]["CodecSettings"]["H264Settings"]

    assert ("SECONDS", 2.0, 1) == (h264["GopSizeUnits"], h264["GopSize"], h264["GopClosedCadence"])


def test_the_sound_is_stereo_aac_of_the_preset(output: Any) -> None:
    """The sound is AAC LC, stereo, 48 kHz, at the preset's bitrate."""
    (audio,) = output["AudioDescriptions"]

    assert {
        "CodecProfile": "LC",
        "RateControlMode": "CBR",
        "Bitrate": 96_000,
        "SampleRate": 48_000,
        "CodingMode": "CODING_MODE_2_0",
    } == audio["CodecSettings"]["AacSettings"]


def test_a_silent_file_is_no_error(document: dict[str, Any]) -> None:
    """No track is named, since MediaConvert fails a file that lacks a named track."""
    (selector,) = document["Settings"]["Inputs"][0]["AudioSelectors"].values()

    assert {"DefaultSelection": "DEFAULT"} == selector


def test_the_rendition_plays_from_its_first_bytes(output: Any) -> None:
    """The index of the mp4 stands in front."""
    assert {
        "Container": "MP4",
        "Mp4Settings": {"MoovPlacement": "PROGRESSIVE_DOWNLOAD"},
    } == output["ContainerSettings"]


def test_the_rendition_is_named_after_its_preset(output: Any) -> None:
    """`a.mp4` becomes `a-phone.mp4`."""
    assert ("-phone", "mp4") == (output["NameModifier"], output["Extension"])


def test_nothing_leaves_the_basic_tier(document: dict[str, Any]) -> None:
    """No setting is one that MediaConvert bills at the professional tier."""
    assert [] == list(costly_settings(document))


def test_the_frame_rate_follows_the_source(output: Any) -> None:
    """Unless the preset says otherwise, frames are neither dropped nor repeated."""
    h264 = output["VideoDescription"]["CodecSettings"]["H264Settings"]

    assert "INITIALIZE_FROM_SOURCE" == h264["FramerateControl"]


def test_the_frame_rate_can_be_set() -> None:
    """A preset's frame rate is written as the fraction that it is."""
    output = _output(_with_picture(frame_rate=Fraction(30_000, 1_001)))
    h264 = output["VideoDescription"]["CodecSettings"]["H264Settings"]

    assert ("SPECIFIED", 30_000, 1_001) == (
        h264["FramerateControl"],
        h264["FramerateNumerator"],
        h264["FramerateDenominator"],
    )


def test_hdr_is_mapped_unasked(output: Any) -> None:
    """HDR is tone-mapped to BT.709, and nothing else is done to a picture."""
    assert {"ColorCorrector": {"ColorSpaceConversion": "FORCE_709"}} == output["VideoDescription"][
        "VideoPreprocessors"
    ]


def test_hdr_can_be_kept() -> None:
    """A preset can leave HDR as it is; then there are no preprocessors at all."""
    assert "VideoPreprocessors" not in _output(_with_picture(hdr_to_sdr=False))["VideoDescription"]


def test_deinterlacing_leaves_progressive_frames_alone() -> None:
    """Only frames that are marked as interlaced are touched."""
    output = _output(_with_picture(deinterlace=True))

    assert {
        "Deinterlacer": {"Mode": "ADAPTIVE", "Control": "NORMAL", "Algorithm": "INTERPOLATE"}
    }.items() <= output["VideoDescription"]["VideoPreprocessors"].items()


def test_mono_is_one_channel() -> None:
    """A sound of one channel has MediaConvert's coding mode for it."""
    preset = replace(
        _PRESET, rendition=Mp4(picture=_PICTURE, sound=Sound(bitrate=64_000, channels=1))
    )
    (audio,) = _output(preset)["AudioDescriptions"]

    assert "CODING_MODE_1_0" == audio["CodecSettings"]["AacSettings"]["CodingMode"]


def test_the_priority_goes_with_the_job() -> None:
    """A priority is written where it is not MediaConvert's default."""
    urgent = job_document(replace(_PRESET, priority=7))

    assert (7, None) == (urgent["Priority"], job_document(_PRESET).get("Priority"))


def test_costs_are_split_by_the_pipeline(document: dict[str, Any]) -> None:
    """Billing takes its tags from the queue, which is the preset's pipeline."""
    assert "QUEUE" == document["BillingTagsSource"]
