"""Files are told apart on screen."""

from pathlib import Path

import pytest

from local.titles import titles


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        (["x/a.mp4", "y/b.mp4"], ["a.mp4", "b.mp4"]),
        (["x/a.mp4", "y/a.mp4", "b.mp4"], ["x/a.mp4", "y/a.mp4", "b.mp4"]),
        (["1/x/a.mp4", "2/x/a.mp4", "2/y/a.mp4"], ["1/x/a.mp4", "2/x/a.mp4", "y/a.mp4"]),
        (["a.mp4", "x/a.mp4"], ["a.mp4", "x/a.mp4"]),
        (["/a.mp4", "x/a.mp4"], ["/a.mp4", "x/a.mp4"]),
        (["x/a.mp4", "x/a.mp4"], ["x/a.mp4", "x/a.mp4 (2)"]),
        (["x/\x1b[2Ja.mp4"], ["\N{REPLACEMENT CHARACTER}[2Ja.mp4"]),
        ([], []),
    ],
)
def test_titles(sources: list[str], expected: list[str]) -> None:
    """A title is the name, or as much of the path as no other file shares."""
    assert expected == titles([Path(source) for source in sources])
