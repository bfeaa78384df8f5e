"""Which of many keys a bucket lacks: the same as asking for each, in a page for a thousand."""

from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.output_listing import missing
from handlers.pauses import OutOfTimeError, Pauses


@dataclass
class Bucket:
    """S3's listing, in pages of two names or so."""

    keys: set[str]
    page: int = 2
    listed: list[str] = field(default_factory=list)

    def list_objects_v2(self, **request: Any) -> dict[str, Any]:
        """List the names after one."""
        assert "output" == request["Bucket"]
        after = request["StartAfter"]
        self.listed.append(after)
        found = sorted(key for key in self.keys if key > after)
        contents = [{"Key": key} for key in found[: self.page]]
        return {"Contents": contents, "IsTruncated": len(found) > self.page}


def lacks(bucket: Bucket, keys: set[str]) -> set[str]:
    """What the bucket lacks of these."""
    return missing(cast("Any", bucket), "output", keys, Pauses(lambda: True))


names = st.sets(st.text("ab./-~0", min_size=1, max_size=4))


@given(there=names, wanted=names, page=st.integers(1, 3))
def test_a_key_is_lacking_when_the_bucket_has_no_such_object(
    there: set[str], wanted: set[str], page: int
) -> None:
    """Whatever lies between the names, and wherever a page ends."""
    assert wanted - there == lacks(Bucket(there, page), wanted)


def test_a_page_settles_all_that_are_in_it() -> None:
    """A thousand neighbours take one call."""
    keys = {f"{number:04}-720p.mp4" for number in range(1_000)}
    bucket = Bucket(keys, page=1_000)

    assert set() == lacks(bucket, keys)
    assert 1 == len(bucket.listed)


def test_what_lies_between_two_keys_is_skipped() -> None:
    """A playlist's segments are not read through to find the next playlist."""
    segments = {f"a-hls/a_{number:05}.ts" for number in range(1_000)}
    bucket = Bucket(segments | {"a-hls/a.m3u8", "b-hls/b.m3u8"}, page=10)

    assert set() == lacks(bucket, {"a-hls/a.m3u8", "b-hls/b.m3u8"})
    assert 2 == len(bucket.listed)


def test_nothing_wanted_is_nothing_asked() -> None:
    """Without keys there is no call."""
    bucket = Bucket(set())

    assert set() == lacks(bucket, set())
    assert [] == bucket.listed


def test_a_listing_that_takes_too_long_ends_the_run() -> None:
    """Keys far apart take a call each, and there is not always time for all."""
    keys = {f"{number}/a.mp4" for number in range(9)}
    between = {f"{number}/b{other}.ts" for number in range(9) for other in range(9)}
    time = iter(range(3))
    bucket = Bucket(keys | between)

    with pytest.raises(OutOfTimeError):
        missing(cast("Any", bucket), "output", keys, Pauses(lambda: next(time, None) is not None))
    assert 4 == len(bucket.listed)
