"""How a picture comes to its output size: MediaConvert's scaling behaviors, as arithmetic."""

from dataclasses import dataclass
from fractions import Fraction

from local.mediaconvert.errors import JobError


@dataclass(frozen=True)
class Picture:
    """Size of a picture in samples, and the width of a sample relative to its height."""

    width: int
    height: int
    pixel_aspect: Fraction

    def turned(self, degrees: int) -> "Picture":
        """Return it after a rotation by a right angle."""
        if degrees % 180 == 0:
            return self
        return Picture(self.height, self.width, 1 / self.pixel_aspect)


@dataclass(frozen=True)
class Sizes:
    """What to do with the samples: scale to a size, then pad or crop to the output's size."""

    scaled: tuple[int, int]
    output: tuple[int, int]


def scaling(
    source: Picture,
    pixel_aspect: Fraction,
    width: int | None,
    height: int | None,
    behavior: str,
) -> Sizes:
    """Decide the output's size.

    The shape of the picture on the screen is kept, whatever the shape of the samples. Sizes are
    rounded to the nearest even number, but never above the source's where nothing may be enlarged.

    Args:
        source: The upright input.
        pixel_aspect: Shape of the output's samples.
        width: The document's Width; None follows the height, or the source.
        height: The document's Height.
        behavior: ScalingBehavior: DEFAULT, FIT, FIT_NO_UPSCALE, FILL or STRETCH_TO_OUTPUT.

    Raises:
        JobError: 1040, when Width or Height is missing and what follows from the source is odd.
    """
    shown = (source.width * source.pixel_aspect / pixel_aspect, Fraction(source.height))
    if width is not None and height is not None:
        return _into_box(shown, width, height, behavior)
    factor = Fraction(1)
    if width is not None:
        factor = width / shown[0]
    elif height is not None:
        factor = height / shown[1]
    size = (round(shown[0] * factor), round(shown[1] * factor))
    if size[0] % 2 or size[1] % 2:
        raise JobError(
            JobError.INCOMPATIBLE_SETTINGS,
            f"Invalid resolution [{size[0]} x {size[1]}], only even values are supported:"
            " give both Width and Height.",
        )
    return Sizes(size, size)


def _into_box(shown: tuple[Fraction, Fraction], width: int, height: int, behavior: str) -> Sizes:
    box = (width, height)
    factors = (width / shown[0], height / shown[1])
    if behavior == "STRETCH_TO_OUTPUT":
        return Sizes(box, box)
    if behavior == "FILL":
        factor = max(factors)
        covering = (max(width, _even(shown[0] * factor)), max(height, _even(shown[1] * factor)))
        return Sizes(covering, box)
    if behavior == "FIT_NO_UPSCALE":
        factor = min(Fraction(1), *factors)
        size = (
            min(_even(shown[0] * factor), _even_below(shown[0])),
            min(_even(shown[1] * factor), _even_below(shown[1])),
        )
        return Sizes(size, size)
    factor = min(factors)
    fitted = (min(width, _even(shown[0] * factor)), min(height, _even(shown[1] * factor)))
    return Sizes(fitted, box if behavior == "DEFAULT" else fitted)


def _even(length: Fraction) -> int:
    return max(2, 2 * round(length / 2))


def _even_below(length: Fraction) -> int:
    return max(2, 2 * int(length // 2))
