"""One preset's version of one file, and what is known of it while it is made."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from operate.printable import printable


@dataclass(frozen=True)
class Rendition:
    """What one branch is to make of one upload."""

    source: Path
    """The file on this machine."""

    key: str
    """Where it was uploaded to."""

    preset: str
    """Name of the preset."""

    file_title: str = field(default="", compare=False)
    """What the file is called on screen. Default: its name."""

    @property
    def title(self) -> str:
        """What it is called on screen."""
        return f"{self.file_title or printable(self.source.name)} {printable(self.preset)}"


class State(StrEnum):
    """How far a rendition is."""

    WAITING = "waiting"
    """It has no job yet, its job has not started, or failed and is to be tried again."""

    ENCODING = "encoding"
    COMPLETE = "complete"
    ERROR = "error"


@dataclass(frozen=True)
class Failure:
    """Why there is no rendition."""

    code: int | str
    """MediaConvert's job error code, or the word that came with a dead letter."""

    message: str
    """A sentence."""


@dataclass(frozen=True)
class Sight:
    """What can be seen of a rendition at one moment."""

    state: State
    percent: int = 0
    job_id: str | None = None
    attempts: int = 0
    """Jobs that were made for it."""

    bucket: str = ""
    output_key: str = ""
    """Where the rendition is, or will be; empty while that is not known."""

    failure: Failure | None = None

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in {State.COMPLETE, State.ERROR}


UNSEEN = Sight(State.WAITING)
"""Nothing is known yet."""
