"""What a preset says: the form that a user writes, and the form that the program works with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NotRequired, TypedDict


class PresetArgs(TypedDict):
    """One rendition of every upload, as the configuration has it.

    A name of the catalogue is enough; what is given beside it replaces the catalogue's value.
    """

    name: str
    """A name of the catalogue (240p to 2160p), or a new one: lower case letters, digits and `-`."""

    kind: NotRequired[str]
    """What is made: `mp4`, a file; `hls`, a playlist of several sizes that a player chooses from;
    `cmaf`, the same with a manifest for DASH beside it, and sound apart from the pictures;
    `thumbnails`, JPEG stills, a poster and the small mp4 that MediaConvert makes no stills without;
    `audio`, the sound alone as m4a. Default: `mp4`."""

    width: NotRequired[int]
    """Width in pixels of the box that the picture is fitted into, even, 32 to 4096. A picture that
    is smaller than its box is not enlarged. The box may be 4096x2160 or 2160x4096 at most. Default:
    the catalogue's; a new name has to say it. Stills: 320."""

    height: NotRequired[int]
    """Height in pixels of the box that the picture is fitted into, even, 32 to 4096. Default: the
    catalogue's; a new name has to say it. Stills: 180."""

    quality: NotRequired[int]
    """Quality of the picture (QVBR level), 1 to 10: phones 6, tablets and computers 7, television 8
    to 9. Default: that of the smallest catalogue size which holds as many pixels."""

    max_bitrate: NotRequired[int]
    """Highest video bitrate in bit/s, 1,000 to 150,000,000; simple pictures take less. Default:
    that of the smallest catalogue size which holds as many pixels."""

    frame_rate: NotRequired[float]
    """Frames per second, a whole number from 1 to 60 or 23.976, 29.97 or 59.94. Frames are dropped
    or repeated to reach it. Default: the source's own rate."""

    deinterlace: NotRequired[bool]
    """Deinterlace frames that are marked as interlaced. AWS bills the rendition at its professional
    tier for it, so `allow_professional_tier` has to be true as well. Default: false."""

    hdr_to_sdr: NotRequired[bool]
    """Map HDR pictures, as phones record them, to SDR (BT.709), which every screen shows right.
    Otherwise they stay HDR and look washed out where it is not understood. SDR pictures look the
    same either way. Default: true."""

    audio_bitrate: NotRequired[int]
    """Bitrate of the sound (AAC) in bit/s, such as 128000; which ones there are depends on sample
    rate and channels. Default: that of the smallest catalogue size which holds as many pixels; for
    `hls`, `cmaf` and `audio` 128000."""

    audio_sample_rate: NotRequired[int]
    """Sample rate of the sound in Hz: 32000, 44100 or 48000. Default: 48000."""

    audio_channels: NotRequired[int]
    """Channels of the sound: 1 (mono) or 2 (stereo). Default: 2."""

    ladder: NotRequired[list[str]]
    """Sizes that an `hls` or `cmaf` preset offers: names of the catalogue, or ids of HLS presets of
    Elastic Transcoder. Default: 240p to 1080p."""

    segment_seconds: NotRequired[int]
    """Length of the segments of an `hls` or `cmaf` preset in seconds, 1 to 30. Default: 6, as Apple
    advises."""

    interval: NotRequired[int]
    """Seconds between the stills of a `thumbnails` preset, 1 to 3600. Default: 10."""

    poster_at: NotRequired[int]
    """Seconds into the video at which the poster of a `thumbnails` preset is taken, 1 to 3600; a
    shorter video gives its first picture. Default: 3."""

    elastic_transcoder_preset: NotRequired[str]
    """Id of a system preset of Elastic Transcoder, such as 1351620000001-000010, that gives the
    kind, the size and the bitrates; what is given beside it replaces them."""

    settings: NotRequired[dict[str, Any]]
    """A MediaConvert job of your own instead of everything above, as the console exports it: the
    whole job or its `Settings`. It has one input, the upload. Queue, role, metadata, input file and
    destinations are replaced by the fan-out's."""

    extra_read_buckets: NotRequired[list[str]]
    """Names of the buckets with what the job in `settings` reads beside the upload: captions,
    images, fonts. The pipeline of this preset alone may read them. Default: none, and a job that
    reads from any bucket, were it the input bucket, is refused."""

    allow_professional_tier: NotRequired[bool]
    """Accept settings that AWS bills at the professional tier, at several times the basic price, or
    of which nobody knows that it does not. Default: false, and a preset with such a setting is
    refused."""

    paused: NotRequired[bool]
    """Let the pipeline take jobs and run none; they wait until it is resumed. Default: false."""

    retired: NotRequired[bool]
    """Take no new uploads and finish what there is, before the entry is removed. Default: false."""

    priority: NotRequired[int]
    """Which of the jobs that wait in a pipeline runs first, -50 to 50, the highest. Default: 0."""

    concurrent_jobs: NotRequired[int]
    """Jobs that the pipeline runs at a time, 1 or more; the account's quotas bound it, and above
    them `pulumi up` tries for an hour before it fails. AWS keeps the number when the field is
    taken out later. Default: what the account's quota gives a pipeline."""

    pipeline: NotRequired[str]
    """Name of a pipeline that this preset shares with every other preset that gives the same name,
    since an account has a quota of pipelines. They wait for each other then, their costs are
    counted together, and they agree on `paused`, `concurrent_jobs` and `tags`. Default: a pipeline
    of its own."""

    tags: NotRequired[dict[str, str]]
    """Tags of the preset's resources, its pipeline first: AWS splits the costs by them. Default:
    none besides the fan-out's own."""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """What becomes of the picture. See `PresetArgs` for the meaning of each value."""

    width: int
    height: int
    quality: int
    max_bitrate: int
    frame_rate: Fraction | None = None
    deinterlace: bool = False
    hdr_to_sdr: bool = True


