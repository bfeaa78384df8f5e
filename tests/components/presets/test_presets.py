"""Presets: what the catalogue stands for, what may be changed, and what is refused."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given

from components.presets import PresetError, resolve
from components.presets.catalogue import CATALOGUE
from components.presets.job_settings import complete_for_check, job_document
from components.presets.preset import (
    AudioFile,
    Hls,
    Mp4,
    Picture,
    Preset,
    PresetArgs,
    Sound,
    Thumbnails,
)
from components.presets.service_model import check_job
from tests.components.presets.entries import ENTRIES


def _problems(*entries: Any) -> list[str]:
    with pytest.raises(PresetError) as caught:
        resolve(entries)
    return list(caught.value.problems)


def _mp4(entry: PresetArgs) -> Mp4:
    (preset,) = resolve([entry])
    assert isinstance(preset.rendition, Mp4)
    return preset.rendition


def test_a_name_of_the_catalogue_is_enough() -> None:
    """The name alone gives the catalogue's rendition, on a pipeline of its own."""
    assert (
        Preset(name="720p", pipeline="720p", rendition=CATALOGUE["720p"]),
        Preset(name="480p", pipeline="480p", rendition=CATALOGUE["480p"]),
    ) == resolve([{"name": "720p"}, {"name": "480p"}])


def test_the_catalogue_has_the_usual_sizes() -> None:
    """The catalogue goes from 240p to 2160p, and each name is the height of its box."""
    assert {
        "240p": (426, 240),
        "360p": (640, 360),
        "480p": (854, 480),
        "720p": (1280, 720),
        "1080p": (1920, 1080),
        "1440p": (2560, 1440),
        "2160p": (3840, 2160),
    } == {name: (mp4.picture.width, mp4.picture.height) for name, mp4 in CATALOGUE.items()}


def test_larger_pictures_never_get_less() -> None:
    """Quality, ceiling and sound do not fall from one catalogue size to the next."""
    steps = [
        (mp4.picture.quality, mp4.picture.max_bitrate, mp4.sound.bitrate)
        for mp4 in CATALOGUE.values()
    ]

    assert all(
        small <= large
        for below, above in pairwise(steps)
        for small, large in zip(below, above, strict=True)
    )


def test_what_is_given_replaces_the_catalogue() -> None:
    """An override changes its own field and leaves the others to the catalogue."""
    assert Mp4(
        picture=Picture(width=1280, height=720, quality=7, max_bitrate=2_000_000),
        sound=Sound(bitrate=160_000, sample_rate=44_100, channels=1),
    ) == _mp4(
        {
            "name": "720p",
            "max_bitrate": 2_000_000,
            "quality": 7,
            "audio_sample_rate": 44_100,
            "audio_channels": 1,
        }
    )


def test_the_pipeline_is_the_presets_to_set() -> None:
    """What is said about the pipeline and the tags stands in the preset."""
    assert (
        Preset(
            name="720p",
            pipeline="bulk",
            rendition=CATALOGUE["720p"],
            paused=True,
            priority=-10,
            concurrent_jobs=3,
            tags={"team": "video"},
        ),
    ) == resolve(
        [
            {
                "name": "720p",
                "pipeline": "bulk",
                "paused": True,
                "priority": -10,
                "concurrent_jobs": 3,
                "tags": {"team": "video"},
            }
        ]
    )


def test_a_ladder_is_made_of_the_catalogue() -> None:
    """An hls preset offers the catalogue's sizes, all treated alike."""
    (preset,) = resolve(
        [{"name": "own", "kind": "hls", "ladder": ["360p", "720p"], "hdr_to_sdr": False}]
    )

    assert (
        Hls(
            pictures={
                name: replace(CATALOGUE[name].picture, hdr_to_sdr=False)
                for name in ("360p", "720p")
            },
            sound=Sound(bitrate=128_000),
        )
        == preset.rendition
    )


def test_a_ladder_ends_at_1080p_unless_told() -> None:
    """The default ladder has the sizes that most screens show."""
    (preset,) = resolve([{"name": "own", "kind": "hls"}])
    assert isinstance(preset.rendition, Hls)

    assert ["240p", "360p", "480p", "720p", "1080p"] == list(preset.rendition.pictures)


def test_stills_need_no_size() -> None:
    """A thumbnails preset has defaults for everything."""
    (preset,) = resolve([{"name": "own", "kind": "thumbnails", "interval": 5}])

    assert Thumbnails(interval=5) == preset.rendition


