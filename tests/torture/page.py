"""Every clip with every preset, as a page of the documentation: `make torture`."""

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from docs.markdown import table
from tests.local.mediaconvert.studio import Studio, open_studio
from tests.torture.clips import CLIPS, Clip
from tests.torture.run import PRESETS, Outcome, tortured

PAGE = Path(__file__).parents[2] / "docs" / "torture.md"

_HEAD = """# What becomes of difficult files

Made by `make torture`: every preset of the catalogue and one of each other kind, with every clip of
`tests/torture/clips.py`, through the local MediaConvert and ffmpeg.

A cell says what came out: the size of the picture, how many sizes or stills there are, or the code
of MediaConvert's error. Of everything that came out it was checked that it is even, upright,
inside its box, no larger than the source and as large as it may be; that frames come evenly at the
right rate; that the picture lasts as long as the source to a frame, the sound to 64 ms, and that a
tone which begins with a flash still does, to a frame and 50 ms; that colours are SDR and dark
stays dark; that codecs and channels are as promised; and that an mp4 plays from its first byte.
The local service is not AWS's encoder: sizes and codes are, as far as AWS documents them, bits are
not.

"""

_CODES = """
| Code | What it means |
| --- | --- |
| 1010 | The file is no media file, or empty. |
| 1020 | There is no picture in it. |
| 1021 | There is no sound in it. |
| 1075 | Its index is missing, since the upload or the recording was cut short. |
| 1076 | It ends inside its media. |
"""


def page(outcomes: Mapping[str, Iterable[str]]) -> str:
    """Return the text of the page.

    Args:
        outcomes: by clip, a few words for each preset.
    """
    about = {clip.name: clip.about for clip in CLIPS}
    head = ("Clip", "What is special", *(f"`{entry['name']}`" for entry in PRESETS))
    rows = [(f"`{name}`", about[name], *words) for name, words in outcomes.items()]
    return _HEAD + table(head, rows) + _CODES


def _outcomes(studio: Studio, clip: Clip, folder: Path) -> list[Outcome]:
    path = clip.make(folder / f"{clip.name}.mp4")
    outcomes = []
    for entry in PRESETS:
        with TemporaryDirectory(dir=folder) as output:
            outcome = tortured(studio, entry, clip, path, Path(output))
        for problem in outcome.problems:
            sys.stderr.write(f"{clip.name} {entry['name']}: {problem}\n")
        outcomes.append(outcome)
    return outcomes


def main() -> int:
    """Write the page; return 1, and leave it as it is, when a promise is broken."""
    words, is_broken = {}, False
    with TemporaryDirectory() as folder, open_studio(Path(folder)) as studio:
        for clip in CLIPS:
            sys.stderr.write(f"{clip.name} ...\n")
            outcomes = _outcomes(studio, clip, Path(folder))
            words[clip.name] = [outcome.words for outcome in outcomes]
            is_broken |= any(outcome.problems for outcome in outcomes)
    if not is_broken:
        PAGE.write_text(page(words))
    return int(is_broken)


if __name__ == "__main__":
    raise SystemExit(main())
