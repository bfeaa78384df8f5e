"""What exceeds the cap becomes no job."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.exceptions import ClientError

from handlers.upload import Upload
from handlers.upload_cap import UploadCap
from tests.handlers.fakes import NO_ANSWER, THROTTLED, client_error
from tests.handlers.world import BranchWorld, World

if TYPE_CHECKING:
    from types_boto3_mediaconvert import MediaConvertClient

NO_MEDIA = client_error("UnprocessableEntityException", 422)


class FakeProber:
    """MediaConvert as far as the cap asks it: the length of the one file there is."""

    def __init__(self, seconds: float | None = None, refusal: ClientError | None = None) -> None:
        """Answer with a length, or refuse."""
        self._container = {} if seconds is None else {"Duration": seconds}
        self._refusal = refusal
        self.asked: list[str] = []

    def probe(self, **request: Any) -> dict[str, Any]:
        """Answer."""
        self.asked += [file["FileUrl"] for file in request["InputFiles"]]
        if self._refusal is not None:
            raise self._refusal
        return {"ProbeResults": [{"Container": self._container}]}


def cap(prober: FakeProber, *, max_bytes: int = 0, max_seconds: int = 0) -> UploadCap:
    """A cap that asks this prober."""
    return UploadCap(
        max_bytes=max_bytes,
        max_seconds=max_seconds,
        mediaconvert=cast("MediaConvertClient", prober),
    )


@pytest.mark.parametrize(("size", "code"), [(1_000, None), (1_001, "too_large")])
def test_the_largest_upload_is_the_cap(upload: Upload, size: int, code: str | None) -> None:
    """A byte more is refused, and nobody reads the file to find out."""
    prober = FakeProber(seconds=1.0)
    failure = cap(prober, max_bytes=1_000).excess(replace(upload, size=size))

    assert code == (failure and failure.code)
    assert [] == prober.asked


@pytest.mark.parametrize(("seconds", "code"), [(60.0, None), (60.04, "too_long")])
def test_the_longest_upload_is_the_cap(upload: Upload, seconds: float, code: str | None) -> None:
    """A frame more is refused, with its length in the reason."""
    prober = FakeProber(seconds)
    failure = cap(prober, max_seconds=60).excess(upload)

    assert code == (failure and failure.code)
    assert [f"s3://{upload.bucket}/{upload.key}"] == prober.asked


@pytest.mark.parametrize(
    "prober", [FakeProber(), FakeProber(refusal=NO_MEDIA)], ids=["none", "no media"]
)
def test_what_has_no_length_is_left_to_its_job(upload: Upload, prober: FakeProber) -> None:
    """A file that is no media fails in MediaConvert with a code of its own, and for nothing."""
    assert cap(prober, max_seconds=60).excess(upload) is None


def test_without_a_cap_nothing_is_asked(upload: Upload) -> None:
    """The default: any upload becomes a job."""
    prober = FakeProber(seconds=1e6)

    assert cap(prober).excess(replace(upload, size=10**15)) is None
    assert [] == prober.asked


def test_what_exceeds_it_is_a_dead_letter_and_no_job(
    world: World, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the reason, and announced like everything that is given up."""
    branch = _capped(world, FakeProber(seconds=61.5), monkeypatch)
    branch.notify(upload)

    assert [] == branch.invoke()
    assert [] == world.mediaconvert.inputs
    [(_, attributes)] = branch.dead_letters()
    assert "too_long" == attributes["code"]
    assert "The upload lasts 61.5 s; the longest that is taken lasts 60 s." == attributes["reason"]
    assert "dead" == world.rendition(upload).state


def test_a_prober_that_is_busy_delays_the_upload(
    world: World, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Throttling refuses for now: the message waits, and nothing is given up."""
    branch = _capped(world, FakeProber(refusal=THROTTLED), monkeypatch)
    message = branch.notify(upload)

    assert [message] == branch.invoke()
    assert [] == branch.dead_letters()


def test_a_job_that_nobody_noted_is_found_before_the_length_is_asked(
    world: World, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A prober that refuses says nothing about the job that a dead delivery may have made."""
    branch = _capped(world, FakeProber(seconds=1.0), monkeypatch)
    world.mediaconvert.fail_to_answer("a.mp4", NO_ANSWER)
    branch.notify(upload)
    branch.invoke()
    world.mediaconvert.recover()
    _capped(world, FakeProber(refusal=THROTTLED), monkeypatch)
    world.clock.pass_(branch.settings.claim_seconds)
    branch.end_back_off()

    assert [] == branch.invoke()
    assert "job-1" == world.rendition(upload).job_id


def _capped(world: World, prober: FakeProber, monkeypatch: pytest.MonkeyPatch) -> BranchWorld:
    branch = world["720p"]
    submission = replace(branch.runtime.submission, cap=cap(prober, max_seconds=60))
    monkeypatch.setattr(branch, "runtime", replace(branch.runtime, submission=submission))
    return branch
