"""Where a rendition goes: the source's path mirrored, and no two sources in one place.

MediaConvert writes to the destination's stem + an ending (`-720p` + `.mp4`), so two different keys
need two different stems. Three kinds of stem never meet:

1. The key without `.mp4`, when what is left neither looks like a media file's name nor like 3.
2. The whole key, when it looks like a media file's name (`a.mov`, `a.MP4`).
3. What every other key gets: 1 or 2, cut if it is too long, and a digest of the key.
"""

import hashlib
import re
from typing import Final

DROPPED_SUFFIX: Final = ".mp4"
MAX_KEY_BYTES: Final = 1024
"""S3's limit for a key in UTF-8."""
DIGEST_CHARACTERS: Final = 32
"""128 bits: nobody can make two keys with one digest, not even on purpose."""
DIGEST_MARK: Final = "~"

_MEDIA_NAME: Final = re.compile(r"\.(?=[0-9]*[A-Za-z])[A-Za-z0-9]{1,4}\Z")
"""An extension as media files have them. Digits alone are a number: `holiday.2024`, `v1.2`."""
_DIGEST: Final = re.compile(rf"{DIGEST_MARK}[0-9a-f]{{{DIGEST_CHARACTERS}}}\Z")

_ESCAPES: Final = str.maketrans({"%": "%25", "$": "%24"})
"""MediaConvert expands `$...$` in a destination; `%` keeps a literal `%24` apart from a `$`."""


def stem(key: str, ending: str) -> str:
    """Give the destination of a source key, without the ending that MediaConvert adds.

    Injective for each ending: two different keys never get the same stem, whatever they hold.

    Args:
        key: The source's key as S3 knows it, not URL-encoded.
        ending: What MediaConvert adds to the stem: name modifier, dot and extension.

    Returns:
        A stem that is safe in a MediaConvert destination. Stem and ending together are a valid S3
        key.
    """
    name = key.removesuffix(DROPPED_SUFFIX)
    dropped = name != key
    room = MAX_KEY_BYTES - len(ending.encode())
    if (
        dropped != bool(_MEDIA_NAME.search(name))
        and not _DIGEST.search(name)
        and not _has_no_last_component(name)
        and len(_escaped(name).encode()) <= room
    ):
        return _escaped(name)
    digest = DIGEST_MARK + hashlib.sha256(key.encode()).hexdigest()[:DIGEST_CHARACTERS]
    return _cut(name, room - len(digest)) + digest


def _has_no_last_component(name: str) -> bool:
    """Tell whether MediaConvert would take the input's own name instead of the destination's."""
    return name == "" or name.endswith("/")


def _escaped(name: str) -> str:
    return name.translate(_ESCAPES)


def _cut(name: str, room: int) -> str:
    """Escape as many whole characters as fit into this many bytes."""
    kept = ""
    for character in name:
        escaped = _escaped(character)
        room -= len(escaped.encode())
        if room < 0:
            break
        kept += escaped
    return kept