def test_a_sound_needs_no_size() -> None:
    """An audio preset has defaults for everything."""
    (preset,) = resolve([{"name": "own", "kind": "audio", "audio_channels": 1}])

    assert AudioFile(sound=Sound(bitrate=128_000, channels=1)) == preset.rendition


@pytest.mark.parametrize(
    ("written", "numerator", "denominator"),
    [(25, 25, 1), (30.0, 30, 1), (23.976, 24_000, 1_001), (29.97, 30_000, 1_001)],
)
def test_a_frame_rate_is_exact(written: float, numerator: int, denominator: int) -> None:
    """The rates of NTSC are the fractions that they stand for."""
    assert (
        Fraction(numerator, denominator)
        == _mp4({"name": "720p", "frame_rate": written}).picture.frame_rate
    )


@pytest.mark.parametrize(
    ("width", "height", "source"),
    [
        pytest.param(960, 540, "720p", id="between two sizes: the larger"),
        pytest.param(1280, 720, "720p", id="as many pixels"),
        pytest.param(720, 1280, "720p", id="upright"),
        pytest.param(4096, 2160, "2160p", id="larger than all: the largest"),
    ],
)
def test_a_new_name_starts_from_the_size_that_holds_it(
    width: int, height: int, source: str
) -> None:
    """Quality and bitrates of a new name come from the smallest catalogue size that holds it."""
    own = _mp4({"name": "own", "width": width, "height": height})
    expected = CATALOGUE[source]

    assert (
        Mp4(picture=replace(expected.picture, width=width, height=height), sound=expected.sound)
        == own
    )


def test_a_whole_float_is_a_whole_number() -> None:
    """720.0 is 720, since configuration arrives as JSON."""
    picture = _mp4({"name": "own", "width": 1280.0, "height": 720.0}).picture  # type: ignore[typeddict-item]  # JSON knows one kind of number

    assert ("1280", "720") == (str(picture.width), str(picture.height))


def test_entries_keep_their_order() -> None:
    """Presets come in the order of their entries."""
    assert ["1080p", "240p"] == [p.name for p in resolve([{"name": "1080p"}, {"name": "240p"}])]


