"""What AWS bills beyond MediaConvert's basic tier."""

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from components.presets.professional_tier import professional_settings

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
    assert [] == list(professional_settings(_BASIC))


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
    ],
)
def test_what_costs_more_is_named(change: Callable[[Any], None], setting: str) -> None:
    """Each setting that leaves the basic tier is given with its path."""
    job = deepcopy(_BASIC)
    change(job)

    assert [setting] == list(professional_settings(job))
