"""Dollars, split by the service that bills them."""

from dataclasses import asdict, dataclass, fields

_DIGITS = 8
"""Behind the point of a dollar: a single request costs a few tenths of a millionth."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What something costs, by service."""

    mediaconvert: float = 0
    lambda_: float = 0
    sqs: float = 0
    sns: float = 0
    s3: float = 0
    dynamodb: float = 0

    def __add__(self, other: "Cost") -> "Cost":
        """Add part by part."""
        return Cost(
            **{
                part.name: getattr(self, part.name) + getattr(other, part.name)
                for part in fields(self)
            }
        )

    def times(self, count: float) -> "Cost":
        """Multiply every part.

        Args:
            count: how many times.
        """
        return Cost(**{name: count * dollars for name, dollars in asdict(self).items()})

    def rounded(self) -> dict[str, float]:
        """Return the `total` and its parts, without the noise of floating point."""
        parts = {name.rstrip("_"): dollars for name, dollars in asdict(self).items()}
        return {
            name: round(dollars, _DIGITS)
            for name, dollars in {"total": sum(parts.values()), **parts}.items()
        }