_SIZED = {"width": 640, "height": 360}
_CATALOGUE_NAMES = "240p, 360p, 480p, 720p, 1080p, 1440p, 2160p"


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        pytest.param(
            {"name": "72p"},
            'presets[0] "72p": width and height missing; "72p" is not in the catalogue (did you '
            f'mean "720p"?), which has {_CATALOGUE_NAMES}, and a new name needs a width and a '
            "height.",
            id="unknown name",
        ),
        pytest.param(
            {"name": "own", "width": 640},
            f'presets[0] "own": height missing; "own" is not in the catalogue, which has '
            f"{_CATALOGUE_NAMES}, and a new name needs a width and a height.",
            id="half a size",
        ),
        pytest.param(
            {"name": "720p", "heigth": 700},
            'presets[0] "720p": heigth is not a field (did you mean "height"?); the fields are '
            "name, kind, width, height, quality, max_bitrate, frame_rate, deinterlace, hdr_to_sdr, "
            "audio_bitrate, audio_sample_rate, audio_channels, ladder, segment_seconds, interval, "
            "poster_at, elastic_transcoder_preset, settings, extra_read_buckets, "
            "allow_professional_tier, paused, retired, priority, concurrent_jobs, pipeline, tags.",
            id="unknown field",
        ),
        pytest.param(
            {}, f"presets[0]: name is missing; the catalogue has {_CATALOGUE_NAMES}.", id="no name"
        ),
        pytest.param(
            {"name": ""},
            f'presets[0] "": name is missing; the catalogue has {_CATALOGUE_NAMES}.',
            id="empty name",
        ),
        pytest.param(
            {"name": 720},
            'presets[0] 720: name is 720; it must be text, such as "720p".',
            id="a number for a name",
        ),
        pytest.param(
            "720p",
            'presets[0]: "720p" is not an object; write `name: 720p`, for example.',
            id="text for an entry",
        ),
        pytest.param(
            {"name": "720p", "height": 719},
            'presets[0] "720p": height is 719; it must be an even number from 32 to 4,096 pixels.',
            id="odd size",
        ),
        pytest.param(
            {"name": "720p", "width": 30},
            'presets[0] "720p": width is 30; it must be an even number from 32 to 4,096 pixels.',
            id="size too small",
        ),
        pytest.param(
            {"name": "720p", "width": 4098},
            'presets[0] "720p": width is 4098; it must be an even number from 32 to 4,096 pixels.',
            id="size too large",
        ),
        pytest.param(
            {"name": "720p", "height": True},
            'presets[0] "720p": height is true; it must be an even number from 32 to 4,096 pixels.',
            id="a truth value for a number",
        ),
        pytest.param(
            {"name": "720p", "width": "1280"},
            'presets[0] "720p": width is "1280"; it must be an even number from 32 to 4,096 '
            "pixels.",
            id="text for a number",
        ),
        pytest.param(
            {"name": "720p", "quality": 7.5},
            'presets[0] "720p": quality is 7.5; it must be a whole number from 1 to 10.',
            id="a fraction",
        ),
        pytest.param(
            {"name": "720p", "quality": 0},
            'presets[0] "720p": quality is 0; it must be a whole number from 1 to 10.',
            id="quality too low",
        ),
        pytest.param(
            {"name": "720p", "max_bitrate": 999},
            'presets[0] "720p": max_bitrate is 999; it must be a whole number from 1,000 to '
            "150,000,000 bit/s.",
            id="bitrate too low",
        ),
        pytest.param(
            {"name": "720p", "audio_bitrate": 130_000},
            'presets[0] "720p": audio_bitrate is 130000; AAC with 2 channels at 48000 Hz takes '
            "64000, 80000, 96000, 112000, 128000, 160000, 192000, 224000, 256000, 288000, 320000, "
            "384000, 448000, 512000, 576000.",
            id="audio bitrate that AAC does not have",
        ),
        pytest.param(
            {"name": "720P", **_SIZED},
            'presets[0] "720P": "720P" must be lower case letters, digits and hyphens, with a '
            "letter or digit at both ends; S3 takes nothing else in the name of a bucket.",
            id="upper case",
        ),
        pytest.param(
            {"name": "hd-", **_SIZED},
            'presets[0] "hd-": "hd-" must be lower case letters, digits and hyphens, with a '
            "letter or digit at both ends; S3 takes nothing else in the name of a bucket.",
            id="hyphen at the end",
        ),
        pytest.param(
            {"name": "output-hd", **_SIZED},
            'presets[0] "output-hd": "output-hd" is taken by the fan-out\'s own resources; a '
            "name must not begin with completed, input, ledger, outcome, output, reconcile, "
            "topic, upload or end with -dlq.",
            id="a name of the fan-out's own",
        ),
        pytest.param(
            {"name": "720p-dlq", **_SIZED},
            'presets[0] "720p-dlq": "720p-dlq" is taken by the fan-out\'s own resources; a '
            "name must not begin with completed, input, ledger, outcome, output, reconcile, "
            "topic, upload or end with -dlq.",
            id="the name of another preset's dead-letter queue",
        ),
        pytest.param(
            {"name": "720p", "frame_rate": 29.9},
            'presets[0] "720p": frame_rate is 29.9; it must be a whole number of frames per '
            "second from 1 to 60, or 23.976, 29.97, 59.94.",
            id="a frame rate that is none",
        ),
        pytest.param(
            {"name": "720p", "audio_sample_rate": 22_050},
            'presets[0] "720p": audio_sample_rate is 22050; it must be 32000, 44100, 48000 Hz.',
            id="a sample rate that is none",
        ),
        pytest.param(
            {"name": "720p", "audio_channels": 6},
            'presets[0] "720p": audio_channels is 6; it must be 1, 2.',
            id="too many channels",
        ),
        pytest.param(
            {"name": "720p", "paused": "yes"},
            'presets[0] "720p": paused is "yes"; it must be true or false.',
            id="text for a truth value",
        ),
        pytest.param(
            {"name": "720p", "priority": 51},
            'presets[0] "720p": priority is 51; it must be a whole number from -50 to 50.',
            id="priority too high",
        ),
        pytest.param(
            {"name": "720p", "concurrent_jobs": 0},
            'presets[0] "720p": concurrent_jobs is 0; it must be a whole number of 1 or more.',
            id="a pipeline that runs nothing",
        ),
        pytest.param(
            {"name": "720p", "tags": {"cost": 7}},
            'presets[0] "720p": tags is {"cost": 7}; it must be an object whose values are text.',
            id="a tag that is no text",
        ),
        pytest.param(
            {"name": "720p", "tags": {"aws:cost": "7"}},
            'presets[0] "720p": tags["aws:cost"] begins with aws:, which is reserved for AWS.',
            id="a tag of AWS's own",
        ),
        pytest.param(
            {"name": "720p", "pipeline": ""},
            'presets[0] "720p": pipeline is ""; it must be text of at least one character.',
            id="a pipeline without a name",
        ),
        pytest.param(
            {"name": "720p", "pipeline": "Bulk"},
            'presets[0] "720p": pipeline: "Bulk" must be lower case letters, digits and hyphens, '
            "with a letter or digit at both ends; S3 takes nothing else in the name of a bucket.",
            id="a pipeline's name is a name like a preset's",
        ),
        pytest.param(
            {"name": "720p", "deinterlace": True},
            'presets[0] "720p": Settings.OutputGroups[0].Outputs[0].VideoDescription.'
            "VideoPreprocessors.Deinterlacer leaves MediaConvert's basic price tier; take it out "
            "or set allow_professional_tier: true.",
            id="a setting that costs more than one expects",
        ),
        pytest.param(
            {"name": "own", "kind": "dash"},
            'presets[0] "own": kind is "dash"; it must be mp4, hls, cmaf, thumbnails, audio.',
            id="a kind that does not exist",
        ),
        pytest.param(
            {"name": "own", "kind": "hls", "max_bitrate": 1_000_000},
            'presets[0] "own": max_bitrate does not go with kind hls; beside it there may be '
            "ladder, segment_seconds, frame_rate, deinterlace, hdr_to_sdr, audio_bitrate, "
            "audio_sample_rate, audio_channels.",
            id="a field of another kind",
        ),
        pytest.param(
            {"name": "own", "kind": "hls", "ladder": ["720p", "541p"]},
            'presets[0] "own": ladder is ["720p", "541p"]; it must be a list of different names '
            "out of 240p, 360p, 480p, 720p, 1080p, 1440p, 2160p, or ids of HLS presets of Elastic "
            "Transcoder.",
            id="a ladder with a name that does not exist",
        ),
        pytest.param(
            {"name": "own", "kind": "hls", "ladder": ["720p", "720p"]},
            'presets[0] "own": ladder is ["720p", "720p"]; it must be a list of different names '
            "out of 240p, 360p, 480p, 720p, 1080p, 1440p, 2160p, or ids of HLS presets of Elastic "
            "Transcoder.",
            id="a ladder with the same size twice",
        ),
        pytest.param(
            {"name": "own", "kind": "thumbnails", "interval": 0},
            'presets[0] "own": interval is 0; it must be a whole number from 1 to 3,600 seconds.',
            id="stills without an interval",
        ),
        pytest.param(
            {"name": "own", "kind": "audio", "audio_channels": 1, "audio_bitrate": 320_000},
            'presets[0] "own": audio_bitrate is 320000; AAC with 1 channels at 48000 Hz takes '
            "56000, 64000, 80000, 96000, 112000, 128000, 160000, 192000, 224000, 256000, 288000.",
            id="an audio bitrate that mono does not have",
        ),
        pytest.param(
            {"name": "own", "kind": ["mp4"], "width": 640, "height": 360},
            'presets[0] "own": kind is ["mp4"]; it must be mp4, hls, cmaf, thumbnails, audio.',
            id="a list for a word",
        ),
        pytest.param(
            {"name": "own", "elastic_transcoder_preset": "1500000000000-abc123"},
            'presets[0] "own": "1500000000000-abc123" is no system preset of Elastic Transcoder; '
            "what a preset of your own said went with the service, so give its size and bitrates "
            "instead.",
            id="an id of Elastic Transcoder that does not exist",
        ),
        pytest.param(
            {"name": "own", "elastic_transcoder_preset": "1351620000001-100240"},
            'presets[0] "own": 1351620000001-100240 was "Webm 720p": it makes WebM; give '
            "MediaConvert's settings yourself, in the field settings.",
            id="an id of Elastic Transcoder that is not made here",
        ),
        pytest.param(
            {"name": "own", "elastic_transcoder_preset": 720},
            'presets[0] "own": elastic_transcoder_preset is 720; it must be text of at least one '
            "character.",
            id="a number for an id",
        ),
        pytest.param(
            {
                "name": "own",
                "elastic_transcoder_preset": "1351620000001-200010",
                "ladder": ["720p"],
            },
            'presets[0] "own": ladder does not go with elastic_transcoder_preset '
            "1351620000001-200010; beside it there may be segment_seconds, frame_rate, "
            "deinterlace, hdr_to_sdr, audio_bitrate, audio_sample_rate, audio_channels.",
            id="two words on the same sizes",
        ),
        pytest.param(
            {"name": "own", "width": 4096, "height": 2162},
            'presets[0] "own": Settings.OutputGroups[0].Outputs[0].VideoDescription is 4096x2162; '
            "codec H_264 takes at most 4096x2160, lying or upright.",
            id="a box that is too large for H.264",
        ),
    ],
)
def test_a_wrong_entry_is_refused_by_name(entry: Any, problem: str) -> None:
    """The message names the entry, the value and what is allowed."""
    assert [problem] == _problems(entry)


