"""What it costs to render uploads: their length times the stack's estimate for an hour."""

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
    """Whether the estimate has no price for a part of what the preset does."""
    guessed: int
    """Number of uploads whose length is guessed from their size."""
    bitrate: float
    """Bitrate in bit/s by which a length is guessed."""

    @classmethod
    def of(cls, estimate: Mapping[str, Any], preset: str, counts: Mapping[str, int]) -> Self | None:
        """Compute the price of one preset.

        Args:
            estimate: The stack's output `estimate`.
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
        """Write the price, and how sure it is."""
        words = f"{'at least' if self.is_least else 'about'} ${self.dollars:,.2f}"
        if self.guessed:
            words += (
                f"; the length of {self.guessed} of them is guessed from their size, at "
                f"{self.bitrate / 1e6:g} Mbit/s"
            )
        return words
