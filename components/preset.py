"""What a preset says: the form that a user writes, and the form that the program works with."""

from dataclasses import dataclass
from typing import NotRequired, TypedDict


class PresetArgs(TypedDict):
    """One rendition of every upload, as the configuration has it.

    A name of the catalogue is enough; what is given beside it replaces the catalogue's value.
    """

    name: str
    """A name of the catalogue (240p to 2160p), or a new one: lower case letters, digits and `-`."""

    width: NotRequired[int]
    """Width in pixels of the box that the picture is fitted into, even, 32 to 4096. A picture that
    is smaller than its box is not enlarged. The box may be 4096x2160 or 2160x4096 at most. Default:
    the catalogue's; a new name has to say it."""

    height: NotRequired[int]
    """Height in pixels of the box that the picture is fitted into, even, 32 to 4096. Default: the
    catalogue's; a new name has to say it."""

    quality: NotRequired[int]
    """Quality of the picture (QVBR level), 1 to 10: phones 6, tablets and computers 7, television 8
    to 9. Default: that of the smallest catalogue size which holds as many pixels."""

    max_bitrate: NotRequired[int]
    """Highest video bitrate in bit/s, 1,000 to 150,000,000; simple pictures take less. Default:
    that of the smallest catalogue size which holds as many pixels."""

    audio_bitrate: NotRequired[int]
    """Bitrate of the sound (AAC, stereo) in bit/s, such as 128000. Default: that of the smallest
    catalogue size which holds as many pixels."""


@dataclass(frozen=True, kw_only=True)
class Preset:
    """A preset with every value decided and checked. See `PresetArgs` for what they mean."""

    name: str
    width: int
    height: int
    quality: int
    max_bitrate: int
    audio_bitrate: int
