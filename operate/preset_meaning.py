"""Which presets are meant by a name that the stack does not have."""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

LINES: Final = {
    "sd": 480,
    "hd": 720,
    "hdready": 720,
    "fhd": 1080,
    "fullhd": 1080,
    "qhd": 1440,
    "uhd": 2160,
    "ultrahd": 2160,
    "4k": 2160,
    "8k": 4320,
}
"""What people call a picture, and its height in lines."""

KINDS: Final = (
    frozenset({"hls", "m3u8", "adaptive", "abr", "playlist", "stream", "streaming"}),
    frozenset({"thumbnail", "thumb", "still", "poster", "image", "jpg", "jpeg", "preview"}),
    frozenset({"audio", "sound", "music", "podcast", "aac", "m4a", "mp3"}),
    frozenset({"hevc", "h265"}),
    frozenset({"avc", "h264"}),
)
"""Words for one kind of rendition; a plural is the same word."""

SAME_LINES: Final = 0.05
"""Heights that differ by no more than this part are one: coders write 1088 lines for 1080."""

_HEIGHT: Final = re.compile(r"(?:\d+x)?(\d{3,4})(?:px|[pi]\d*)?")
"""`720`, `720p`, `720p30`, `1280x720`."""


def meant(name: str, presets: Iterable[str]) -> list[str]:
    """Find the presets that a name may mean: by height, by kind, and at last by spelling.

    A name with another height is never meant, however alike it is written: who asks for 480p wants
    no 1080p.

    Args:
        name: What the operator wrote.
        presets: The names that the stack has.

    Returns:
        The presets that have most in common with the name, in order.
    """
    wanted = _lines(name), _kinds(name)
    likeness = {preset: _likeness(wanted, (_lines(preset), _kinds(preset))) for preset in presets}
    most = max(likeness.values(), default=0)
    if most > 0:
        return sorted(preset for preset, number in likeness.items() if number == most)
    alike = [preset for preset in likeness if _digits(preset) == _digits(name)]
    return get_close_matches(name.lower(), alike, n=1)


def _likeness(
    wanted: tuple[int | None, frozenset[int]], found: tuple[int | None, frozenset[int]]
) -> int:
    """Count what two names have in common; -1 where their heights differ."""
    (lines, kinds), (other_lines, other_kinds) = wanted, found
    common = len(kinds & other_kinds)
    if lines is None or other_lines is None:
        return common
    return common + 1 if abs(lines - other_lines) <= SAME_LINES * other_lines else -1


def _lines(name: str) -> int | None:
    for word in _words(name):
        if word in LINES:
            return LINES[word]
        if height := _HEIGHT.fullmatch(word):
            return int(height[1])
    return None


def _kinds(name: str) -> frozenset[int]:
    words = {form for word in _words(name) for form in (word, word.removesuffix("s"))}
    return frozenset(number for number, kind in enumerate(KINDS) if kind & words)


def _words(name: str) -> list[str]:
    """The whole name as one word, for `Full HD`, then its words; `H.265` is one."""
    words = re.findall(r"[a-z0-9]+", name.lower().replace(".", ""))
    return ["".join(words), *words]


def _digits(name: str) -> list[str]:
    return re.findall(r"\d+", name)