@dataclass(frozen=True, kw_only=True)
class Sound:
    """What becomes of the sound: AAC LC at a constant bitrate."""

    bitrate: int
    sample_rate: int = 48_000
    channels: int = 2


@dataclass(frozen=True, kw_only=True)
class Mp4:
    """An mp4 file with H.264 and AAC."""

    picture: Picture
    sound: Sound


@dataclass(frozen=True, kw_only=True)
class Ladder:
    """Several pictures that a player changes between, all with the same sound."""

    pictures: Mapping[str, Picture]
    sound: Sound
    segment_seconds: int = 6


@dataclass(frozen=True, kw_only=True)
class Hls(Ladder):
    """An HLS playlist; each picture has its sound in it."""


@dataclass(frozen=True, kw_only=True)
class Cmaf(Ladder):
    """Fragmented mp4 with a playlist for HLS and a manifest for DASH; the sound is apart."""


@dataclass(frozen=True, kw_only=True)
class Thumbnails:
    """Stills at an interval, a poster, and the small mp4 that has to be made beside them."""

    width: int = 320
    height: int = 180
    interval: int = 10
    poster_at: int = 3
    deinterlace: bool = False
    hdr_to_sdr: bool = True


@dataclass(frozen=True, kw_only=True)
class AudioFile:
    """The sound alone, in an m4a file."""

    sound: Sound


@dataclass(frozen=True, kw_only=True)
class OwnJob:
    """A MediaConvert job that the user wrote."""

    job: Mapping[str, Any]
    read_buckets: tuple[str, ...] = ()
    """Names of the buckets that it reads beside the upload."""


Rendition = Mp4 | Hls | Cmaf | Thumbnails | AudioFile | OwnJob


@dataclass(frozen=True, kw_only=True)
class Preset:
    """A preset with every value decided and checked. See `PresetArgs` for what they mean."""

    name: str
    rendition: Rendition
    pipeline: str
    paused: bool = False
    retired: bool = False
    priority: int = 0
    concurrent_jobs: int | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def read_buckets(self) -> tuple[str, ...]:
        """Names of the buckets that its jobs read beside the input bucket."""
        return self.rendition.read_buckets if isinstance(self.rendition, OwnJob) else ()
