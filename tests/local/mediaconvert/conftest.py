"""Fixtures of the service's tests."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local.mediaconvert import clips
from tests.local.mediaconvert.studio import Studio, open_studio


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second of picture, 320x180 at 30 frames a second, with sound."""
    return clips.video(tmp_path_factory.mktemp("clips") / "clip.mp4")


@pytest.fixture
def other_threads() -> frozenset[threading.Thread]:
    """The threads that run before the test begins: a local cloud of another test may have some."""
    return frozenset(threading.enumerate())


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    """The service inside moto, with buckets and a role."""
    with open_studio(tmp_path) as studio:
        yield studio
