"""A body in files is to MiniStack what the same bytes are."""

import copy
import hashlib
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.emulated.body import CHUNK_BYTES, SMALL_BYTES, Body, BodyFile, hashes, joined

BYTES = bytes(range(251)) * (2 * CHUNK_BYTES // 251)
"""More than one chunk, without a period that a chunk's size divides."""


def on_disk(data: bytes) -> Body:
    """Write bytes into a file of their own."""
    file = BodyFile()
    file.path.write_bytes(data)
    return Body.of_file(file, len(data))


@pytest.fixture(scope="module")
def body() -> Body:
    """Make a body of three files, and of bytes in between."""
    third = len(BYTES) // 3
    parts = [
        BYTES[:third],
        BYTES[third : third + 7],
        BYTES[third + 7 : 2 * third],
        BYTES[2 * third :],
    ]
    return Body.joined([on_disk(parts[0]), parts[1], on_disk(parts[2]), on_disk(parts[3])])


def as_bytes(part: bytes | Body) -> bytes:
    """Read a slice."""
    return part.read() if isinstance(part, Body) else part


places = st.one_of(st.none(), st.integers(-len(BYTES) - 2, len(BYTES) + 2))


@settings(max_examples=50, deadline=None)
@given(start=places, stop=places)
def test_slices(body: Body, start: int | None, stop: int | None) -> None:
    """A slice is what a slice of bytes is, and is bytes where it is small."""
    part = body[start:stop]

    assert BYTES[start:stop] == as_bytes(part)
    assert len(BYTES[start:stop]) == len(part)
    assert isinstance(part, bytes) == (len(part) <= SMALL_BYTES)


@settings(max_examples=30, deadline=None)
@given(place=st.integers(0, len(BYTES) - 9), length=st.integers(1, 9), start=st.integers(0, 9_000))
def test_find(body: Body, place: int, length: int, start: int) -> None:
    """What is sought is found where it is in the same bytes."""
    sought = BYTES[place : place + length]

    assert BYTES.find(sought, start) == body.find(sought, start)
    assert -1 == body.find(b"\0\0")


def test_reading(body: Body) -> None:
    """It is read byte by byte and in chunks, and has the length of its bytes."""
    assert len(BYTES) == len(body)
    assert BYTES == bytes(iter(body))
    assert BYTES == body.read()
    assert max(len(chunk) for chunk in body.chunks()) <= CHUNK_BYTES
    assert BYTES[12345] == body[12345]
    assert BYTES[-1] == body[-1]


def test_hashing(body: Body) -> None:
    """Hashes of a body are those of its bytes; those of bytes are as ever."""
    for name in ("md5", "sha1", "sha256"):
        expected = hashlib.new(name, BYTES).digest()
        assert expected == getattr(hashes, name)(body).digest()
        assert expected == getattr(hashes, name)(BYTES).digest()
    assert hashlib.sha512 is hashes.sha512
    assert zlib.crc32(BYTES) == hashes.crc32(body) == hashes.crc32(BYTES)


def test_joining(body: Body) -> None:
    """Bytes become bytes, as before; with a body among them they become a body."""
    assert b"ab" == joined([b"a", b"b"])
    assert b"a" + BYTES == as_bytes(joined([b"a", body]))


def test_a_file_lasts_as_long_as_a_body_needs_it() -> None:
    """Slices and copies keep the file; with the last of them it goes."""
    file = BodyFile()
    file.path.write_bytes(BYTES)
    path, whole = file.path, Body.of_file(file, len(BYTES))
    part, twin = whole[10:9_000], copy.deepcopy(whole)
    del file, whole
    assert path.exists()

    del twin
    assert BYTES[10:9_000] == as_bytes(part)

    del part
    assert not path.exists()
