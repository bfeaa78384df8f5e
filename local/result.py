"""What became of a rendition, as a line of JSON and as a row of the table."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.collect import Probe
from local.rendition import Failure, Rendition, Sight


@dataclass(frozen=True)
class Result:
    """A rendition that has ended."""

    rendition: Rendition
    sight: Sight
    files: Sequence[Path] = ()
    """Its files on this machine, the main one first; none when there is none."""

    probe: Probe | None = None
    failure: Failure | None = None
    """Why there is none, or None."""

    def as_json(self) -> dict[str, Any]:
        """The line that `--json` prints. Its members are an interface: other tools read them."""
        probe = self.probe
        return {
            "source": str(self.rendition.source),
            "key": self.rendition.key,
            "preset": self.rendition.preset,
            "status": "error" if self.failure else "complete",
            "bucket": self.sight.bucket or None,
            "output_key": self.sight.output_key or None,
            "file": str(self.files[0]) if self.files else None,
            "files": [str(file) for file in self.files],
            "width": probe.width if probe else None,
            "height": probe.height if probe else None,
            "duration": probe.duration if probe else None,
            "video_codec": probe.video_codec if probe else None,
            "audio_codec": probe.audio_codec if probe else None,
            "job_id": self.sight.job_id,
            "attempts": self.sight.attempts,
            "error": {"code": self.failure.code, "message": self.failure.message}
            if self.failure
            else None,
        }
