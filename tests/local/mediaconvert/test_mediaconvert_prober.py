"""Probe tells what is in a file, without a job."""

from pathlib import Path

import pytest

from tests.local.mediaconvert.studio import INPUT, KEY, Studio


def test_the_length_of_a_file_is_told(studio: Studio, clip: Path) -> None:
    """In seconds, and its size in bytes."""
    studio.upload(clip)

    [result] = studio.client.probe(InputFiles=[{"FileUrl": f"s3://{INPUT}/{KEY}"}])["ProbeResults"]

    assert 1.0 == pytest.approx(result["Container"]["Duration"], abs=0.1)
    assert clip.stat().st_size == result["Metadata"]["FileSize"]


def test_what_is_no_media_is_unprocessable(studio: Studio, tmp_path: Path) -> None:
    """As the service answers of a file that it cannot parse."""
    text = tmp_path / "text.mp4"
    text.write_text("no video")
    studio.upload(text)

    with pytest.raises(studio.client.exceptions.UnprocessableEntityException, match="No parser"):
        studio.client.probe(InputFiles=[{"FileUrl": f"s3://{INPUT}/{KEY}"}])


def test_a_file_that_is_not_there_is_not_found(studio: Studio) -> None:
    """The sentence names it."""
    with pytest.raises(studio.client.exceptions.NotFoundException, match=r"nothing\.mp4"):
        studio.client.probe(InputFiles=[{"FileUrl": f"s3://{INPUT}/nothing.mp4"}])
