"""What each field of a preset may hold, and how it is read."""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from components.presets.catalogue import CATALOGUE
from components.presets.codec_rules import AAC_LC_SAMPLE_RATES
from components.presets.elastic_transcoder import HLS_PICTURES
from components.presets.encodes import CODING_MODES
from components.presets.renditions import FIELDS_OF_KIND
from components.wording import shown


class Field(ABC):
    """One kind of value: what is expected, and what it becomes."""

    @property
    @abstractmethod
    def expected(self) -> str:
        """What the value must be, to stand behind "it must be"."""

    @abstractmethod
    def read(self, value: Any) -> Any:
        """Return the value as the program works with it.

        Args:
            value: what the configuration has.

        Raises:
            ValueError: the value is not as expected.
        """


def field_problems(name: str, value: Any) -> Iterator[str]:
    """Yield a sentence when a field's value is not as expected.

    Args:
        name: one of `FIELDS`.
        value: what the configuration has.
    """
    try:
        FIELDS[name].read(value)
    except ValueError:
        yield f"{name} is {shown(value)}; it must be {FIELDS[name].expected}."


def _whole_number(value: Any) -> int:
    # Configuration is JSON, where 720 and 720.0 are the same number, but true is none.
    if isinstance(value, bool) or not isinstance(value, int | float) or value % 1 != 0:
        raise ValueError(value)
    return int(value)


@dataclass(frozen=True)
class _Whole(Field):
    low: int
    high: int | None = None
    unit: str = ""
    even: bool = False

    @property
    def expected(self) -> str:
        kind = "an even number" if self.even else "a whole number"
        if self.high is None:
            return f"{kind} of {self.low:,} or more"
        return f"{kind} from {self.low:,} to {self.high:,}{self.unit}"

    def read(self, value: Any) -> int:
        number = _whole_number(value)
        too_high = self.high is not None and number > self.high
        if number < self.low or too_high or (self.even and number % 2):
            raise ValueError(value)
        return number


@dataclass(frozen=True)
class _Choice(Field):
    choices: tuple[int, ...]
    unit: str = ""

    @property
    def expected(self) -> str:
        return f"{', '.join(map(str, self.choices))}{self.unit}"

    def read(self, value: Any) -> int:
        number = _whole_number(value)
        if number not in self.choices:
            raise ValueError(value)
        return number


class _Switch(Field):
    expected = "true or false"

    def read(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise ValueError(value)  # noqa: TRY004 -- one exception for every wrong value
        return value


_NTSC_RATES = {
    23.97: Fraction(24_000, 1_001),
    23.976: Fraction(24_000, 1_001),
    23.98: Fraction(24_000, 1_001),
    29.97: Fraction(30_000, 1_001),
    59.94: Fraction(60_000, 1_001),
}
"""Frames per second as people write them, and what they mean."""

_FASTEST = 60
"""Frames per second; more is billed at a rate of its own and hardly any player shows it."""


class _FrameRate(Field):
    expected = f"a whole number of frames per second from 1 to {_FASTEST}, or 23.976, 29.97, 59.94"

    def read(self, value: Any) -> Fraction:
        if isinstance(value, float) and value in _NTSC_RATES:
            return _NTSC_RATES[value]
        number = _whole_number(value)
        if not 1 <= number <= _FASTEST:
            raise ValueError(value)
        return Fraction(number)


@dataclass(frozen=True)
class _Word(Field):
    words: tuple[str, ...]

    @property
    def expected(self) -> str:
        return ", ".join(self.words)

    def read(self, value: Any) -> str:
        if value not in self.words:
            raise ValueError(value)
        return str(value)


@dataclass(frozen=True)
class _Ladder(Field):
    words: tuple[str, ...]

    @property
    def expected(self) -> str:
        return (
            f"a list of different names out of {', '.join(CATALOGUE)}, "
            "or ids of HLS presets of Elastic Transcoder"
        )

    def read(self, value: Any) -> tuple[str, ...]:
        is_list = isinstance(value, list | tuple) and len(value) > 0
        if not is_list or any(value.count(word) > 1 or word not in self.words for word in value):
            raise ValueError(value)
        return tuple(value)


_BUCKET_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
"""S3's characters and lengths: no `*`, which a policy would take for every bucket."""


class _Buckets(Field):
    expected = "a list of different names of buckets"

    def read(self, value: Any) -> tuple[str, ...]:
        is_list = isinstance(value, list | tuple)
        if not is_list or any(
            not isinstance(name, str) or not _BUCKET_NAME.fullmatch(name) or value.count(name) > 1
            for name in value
        ):
            raise ValueError(value)
        return tuple(value)


class _Text(Field):
    expected = "text of at least one character"

    def read(self, value: Any) -> str:
        if not isinstance(value, str) or not value:
            raise ValueError(value)
        return value


class _TextMap(Field):
    expected = "an object whose values are text"

    def read(self, value: Any) -> dict[str, str]:
        if not isinstance(value, Mapping) or not all(isinstance(v, str) for v in value.values()):
            raise ValueError(value)
        return dict(value)


class _Object(Field):
    expected = "an object"

    def read(self, value: Any) -> Mapping[str, Any]:
        if not isinstance(value, Mapping):
            raise ValueError(value)  # noqa: TRY004 -- one exception for every wrong value
        return value


FIELDS: Mapping[str, Field] = {
    "kind": _Word(tuple(FIELDS_OF_KIND)),
    # MediaConvert's own limits, with two of H.264: 4,096 pixels for the longer side, and
    # 150 Mbit/s, because the buffer of two seconds then fills what level 5.2 allows the High
    # profile, 300 Mbit.
    "width": _Whole(32, 4_096, " pixels", even=True),
    "height": _Whole(32, 4_096, " pixels", even=True),
    "quality": _Whole(1, 10),
    "max_bitrate": _Whole(1_000, 150_000_000, " bit/s"),
    "frame_rate": _FrameRate(),
    "deinterlace": _Switch(),
    "hdr_to_sdr": _Switch(),
    "audio_bitrate": _Whole(1, None),
    "audio_sample_rate": _Choice(AAC_LC_SAMPLE_RATES, " Hz"),
    "audio_channels": _Choice(tuple(CODING_MODES)),
    "ladder": _Ladder((*CATALOGUE, *HLS_PICTURES)),
    "segment_seconds": _Whole(1, 30, " seconds"),
    "interval": _Whole(1, 3_600, " seconds"),
    "poster_at": _Whole(1, 3_600, " seconds"),
    "elastic_transcoder_preset": _Text(),
    "settings": _Object(),
    "extra_read_buckets": _Buckets(),
    "allow_professional_tier": _Switch(),
    "paused": _Switch(),
    "priority": _Whole(-50, 50),
    "concurrent_jobs": _Whole(1),
    "pipeline": _Text(),
    "tags": _TextMap(),
}
"""Every field of `PresetArgs` but the name."""
