"""An unknown preset means another by what it is, not by how it is spelt."""

import pytest

from operate.preset_meaning import meant

STACK = ("480p", "720p", "1080p", "1080p-hevc", "2160p", "web-hls", "thumbnails", "sound")


@pytest.mark.parametrize(
    ("name", "presets"),
    [
        ("720", ["720p"]),
        ("720P", ["720p"]),
        ("720p30", ["720p"]),
        ("1280x720", ["720p"]),
        ("hd", ["720p"]),
        ("HD ready", ["720p"]),
        ("Full HD", ["1080p", "1080p-hevc"]),
        ("hevc 1080", ["1080p-hevc"]),
        ("H.265", ["1080p-hevc"]),
        ("1088", ["1080p", "1080p-hevc"]),
        ("4K", ["2160p"]),
        ("SD", ["480p"]),
        ("audio", ["sound"]),
        ("poster", ["thumbnails"]),
        ("stream", ["web-hls"]),
    ],
)
def test_a_name_means_what_has_the_same_height_or_kind(name: str, presets: list[str]) -> None:
    """By the words that people use for it, in any case."""
    assert presets == meant(name, STACK)


@pytest.mark.parametrize("name", ["480p", "280p", "108", "4k", "sd", "720p-hls", "audio", "x"])
def test_another_height_is_never_meant(name: str) -> None:
    """`480p` is spelt like `1080p`, and an operator who takes the hint pays for the wrong one."""
    assert [] == meant(name, ["1080p"])


def test_a_height_counts_more_than_a_kind() -> None:
    """A preset of the right kind and the wrong height is no answer."""
    assert [] == meant("720p-hls", ["1080p-hls"])


@pytest.mark.parametrize(("name", "preset"), [("mobil", "mobile"), ("720o", "720p")])
def test_a_slip_of_the_keyboard_is_found_by_spelling(name: str, preset: str) -> None:
    """Where a name has no meaning of its own."""
    assert [preset] == meant(name, ["mobile", "720p", "1080p"])
