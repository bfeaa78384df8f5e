"""Where a rendition goes: mirrored, safe, and never where another one goes."""

import re

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from handlers.mediaconvert import output_key

ENDING = "-720p.mp4"
DIGEST = re.compile(r"~[0-9a-f]{32}")
SOME_DIGEST = "~" + "0" * 32

characters = st.sampled_from("aBé🎬 +'%$~/.\n")
pieces = characters | st.sampled_from(
    ["%24", "%25", "2024", ".mp4", ".MP4", ".mov", "-720p", SOME_DIGEST, "x" * 1000, "é" * 500]
)
keys = (
    st.lists(pieces, min_size=1, max_size=6)
    .map("".join)
    .filter(lambda key: len(key.encode()) <= output_key.MAX_KEY_BYTES)
)


def neighbours(key: str) -> set[str]:
    """Keys that a careless rule would send to where `key` goes."""
    stem = output_key.stem(key, ENDING)
    candidates = {key, stem, key[:-1], key + "x", key + "/", key.replace("$", "%24")}
    candidates |= {stem.replace("%24", "$").replace("%25", "%"), key.removesuffix(".mp4")}
    candidates |= {DIGEST.sub("", candidate) for candidate in candidates}
    candidates |= {candidate + ".mp4" for candidate in candidates}
    return {
        candidate
        for candidate in candidates
        if 0 < len(candidate.encode()) <= output_key.MAX_KEY_BYTES
    }


@pytest.mark.parametrize(
    ("key", "stem"),
    [
        ("a.mp4", "a"),
        ("trips/a.mp4", "trips/a"),
        ("trips/a.MP4", "trips/a.MP4"),
        ("trips/a.mov", "trips/a.mov"),
        ("holiday.2024.mp4", "holiday.2024"),
        ("keynote.final.mp4", "keynote.final"),
        ("a b+c'd\"é🎬.mp4", "a b+c'd\"é🎬"),
        ("50% $t$.mp4", "50%25 %24t%24"),
        ("%24.mp4", "%2524"),
    ],
)
def test_a_source_path_is_mirrored(key: str, stem: str) -> None:
    """`.mp4` is dropped, any other suffix stays, and `%` and `$` are written as `%25` and `%24`."""
    assert stem == output_key.stem(key, ENDING)


@pytest.mark.parametrize(
    ("key", "beginning"),
    [
        pytest.param("a.mp4.mp4", "a.mp4", id="looks like a media file without its suffix"),
        pytest.param("a.mov.mp4", "a.mov", id="another source's stem without its suffix"),
        pytest.param("a", "a", id="no suffix"),
        pytest.param("v1.2", "v1.2", id="a number is no suffix"),
        pytest.param("trips/.mp4", "trips/", id="nothing but a suffix"),
        pytest.param(".mp4", "", id="nothing but a suffix, at the top"),
        pytest.param(f"a{SOME_DIGEST}.mp4", f"a{SOME_DIGEST}", id="already has a digest"),
    ],
)
def test_a_stem_that_could_be_anothers_gets_a_digest(key: str, beginning: str) -> None:
    """Where two keys could meet, or MediaConvert would choose a name, a digest is added."""
    stem = output_key.stem(key, ENDING)

    assert beginning == stem[:-33]
    assert DIGEST.fullmatch(stem[-33:])


@pytest.mark.parametrize(
    ("key", "kept"),
    [
        ("x" * 1015 + ".mp4", "x" * 1015),
        ("x" * 1016 + ".mp4", "x" * 982),
        ("é" * 508 + ".mp4", "é" * 491),
        ("🎬" * 254 + ".mp4", "🎬" * 245),
        ("$" * 400 + ".mp4", "%24" * 327),
    ],
    ids=["just fits", "one byte over", "two-byte characters", "four-byte characters", "escaped"],
)
def test_a_long_key_is_cut_between_characters(key: str, kept: str) -> None:
    """What would pass 1,024 bytes is cut between whole characters and gets a digest."""
    assert kept == DIGEST.sub("", output_key.stem(key, ENDING))


@given(keys)
@example("x" * 1015 + ".mp4")
@example("x" * 1024)
def test_every_output_is_a_valid_key(key: str) -> None:
    """Whatever the source is called, the output's name is its own, fits, and expands to nothing."""
    stem = output_key.stem(key, ENDING)

    assert len((stem + ENDING).encode()) <= 1024
    assert "$" not in stem
    assert not stem.endswith("/")
    assert stem


@given(keys)
@example("a.mp4.mp4")
@example("a")
@example(f"a{SOME_DIGEST}.mp4")
@example("$.mp4")
@example("x" * 1020 + ".mp4")
def test_two_keys_never_share_an_output(key: str) -> None:
    """Every key and those most like it have as many outputs as they are keys."""
    sources = neighbours(key)

    assert len(sources) == len({output_key.stem(source, ENDING) for source in sources})


@given(keys, keys)
def test_unlike_keys_never_share_an_output(first: str, second: str) -> None:
    """Two outputs are equal only if the sources are."""
    assume(first != second)

    assert output_key.stem(first, ENDING) != output_key.stem(second, ENDING)
