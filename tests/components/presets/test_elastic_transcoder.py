"""Elastic Transcoder's system presets: what they become, and what is refused."""

from dataclasses import replace
from fractions import Fraction

import pytest

from components.presets import resolve
from components.presets.elastic_transcoder import REFUSED_PRESETS, SYSTEM_PRESETS, becomes
from components.presets.job_settings import complete_for_check, job_document
from components.presets.preset import AudioFile, Hls, Mp4, Picture, PresetArgs, Rendition, Sound
from components.presets.service_model import check_job


def _rendition(entry: PresetArgs) -> Rendition:
    (preset,) = resolve([entry])
    return preset.rendition


@pytest.mark.parametrize("preset_id", SYSTEM_PRESETS)
def test_an_id_is_all_it_takes(preset_id: str) -> None:
    """A pasted id makes a job that MediaConvert's model accepts."""
    (preset,) = resolve([{"name": "own", "elastic_transcoder_preset": preset_id}])

    assert [] == check_job(complete_for_check(job_document(preset)))


def test_the_generic_preset_keeps_size_bitrate_rate_and_sound() -> None:
    """Generic 720p is what the service itself returned for it."""
    assert Mp4(
        picture=Picture(
            width=1280,
            height=720,
            quality=8,
            max_bitrate=2_400_000,
            frame_rate=Fraction(30_000, 1_001),
        ),
        sound=Sound(bitrate=160_000, sample_rate=44_100),
    ) == _rendition({"name": "own", "elastic_transcoder_preset": "1351620000001-000010"})


def test_an_hls_preset_is_a_playlist_of_one_size() -> None:
    """HLS 600k is a playlist that has its one size."""
    assert Hls(
        pictures={"hls-600k": Picture(width=480, height=320, quality=7, max_bitrate=472_000)},
        sound=Sound(bitrate=128_000, sample_rate=44_100),
    ) == _rendition({"name": "own", "elastic_transcoder_preset": "1351620000001-200040"})


def test_hls_presets_make_a_ladder() -> None:
    """The ids of a playlist's presets, beside names of the catalogue, are its ladder."""
    ladder = ["1351620000001-200010", "1351620000001-200050", "1080p"]
    rendition = _rendition({"name": "own", "kind": "hls", "ladder": ladder})
    assert isinstance(rendition, Hls)

    assert {"hls-2m": 1_872_000, "hls-400k": 272_000, "1080p": 6_000_000} == {
        size: picture.max_bitrate for size, picture in rendition.pictures.items()
    }


def test_a_sound_preset_is_a_sound_file() -> None:
    """Audio AAC 256k is an m4a of that bitrate."""
    assert AudioFile(sound=Sound(bitrate=256_000, sample_rate=44_100)) == _rendition(
        {"name": "own", "elastic_transcoder_preset": "1351620000001-100110"}
    )


def test_what_is_given_replaces_what_the_id_says() -> None:
    """An override changes its own field and leaves the others to the system preset."""
    whole = _rendition({"name": "own", "elastic_transcoder_preset": "1351620000001-000001"})
    assert isinstance(whole, Mp4)

    assert replace(whole, picture=replace(whole.picture, quality=6)) == _rendition(
        {"name": "own", "elastic_transcoder_preset": "1351620000001-000001", "quality": 6}
    )


@pytest.mark.parametrize(
    ("preset_id", "line"),
    [
        (
            "1351620000001-000010",
            "mp4, 1280x720, at most 2400 kbit/s, 29.97 fps, AAC 160 kbit/s",
        ),
        (
            "1351620000001-000040",
            "mp4, 640x360, at most 720 kbit/s, 29.97 fps, AAC 128 kbit/s (assumed)",
        ),
        ("1351620000001-200010", "hls, 1024x768, at most 1872 kbit/s, AAC 128 kbit/s"),
        ("1351620000001-100141", "m4a, AAC 64 kbit/s"),
    ],
)
def test_the_documentation_says_what_is_assumed(preset_id: str, line: str) -> None:
    """A line of the table gives the numbers, and marks a sound that no source confirms."""
    assert line == becomes(SYSTEM_PRESETS[preset_id])


def test_an_id_is_made_or_refused() -> None:
    """No id is in both tables, and every one has the form of a system preset's."""
    assert set() == SYSTEM_PRESETS.keys() & REFUSED_PRESETS.keys()
    assert {"1351620000001"} == {
        preset_id.rsplit("-", 1)[0] for preset_id in (*SYSTEM_PRESETS, *REFUSED_PRESETS)
    }


def test_the_fragments_of_smooth_streaming_and_dash_have_their_ids() -> None:
    """The ids that are counted out begin and end where Elastic Transcoder's list does."""
    names = {
        preset_id.removeprefix("1351620000001-"): preset.name
        for preset_id, preset in REFUSED_PRESETS.items()
    }

    assert ("Smooth 3M", "Smooth 400k") == (names["400010"], names["400080"])
    assert ("MPEG-DASH Video 4.8M", "MPEG-DASH Audio 128k") == (names["500020"], names["500060"])