@pytest.mark.parametrize("entries", [[], None, "720p", {"name": "720p"}])
def test_presets_are_a_list_with_an_entry(entries: Any) -> None:
    """A fan-out without presets would lose every upload, so an empty list is refused."""
    with pytest.raises(PresetError, match="it must be a list with an entry such as"):
        resolve(entries)


def test_names_are_used_once() -> None:
    """Names that are equal, or differ only in case, are told together."""
    problem = '3 entries have the same name, "720p", "720P", "720p"; every preset needs its own.'

    assert problem in _problems({"name": "720p"}, {"name": "720P", **_SIZED}, {"name": "720p"})


@pytest.mark.parametrize(
    ("fields", "difference"),
    [
        ({"paused": True}, "paused is true and false"),
        ({"concurrent_jobs": 2}, "concurrent_jobs is 2 and null"),
        ({"tags": {"team": "video"}}, 'tags is {"team": "video"} and {}'),
    ],
)
def test_presets_that_share_a_pipeline_agree_on_it(fields: Any, difference: str) -> None:
    """A pipeline is paused, bounded and tagged in one way for all its presets."""
    assert [
        f'the presets "720p" and "480p" share the pipeline "bulk", but {difference}.'
    ] == _problems(
        {"name": "720p", "pipeline": "bulk", **fields},
        {"name": "480p", "pipeline": "bulk", "priority": 3},
    )


