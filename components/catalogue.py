"""The presets that a name alone stands for.

Where the numbers come from:

* QVBR levels and bitrate ceilings, 360p to 1080p: the table of the AWS Elemental MediaConvert User
  Guide, page "Using the QVBR rate control mode" (cbr-vbr-qvbr); 480p is its row 852x480.
* 2160p: the guide of AWS's solution "Video on Demand on AWS", appendix F.
* 1440p has no row anywhere. 9 Mbit/s lies on the line through 1080p and 2160p when both bitrate and
  pixels are taken as logarithms (8.8 Mbit/s, rounded up).
* 240p has no row either. It takes the nearest, 288p of the User Guide, unscaled: it is a ceiling,
  and QVBR uses less where the picture needs less.
* Sizes: 16:9. 426x240 and 854x480 are those of Elastic Transcoder's system presets.
* Sound: Elastic Transcoder's generic presets, 128 kbit/s for 480p, 160 kbit/s for 720p and 1080p.
"""

from collections.abc import Mapping

from components.preset import Preset

_SMALL_PICTURE_AUDIO = 128_000
_LARGE_PICTURE_AUDIO = 160_000

_ENTRIES = (
    Preset(
        name="240p",
        width=426,
        height=240,
        quality=7,
        max_bitrate=350_000,
        audio_bitrate=_SMALL_PICTURE_AUDIO,
    ),
    Preset(
        name="360p",
        width=640,
        height=360,
        quality=7,
        max_bitrate=700_000,
        audio_bitrate=_SMALL_PICTURE_AUDIO,
    ),
    Preset(
        name="480p",
        width=854,
        height=480,
        quality=7,
        max_bitrate=1_000_000,
        audio_bitrate=_SMALL_PICTURE_AUDIO,
    ),
    Preset(
        name="720p",
        width=1280,
        height=720,
        quality=8,
        max_bitrate=4_000_000,
        audio_bitrate=_LARGE_PICTURE_AUDIO,
    ),
    Preset(
        name="1080p",
        width=1920,
        height=1080,
        quality=9,
        max_bitrate=6_000_000,
        audio_bitrate=_LARGE_PICTURE_AUDIO,
    ),
    Preset(
        name="1440p",
        width=2560,
        height=1440,
        quality=9,
        max_bitrate=9_000_000,
        audio_bitrate=_LARGE_PICTURE_AUDIO,
    ),
    Preset(
        name="2160p",
        width=3840,
        height=2160,
        quality=9,
        max_bitrate=15_000_000,
        audio_bitrate=_LARGE_PICTURE_AUDIO,
    ),
)

CATALOGUE: Mapping[str, Preset] = {preset.name: preset for preset in _ENTRIES}
"""Name to preset, from small to large."""


def for_size(width: int, height: int) -> Preset:
    """Return the smallest catalogue preset that holds as many pixels, or the largest of all.

    Its quality and bitrates are the defaults of a preset with a name and a size of its own.

    Args:
        width: pixels.
        height: pixels.
    """
    large_enough = (preset for preset in _ENTRIES if preset.width * preset.height >= width * height)
    return next(large_enough, _ENTRIES[-1])
