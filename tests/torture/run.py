"""One preset and one clip, through the whole of MediaConvert's service."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from components.presets import resolve
from components.presets.catalogue import CATALOGUE
from components.presets.preset import AudioFile, PresetArgs
from tests.local.mediaconvert.presets import preset_job
from tests.local.mediaconvert.studio import OUTPUT, Studio
from tests.torture.clips import Clip
from tests.torture.promises import broken, seen

KINDS: tuple[PresetArgs, ...] = (
    {"name": "stream", "kind": "hls"},
    {"name": "stills", "kind": "thumbnails"},
    {"name": "sound", "kind": "audio"},
)

PRESETS: tuple[PresetArgs, ...] = (
    *(PresetArgs(name=name) for name in CATALOGUE),
    *KINDS,
)
"""The catalogue, and one of each other kind."""

_STEM = "trips/a b"


@dataclass(frozen=True)
class Outcome:
    """What became of a clip: a few words, and what is not as it was promised."""

    words: str
    problems: tuple[str, ...]


def tortured(studio: Studio, entry: PresetArgs, clip: Clip, path: Path, folder: Path) -> Outcome:
    """Run the job of a preset for a clip and check what it wrote.

    Args:
        studio: the service.
        entry: the preset.
        clip: what the clip is.
        path: where it is.
        folder: an empty folder for what was written.
    """
    (preset,) = resolve([entry])
    studio.upload(path)
    job = studio.run(preset_job(entry, studio.role))
    expected = clip.audio_error if isinstance(preset.rendition, AudioFile) else clip.error
    code = job.get("ErrorCode")
    if code != expected:
        said = job.get("ErrorMessage", job["Status"])
        return Outcome(str(code), (f"ended with {code}, not {expected}: {said}",))
    if code is not None:
        is_told = job["ErrorMessage"].endswith((".", ")"))
        return Outcome(str(code), () if is_told else ("the error is no sentence",))
    files = _fetched(studio, folder)
    return Outcome(seen(preset, files), tuple(broken(preset, clip, files)))


def _fetched(studio: Studio, folder: Path) -> Mapping[str, Path]:
    """Move everything from the bucket into a folder, by what follows the stem."""
    files = {}
    for item in studio.s3.list_objects_v2(Bucket=OUTPUT).get("Contents", []):
        name = item["Key"].removeprefix(_STEM)
        files[name] = folder / name.replace("-", "", 1)
        files[name].parent.mkdir(parents=True, exist_ok=True)
        studio.s3.download_file(OUTPUT, item["Key"], str(files[name]))
        studio.s3.delete_object(Bucket=OUTPUT, Key=item["Key"])
    return files
