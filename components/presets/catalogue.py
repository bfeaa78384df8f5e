"""The renditions that a name alone stands for.

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

from components.presets.preset import Mp4, Picture, Sound

_SMALL_PICTURE_SOUND = Sound(bitrate=128_000)
_LARGE_PICTURE_SOUND = Sound(bitrate=160_000)

CATALOGUE: Mapping[str, Mp4] = {
    "240p": Mp4(
        picture=Picture(width=426, height=240, quality=7, max_bitrate=350_000),
        sound=_SMALL_PICTURE_SOUND,
    ),
    "360p": Mp4(
        picture=Picture(width=640, height=360, quality=7, max_bitrate=700_000),
        sound=_SMALL_PICTURE_SOUND,
    ),
    "480p": Mp4(
        picture=Picture(width=854, height=480, quality=7, max_bitrate=1_000_000),
        sound=_SMALL_PICTURE_SOUND,
    ),
    "720p": Mp4(
        picture=Picture(width=1280, height=720, quality=8, max_bitrate=4_000_000),
        sound=_LARGE_PICTURE_SOUND,
    ),
    "1080p": Mp4(
        picture=Picture(width=1920, height=1080, quality=9, max_bitrate=6_000_000),
        sound=_LARGE_PICTURE_SOUND,
    ),
    "1440p": Mp4(
        picture=Picture(width=2560, height=1440, quality=9, max_bitrate=9_000_000),
        sound=_LARGE_PICTURE_SOUND,
    ),
    "2160p": Mp4(
        picture=Picture(width=3840, height=2160, quality=9, max_bitrate=15_000_000),
        sound=_LARGE_PICTURE_SOUND,
    ),
}
"""Name to rendition, from small to large."""


def for_size(width: int, height: int) -> Mp4:
    """Return the smallest rendition of the catalogue that holds as many pixels, or the largest.

    Its quality and bitrates are the defaults of a preset with a name and a size of its own.

    Args:
        width: pixels.
        height: pixels.
    """
    renditions = list(CATALOGUE.values())
    large_enough = (
        rendition
        for rendition in renditions
        if rendition.picture.width * rendition.picture.height >= width * height
    )
    return next(large_enough, renditions[-1])
