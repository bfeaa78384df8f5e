"""What AWS bills beyond MediaConvert's basic tier."""

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from components.presets.professional_tier import FEATURES, Costly, Tier, costly_settings
from components.presets.service_model import check_job
from tests.components.presets.model import model_members

_BASIC = json.loads(
    (Path(__file__).parent / "job_documents" / "1080p.json").read_text(encoding="utf-8")
)
_OUTPUT = "Settings.OutputGroups[0].Outputs[0]"
_VIDEO = f"{_OUTPUT}.VideoDescription"


def _group(job: Any) -> Any:
    return job["Settings"]["OutputGroups"][0]


def _video(job: Any) -> Any:
    return _group(job)["Outputs"][0]["VideoDescription"]


def _h264(job: Any) -> Any:
    return _video(job)["CodecSettings"]["H264Settings"]


def _audio(job: Any) -> Any:
    return _group(job)["Outputs"][0]["AudioDescriptions"][0]


def test_awss_own_mp4_job_is_basic() -> None:
    """The documented single-pass H.264 job names nothing."""
    assert [] == list(costly_settings(_BASIC))


@pytest.mark.parametrize(
    ("change", "setting"),
    [
        pytest.param(
            lambda job: job.update(AccelerationSettings={"Mode": "PREFERRED"}),
            "AccelerationSettings.Mode PREFERRED",
            id="acceleration",
        ),
        pytest.param(
            lambda job: job["Settings"]["Inputs"][0].update(AdvancedInputFilter="ENABLED"),
            "Settings.Inputs[0].AdvancedInputFilter ENABLED",
            id="input filter",
        ),
        pytest.param(
            lambda job: _group(job).update(AutomatedEncodingSettings={}),
            "Settings.OutputGroups[0].AutomatedEncodingSettings",
            id="automated renditions",
        ),
        pytest.param(
            lambda job: _h264(job).update(QualityTuningLevel="MULTI_PASS_HQ"),
            f"{_VIDEO}.CodecSettings.H264Settings.QualityTuningLevel MULTI_PASS_HQ",
            id="two passes",
        ),
        pytest.param(
            lambda job: _h264(job).update(BandwidthReductionFilter={}),
            f"{_VIDEO}.CodecSettings.H264Settings.BandwidthReductionFilter",
            id="bandwidth filter",
        ),
        pytest.param(
            lambda job: _h264(job).update(FramerateConversionAlgorithm="FRAMEFORMER"),
            f"{_VIDEO}.CodecSettings.H264Settings.FramerateConversionAlgorithm FRAMEFORMER",
            id="frame rate add-on",
        ),
        pytest.param(
            lambda job: _video(job).update(CodecSettings={"Codec": "H_265", "H265Settings": {}}),
            f"{_VIDEO}.CodecSettings.Codec H_265",
            id="another codec",
        ),
        pytest.param(
            lambda job: _video(job).update(VideoPreprocessors={"Deinterlacer": {}}),
            f"{_VIDEO}.VideoPreprocessors.Deinterlacer",
            id="deinterlacer",
        ),
        pytest.param(
            lambda job: _audio(job).update(CodecSettings={"Codec": "EAC3", "Eac3Settings": {}}),
            f"{_OUTPUT}.AudioDescriptions[0].CodecSettings.Codec EAC3",
            id="Dolby",
        ),
        pytest.param(
            lambda job: _audio(job).update(AudioNormalizationSettings={"TargetLkfs": -24.0}),
            f"{_OUTPUT}.AudioDescriptions[0].AudioNormalizationSettings",
            id="an add-on for the sound",
        ),
        pytest.param(
            lambda job: _group(job)["Outputs"][0].update(
                CaptionDescriptions=[{"DestinationSettings": {"DestinationType": "BURN_IN"}}]
            ),
            f"{_OUTPUT}.CaptionDescriptions[0].DestinationSettings.DestinationType BURN_IN",
            id="captions in the picture",
        ),
    ],
)
def test_what_costs_more_is_named(change: Callable[[Any], None], setting: str) -> None:
    """Each setting that leaves the basic tier is given with its path."""
    job = deepcopy(_BASIC)
    change(job)

    assert [Costly(setting, Tier.PROFESSIONAL)] == list(costly_settings(job))


@pytest.mark.parametrize(
    ("change", "setting"),
    [
        pytest.param(
            lambda job: _video(job).update(VideoPreprocessors={"NoiseReducer": {}}),
            f"{_VIDEO}.VideoPreprocessors.NoiseReducer",
            id="noise reduction",
        ),
        pytest.param(
            lambda job: job["Settings"]["Inputs"][0].update(DenoiseFilter="ENABLED"),
            "Settings.Inputs[0].DenoiseFilter ENABLED",
            id="noise reduction of the input",
        ),
        pytest.param(
            lambda job: job["Settings"].update(MotionImageInserter={"InsertionMode": "MOV"}),
            "Settings.MotionImageInserter",
            id="motion images",
        ),
        pytest.param(
            lambda job: _h264(job).update(CodecProfile="HIGH_422"),
            f"{_VIDEO}.CodecSettings.H264Settings.CodecProfile HIGH_422",
            id="more than 8 bits of 4:2:0",
        ),
    ],
)
def test_what_may_cost_more_is_named_too(change: Callable[[Any], None], setting: str) -> None:
    """What no source speaks of is not taken for cheap."""
    job = deepcopy(_BASIC)
    change(job)

    assert [] == check_job(job)
    assert [Costly(setting, Tier.UNKNOWN)] == list(costly_settings(job))


def test_an_empty_list_costs_nothing() -> None:
    """The console exports what is not used as an empty list."""
    job = deepcopy(_BASIC)
    job["Settings"]["MotionImageInserters"] = []

    assert [] == list(costly_settings(job))


def test_every_member_of_a_row_exists() -> None:
    """A misspelt member would never be found in a document."""
    existing = {
        name
        for member in model_members()
        for name in (member.name, f"{member.owner}.{member.name}")
    }

    assert [] == [name for row in FEATURES for name in row.members if name not in existing]