def test_a_preset_can_use_anothers_pipeline() -> None:
    """The name of a preset is the name of its pipeline, which another may share."""
    presets = resolve([{"name": "720p"}, {"name": "480p", "pipeline": "720p"}], pipeline_quota=1)

    assert ["720p", "720p"] == [preset.pipeline for preset in presets]


def test_pipelines_stay_within_the_quota() -> None:
    """More pipelines than the account may have are refused before the first is made."""
    with pytest.raises(PresetError, match="2 presets need 2 pipelines, and the quota is 1"):
        resolve([{"name": "720p"}, {"name": "480p"}], pipeline_quota=1)


def test_the_professional_tier_can_be_allowed() -> None:
    """A setting that AWS bills at the professional tier is accepted when that is said."""
    entry: PresetArgs = {"name": "720p", "deinterlace": True, "allow_professional_tier": True}

    assert _mp4(entry).picture.deinterlace


def test_one_error_lists_everything() -> None:
    """Every problem of every entry is in one error, so that one run is enough to mend them."""
    problems = _problems(
        {"name": "72p", "quality": 11, "bitrate": 1}, "1080p", {"name": "480p", "width": 33}
    )

    assert ["[0]", "[0]", "[0]", "[1]", "[2]"] == [
        problem.removeprefix("presets")[:3] for problem in problems
    ]


def test_the_message_is_the_list() -> None:
    """What the user sees names every problem on a line of its own."""
    with pytest.raises(PresetError) as caught:
        resolve([{"name": "720p", "quality": 0}, {"name": "480p", "quality": 11}])

    assert (
        "the presets cannot work:\n"
        '  - presets[0] "720p": quality is 0; it must be a whole number from 1 to 10.\n'
        '  - presets[1] "480p": quality is 11; it must be a whole number from 1 to 10.'
    ) == str(caught.value)


@given(ENTRIES)
def test_what_the_reference_allows_is_a_valid_job(entry: PresetArgs) -> None:
    """Every entry within the documented limits resolves to a job that MediaConvert accepts."""
    (preset,) = resolve([{**entry, "allow_professional_tier": True}])

    assert [] == check_job(complete_for_check(job_document(preset)))
