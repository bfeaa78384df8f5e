"""About what it costs to render uploads: the stack's own estimate, times their length."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from handlers.names import Count

HOUR_SECONDS: Final = 3_600


@dataclass(frozen=True, kw_only=True)
class Price:
    """What a preset's renditions of some uploads cost."""

    dollars: float
    is_least: bool
    """Whether the estimate lacks a price of something that the preset does."""
    guessed: int
    """Uploads whose length is guessed from their size."""
    bitrate: float
    """Bit/s that an upload of unknown length is taken to have."""

    @classmethod
    def of(cls, estimate: Mapping[str, Any], preset: str, counts: Mapping[str, int]) -> Self | None:
        """Work out a price.

        Args:
            estimate: The stack's output of that name.
            preset: Name of the preset.
            counts: What reconcile counted in the uploads.

        Returns:
            The price; None when the stack's outputs hold no estimate of the preset.
        """
        try:
            an_hour = estimate["per_hour_of_source"]["presets"][preset]["total"]
            bitrate = estimate["upload"]["bitrate"]
        except KeyError:
            return None
        guessed_seconds = 8 * counts.get(Count.UNMEASURED_BYTES, 0) / bitrate
        seconds = counts.get(Count.MEASURED_SECONDS, 0) + guessed_seconds
        return cls(
            dollars=round(an_hour * seconds / HOUR_SECONDS, 4),
            is_least=any(line.startswith(f"{preset}: ") for line in estimate["not_priced"]),
            guessed=counts.get(Count.UNMEASURED, 0),
            bitrate=bitrate,
        )

    def __str__(self) -> str:
        """Say it in words."""
        words = f"{'at least' if self.is_least else 'about'} ${self.dollars:,.2f}"
        if self.guessed:
            words += (
                f"; the length of {self.guessed} of them is guessed from their size, at "
                f"{self.bitrate / 1e6:g} Mbit/s"
            )
        return words
