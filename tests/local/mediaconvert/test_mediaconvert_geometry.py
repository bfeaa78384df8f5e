"""Scaling behaviors as arithmetic."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.mediaconvert.errors import JobError
from local.mediaconvert.geometry import Picture, Sizes, scaling

SQUARE = Fraction(1)

lengths = st.integers(2, 8192)
boxes = st.integers(16, 4096).map(lambda half: 2 * half)
aspects = st.fractions(Fraction(1, 4), 4, max_denominator=99)


@pytest.mark.parametrize(
    ("source", "behavior", "expected"),
    [
        ((1920, 1080), "FIT_NO_UPSCALE", Sizes((1280, 720), (1280, 720))),
        ((640, 360), "FIT_NO_UPSCALE", Sizes((640, 360), (640, 360))),
        ((1080, 1920), "FIT_NO_UPSCALE", Sizes((404, 720), (404, 720))),
        ((641, 361), "FIT_NO_UPSCALE", Sizes((640, 360), (640, 360))),
        ((640, 360), "FIT", Sizes((1280, 720), (1280, 720))),
        ((640, 480), "FIT", Sizes((960, 720), (960, 720))),
        ((640, 480), "DEFAULT", Sizes((960, 720), (1280, 720))),
        ((640, 480), "STRETCH_TO_OUTPUT", Sizes((1280, 720), (1280, 720))),
        ((640, 480), "FILL", Sizes((1280, 960), (1280, 720))),
    ],
)
def test_each_behavior_brings_the_picture_to_its_size(
    source: tuple[int, int], behavior: str, expected: Sizes
) -> None:
    """Each ScalingBehavior does with a 1280x720 box what its documentation says."""
    picture = Picture(*source, SQUARE)
    assert expected == scaling(picture, SQUARE, 1280, 720, behavior)


@given(lengths, lengths, aspects, boxes, boxes)
def test_fit_no_upscale_stays_inside_box_and_source(
    width: int, height: int, aspect: Fraction, box_width: int, box_height: int
) -> None:
    """FIT_NO_UPSCALE yields even sizes, never above the box nor above what the source shows."""
    picture = Picture(width, height, aspect)
    output_width, output_height = scaling(
        picture, SQUARE, box_width, box_height, "FIT_NO_UPSCALE"
    ).output
    assert (0, 0) == (output_width % 2, output_height % 2)
    assert 2 <= output_width <= box_width
    assert output_width <= max(Fraction(2), width * aspect)
    assert 2 <= output_height <= min(box_height, max(2, height))


@given(lengths, lengths, aspects, boxes, boxes)
def test_fitting_keeps_the_shape(
    width: int, height: int, aspect: Fraction, box_width: int, box_height: int
) -> None:
    """A fitted picture keeps its shape, to the two samples that even sizes cost."""
    picture = Picture(width, height, aspect)
    fitted = scaling(picture, aspect, box_width, box_height, "FIT").output
    factor = min(Fraction(box_width, width), Fraction(box_height, height))
    assert abs(fitted[0] - width * factor) < 2
    assert abs(fitted[1] - height * factor) < 2


@given(lengths, lengths, boxes, boxes)
def test_default_fills_the_box_with_padding(
    width: int, height: int, box_width: int, box_height: int
) -> None:
    """DEFAULT always yields the box, and what is scaled fits into it."""
    plan = scaling(Picture(width, height, SQUARE), SQUARE, box_width, box_height, "DEFAULT")
    assert (box_width, box_height) == plan.output
    assert plan.scaled[0] <= box_width
    assert plan.scaled[1] <= box_height


@given(lengths, lengths, boxes, boxes)
def test_fill_covers_the_box(width: int, height: int, box_width: int, box_height: int) -> None:
    """FILL always yields the box, cropped from what covers it."""
    plan = scaling(Picture(width, height, SQUARE), SQUARE, box_width, box_height, "FILL")
    assert (box_width, box_height) == plan.output
    assert plan.scaled[0] >= box_width
    assert plan.scaled[1] >= box_height


def test_square_samples_widen_an_anamorphic_picture() -> None:
    """ParControl SPECIFIED 1:1 keeps what is seen: a 720x576 picture at 16:11 becomes 1046 wide."""
    picture = Picture(720, 576, Fraction(16, 11))
    assert (1046, 576) == scaling(picture, SQUARE, 1920, 1080, "FIT_NO_UPSCALE").output


@pytest.mark.parametrize(
    ("width", "height", "expected"), [(None, 720, (1280, 720)), (640, None, (640, 360))]
)
def test_one_length_follows_from_the_other(
    width: int | None, height: int | None, expected: tuple[int, int]
) -> None:
    """With Width or Height alone, the other keeps the source's shape."""
    picture = Picture(1920, 1080, SQUARE)
    assert expected == scaling(picture, SQUARE, width, height, "FIT").output


def test_odd_sizes_that_follow_the_source_are_refused() -> None:
    """A size that would come out odd is error 1040, as MediaConvert has it."""
    with pytest.raises(JobError, match=r"Invalid resolution \[640 x 1159\]") as caught:
        scaling(Picture(640, 1159, SQUARE), SQUARE, None, None, "DEFAULT")
    assert JobError.INCOMPATIBLE_SETTINGS == caught.value.code


def test_a_quarter_turn_swaps_the_sides_and_the_samples_shape() -> None:
    """After 90 degrees the sides are swapped, and wide samples are tall; after 180 nothing is."""
    picture = Picture(720, 576, Fraction(16, 11))
    assert Picture(576, 720, Fraction(11, 16)) == picture.turned(90)
    assert picture == picture.turned(180)
