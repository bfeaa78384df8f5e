"""The MediaConvert job of a preset: what each setting promises about the rendition."""

from collections.abc import Iterator
from typing import Any

import pytest

from components.job_settings import complete_for_check, job_document
from components.presets import CATALOGUE, Preset
from components.service_model import check_job

_PRESET = Preset(
    name="phone", width=640, height=360, quality=6, max_bitrate=700_000, audio_bitrate=96_000
)


@pytest.fixture
def document() -> dict[str, Any]:
    """Return the job document of a preset whose numbers are all different."""
    return job_document(_PRESET)


@pytest.fixture
def output(document: dict[str, Any]) -> Any:
    """Return its only output."""
    (group,) = document["Settings"]["OutputGroups"]
    (only,) = group["Outputs"]
    return only


def _names(document: Any) -> Iterator[str]:
    if isinstance(document, dict):
        yield from document
        for value in document.values():
            yield from _names(value)
    elif isinstance(document, list):
        for value in document:
            yield from _names(value)


@pytest.mark.parametrize("preset", CATALOGUE.values(), ids=CATALOGUE)
def test_every_catalogue_preset_is_a_valid_job(preset: Preset) -> None:
    """MediaConvert's model accepts the job of each catalogue preset."""
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


def test_the_picture_is_fitted_and_not_enlarged(output: dict[str, Any]) -> None:
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


def test_the_bitrate_has_a_ceiling_and_a_buffer_of_two_seconds(output: dict[str, Any]) -> None:
    """Quality decides the bitrate, up to the preset's ceiling."""
    h264 = output["VideoDescription"]["CodecSettings"]["H264Settings"]

    assert ("QVBR", {"QvbrQualityLevel": 6}, 700_000, 1_400_000) == (
        h264["RateControlMode"],
        h264["QvbrSettings"],
        h264["MaxBitrate"],
        h264["HrdBufferSize"],
    )


def test_players_can_seek_to_every_second_second(output: dict[str, Any]) -> None:
    """A key frame that nothing reaches over stands at every second second."""
    h264 = output["VideoDescription"]["CodecSettings"]["H264Settings"]

    assert ("SECONDS", 2.0, 1) == (h264["GopSizeUnits"], h264["GopSize"], h264["GopClosedCadence"])


def test_the_sound_is_stereo_aac_of_the_preset(output: dict[str, Any]) -> None:
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


def test_the_rendition_plays_from_its_first_bytes(output: dict[str, Any]) -> None:
    """The index of the mp4 stands in front."""
    assert {
        "Container": "MP4",
        "Mp4Settings": {"MoovPlacement": "PROGRESSIVE_DOWNLOAD"},
    } == output["ContainerSettings"]


def test_the_rendition_is_named_after_its_preset(output: dict[str, Any]) -> None:
    """`a.mp4` becomes `a-phone.mp4`."""
    assert ("-phone", "mp4") == (output["NameModifier"], output["Extension"])


def test_nothing_leaves_the_basic_tier(document: dict[str, Any]) -> None:
    """No setting is one that MediaConvert bills at the professional tier."""
    (group,) = document["Settings"]["OutputGroups"]
    codec = group["Outputs"][0]["VideoDescription"]["CodecSettings"]

    assert {"Mode": "DISABLED"} == document["AccelerationSettings"]
    assert ("H_264", "SINGLE_PASS_HQ") == (
        codec["Codec"],
        codec["H264Settings"]["QualityTuningLevel"],
    )
    assert set() == {"VideoPreprocessors", "AdvancedInputFilter", "BandwidthReductionFilter"} & set(
        _names(document)
    )


def test_costs_are_split_by_the_pipeline(document: dict[str, Any]) -> None:
    """Billing takes its tags from the queue, which is the preset's pipeline."""
    assert "QUEUE" == document["BillingTagsSource"]
