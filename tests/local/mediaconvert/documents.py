"""A job document like those that the program makes, to be changed by tests."""

import json
from pathlib import Path
from typing import Any

_SAMPLE = Path(__file__).parents[2] / "components" / "presets" / "job_documents" / "720p.json"


def job_document() -> dict[str, Any]:
    """Return a complete CreateJob request for one H.264 and AAC output in a 1280x720 box."""
    document: dict[str, Any] = json.loads(_SAMPLE.read_text())
    del document["ClientRequestToken"]
    return document


def source_of(document: dict[str, Any]) -> dict[str, Any]:
    """Return the job's input."""
    source: dict[str, Any] = document["Settings"]["Inputs"][0]
    return source


def output_of(document: dict[str, Any]) -> dict[str, Any]:
    """Return the job's output."""
    output: dict[str, Any] = document["Settings"]["OutputGroups"][0]["Outputs"][0]
    return output


def h264_of(document: dict[str, Any]) -> dict[str, Any]:
    """Return the output's H264Settings."""
    settings: dict[str, Any] = output_of(document)["VideoDescription"]["CodecSettings"][
        "H264Settings"
    ]
    return settings


def aac_of(document: dict[str, Any]) -> dict[str, Any]:
    """Return the output's AacSettings."""
    settings: dict[str, Any] = output_of(document)["AudioDescriptions"][0]["CodecSettings"][
        "AacSettings"
    ]
    return settings


def file_group_of(document: dict[str, Any]) -> dict[str, Any]:
    """Return the output group's FileGroupSettings."""
    group = document["Settings"]["OutputGroups"][0]
    settings: dict[str, Any] = group["OutputGroupSettings"]["FileGroupSettings"]
    return settings
