"""One output of a CMAF group: a beginning, segments of fragmented mp4, and its playlist."""

import re
from pathlib import Path
from typing import ClassVar

from local.mediaconvert.variant import Variant, relative

_MAP = re.compile(r'#EXT-X-MAP:URI="(?P<name>[^"]*)"')
"""Where ffmpeg's playlist names the file that stands before every segment."""


class CmafVariant(Variant):
    """One track of a group, after ffmpeg has written it as fragments."""

    form: ClassVar[str] = "mp4"

    @property
    def extension(self) -> str:
        """Of its files: `cmfv` with a picture, `cmfa` with sound."""
        return "cmfv" if self.media.video else "cmfa"

    @property
    def content_type(self) -> str:
        """Of its files."""
        return "video/mp4" if self.media.video else "audio/mp4"

    @property
    def initialization(self) -> Path:
        """What a player reads before the first segment."""
        found = _MAP.search(self._playlist.read_text())
        if found is None:
            raise ValueError(f"{self._playlist} names no initialization.")
        return self._playlist.with_name(found["name"])

    @property
    def initialization_uri(self) -> str:
        """Where that goes."""
        return f"{self._uri_base}init.{self.extension}"

    def segment_uri(self, number: int) -> str:
        """Return where a segment goes; they are counted from 1."""
        return f"{self._uri_base}_{number:09}.{self.extension}"

    @property
    def template(self) -> str:
        """Names of the segments, as a DASH manifest has them."""
        return f"{relative(self._uri_base)}_$Number%09d$.{self.extension}"

    def text(self) -> str:
        """Return the playlist with the names that the files will have."""
        name = relative(self.initialization_uri)
        return _MAP.sub(lambda _: f'#EXT-X-MAP:URI="{name}"', super().text())

    @property
    def language(self) -> str | None:
        """Of its sound, as ISO 639 has it; None without one."""
        return self.media.audio[0].language if self.media.audio else None

    def _readable(self) -> Path:
        sample = self._playlist.with_name("sample.mp4")
        sample.write_bytes(self.initialization.read_bytes() + self.segments[0].path.read_bytes())
        return sample
