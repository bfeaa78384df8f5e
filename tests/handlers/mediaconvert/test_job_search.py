"""Finding jobs that nobody noted: surely, and without listing them again for each."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, cast

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from handlers.mediaconvert.job_search import MARGIN, JobSearch, Place, SearchUnfinishedError
from tests.handlers.fakes import BAD_REQUEST, THROTTLED, Clock, FakeMediaConvert

if TYPE_CHECKING:
    from types_boto3_mediaconvert import MediaConvertClient

PIPELINE = "arn:aws:mediaconvert:eu-central-1:111122223333:queues/720p"
JOBS_PER_PAGE = 2
"""As the stand-in has it."""


class Pipeline:
    """A pipeline with a clock, and whoever looks for its jobs."""

    def __init__(self) -> None:
        """Start without jobs."""
        self.clock = Clock()
        self.mediaconvert = FakeMediaConvert(self.clock)
        self.start_cold()

    def create(self, number: int) -> str:
        """Create a job."""
        job = self.mediaconvert.create_job(
            Queue=PIPELINE, ClientRequestToken=str(number), UserMetadata={"upload": str(number)}
        )
        return str(job["Job"]["Id"])

    def find(self, number: int, since: int, place: Place | None = None) -> str | None:
        """Look for a job that was created since a time, for a claim that is made now."""
        return self.search.find(
            {"upload": str(number)}, since=since, until=self.clock(), place=place
        )

    def start_cold(self) -> None:
        """Forget everything that was read, as a new function has never read it."""
        mediaconvert = cast("MediaConvertClient", self.mediaconvert)
        self.search = JobSearch(mediaconvert, PIPELINE, self.clock)

    def pages_of(self, action: Callable[[], object]) -> int:
        """Count the pages that are read meanwhile."""
        before = self.mediaconvert.pages
        action()
        return self.mediaconvert.pages - before


def test_after_an_outage_each_job_is_listed_once() -> None:
    """A hundred claims in doubt read the jobs of the last minute each, not all since the outage."""
    pipeline = Pipeline()
    outage = pipeline.clock()
    pages = []
    for number in range(100):
        pipeline.clock.pass_(MARGIN // 4)
        pages.append(pipeline.pages_of(partial(pipeline.find, number, outage)))
        pipeline.create(number)

    assert max(pages) <= 3


def test_claims_of_one_moment_share_a_listing() -> None:
    """A batch that is in doubt as a whole lists jobs once."""
    pipeline = Pipeline()
    pipeline.create(0)

    assert [1, 0, 0] == [
        pipeline.pages_of(partial(pipeline.find, number, pipeline.clock())) for number in (1, 2, 3)
    ]


def test_a_search_that_takes_too_long_goes_on_later() -> None:
    """What has been read is not read again: a long listing is done after some deliveries."""
    pipeline = Pipeline()
    outage = pipeline.clock()
    for number in range(20):
        pipeline.create(number)
    pipeline.clock.pass_(2 * MARGIN)
    pipeline.mediaconvert.before_list = partial(pipeline.clock.pass_, 2)

    deliveries, job_id = _patiently(pipeline, 99, outage)

    assert job_id is None
    assert 1 < deliveries
    assert 20 / JOBS_PER_PAGE + deliveries >= pipeline.mediaconvert.pages


@pytest.mark.parametrize("exists", [True, False], ids=["its job exists", "no job"])
@pytest.mark.parametrize("is_cold", [True, False], ids=["cold starts", "warm"])
def test_a_claim_behind_20_000_jobs_is_resolved(
    *,
    exists: bool,
    is_cold: bool,
) -> None:
    """Each page is read once, whatever functions come and go: the claim keeps its place."""
    pipeline = Pipeline()
    pipeline.mediaconvert.page_size = 20
    since = pipeline.clock()
    job_id = pipeline.create(-1) if exists else None
    for number in range(20_000):
        pipeline.create(number)
        pipeline.clock.pass_(number % 2)
    pages = iter(range(10**6))
    # A page takes a fifth of a second.
    pipeline.mediaconvert.before_list = lambda: pipeline.clock.pass_(next(pages) % 5 == 0)
    place, deliveries, found = None, 0, None
    while True:
        deliveries += 1
        try:
            found = pipeline.find(-1, since, place)
            break
        except SearchUnfinishedError as error:
            place = error.place
        pipeline.clock.pass_(120)
        if is_cold:
            pipeline.start_cold()

    assert job_id == found
    assert 20_000 / 20 + 3 >= pipeline.mediaconvert.pages
    assert 60 > deliveries


def test_claims_with_places_of_their_own_all_come_to_an_end() -> None:
    """However far each has come, functions that start cold bring every one of them on."""
    pipeline = Pipeline()
    since = pipeline.clock()
    for number in range(60):
        pipeline.create(number)
        pipeline.clock.pass_(1)
    pipeline.mediaconvert.before_list = partial(pipeline.clock.pass_, 1)
    places: dict[int, Place | None] = {-1: None}
    for delivery in range(60):
        pipeline.start_cold()
        if delivery in {1, 2}:
            places[-1 - delivery] = None
        for number, place in list(places.items()):
            with suppress(SearchUnfinishedError):
                try:
                    assert pipeline.find(number, since, place) is None
                except SearchUnfinishedError as error:
                    places[number] = error.place
                    raise
                del places[number]
        pipeline.clock.pass_(120)

    assert {} == places


def test_a_place_that_listjobs_has_forgotten_is_left() -> None:
    """The search begins anew, and its claim is not given up over ListJobs's refusal of the mark."""
    pipeline = Pipeline()
    since = pipeline.clock()
    job_id = pipeline.create(0)
    place = Place(begun=pipeline.clock(), reached=pipeline.clock(), token="1")  # noqa: S106 a mark in a listing
    pipeline.mediaconvert.before_list = partial(_answer, iter([BAD_REQUEST, None, None]))

    assert job_id == pipeline.find(0, since, place)


def test_a_refused_page_says_nothing_about_the_job() -> None:
    """A listing that breaks off in the middle begins anew, and is not taken for the whole."""
    pipeline = Pipeline()
    outage = pipeline.clock()
    ids = [pipeline.create(number) for number in range(4)]
    answers = iter([None, THROTTLED, None, None])
    pipeline.mediaconvert.before_list = partial(_answer, answers)
    with pytest.raises(ClientError):
        pipeline.find(0, since=outage)

    assert ids[0] == pipeline.find(0, since=outage)


def test_a_job_that_is_listed_late_is_found() -> None:
    """What was not listed a minute ago is looked for again, behind what is newer as well."""
    pipeline = Pipeline()
    pipeline.mediaconvert.listed_after = MARGIN
    created = pipeline.clock()
    job_id = pipeline.create(0)
    pipeline.create(1)
    pipeline.create(2)
    pipeline.clock.pass_(10)

    assert pipeline.find(99, since=created) is None

    pipeline.clock.pass_(MARGIN)

    assert job_id == pipeline.find(0, since=created)


def test_a_job_from_after_the_last_listing_is_found() -> None:
    """A listing answers for claims that were made before it, and for no later ones."""
    pipeline = Pipeline()

    assert pipeline.find(0, since=pipeline.clock()) is None

    pipeline.clock.pass_(1)
    created = pipeline.clock()
    job_id = pipeline.create(0)
    pipeline.clock.pass_(2 * MARGIN)

    assert job_id == pipeline.find(0, since=created)


def test_a_job_from_before_what_is_known_is_found() -> None:
    """A claim that is in doubt for longer than the one before makes the search go further back."""
    pipeline = Pipeline()
    created = pipeline.clock()
    ids = [pipeline.create(number) for number in range(6)]
    pipeline.clock.pass_(3 * MARGIN)

    assert pipeline.find(99, since=pipeline.clock()) is None
    assert ids[0] == pipeline.find(0, since=created)


steps = st.one_of(
    st.tuples(st.just("create"), st.just(0)),
    st.tuples(st.just("pass"), st.integers(1, 200)),
    st.tuples(st.just("find"), st.integers(0, 30)),
    st.tuples(st.just("miss"), st.integers(0, 1000)),
)


@given(
    steps=st.lists(steps, max_size=40),
    listed_after=st.integers(0, MARGIN),
    seconds_per_page=st.integers(0, 3),
    is_cold=st.booleans(),
)
def test_the_search_tells_the_truth(
    *, steps: list[tuple[str, int]], listed_after: int, seconds_per_page: int, is_cold: bool
) -> None:
    """However late jobs are listed and however slow the pages are: what there is, is found."""
    pipeline = Pipeline()
    pipeline.mediaconvert.listed_after = listed_after
    pipeline.mediaconvert.before_list = partial(pipeline.clock.pass_, seconds_per_page)
    jobs: list[tuple[int, str]] = []
    for step, number in steps:
        match step:
            case "create":
                pipeline.clock.pass_(1)
                jobs.append((pipeline.clock(), pipeline.create(len(jobs))))
            case "pass":
                pipeline.clock.pass_(number)
            case "find" if jobs:
                place = number % len(jobs)
                since, job_id = jobs[place]
                if pipeline.clock() - since >= listed_after:
                    assert job_id == _patiently(pipeline, place, since, is_cold=is_cold)[1]
            case "miss":
                since = pipeline.clock() - number
                assert _patiently(pipeline, -1, since, is_cold=is_cold)[1] is None


def _patiently(
    pipeline: Pipeline, number: int, since: int, *, is_cold: bool = False
) -> tuple[int, str | None]:
    """Search in one delivery after the other; count them. It comes to an end."""
    place = None
    for delivery in range(1, 31):
        try:
            return delivery, pipeline.find(number, since, place)
        except SearchUnfinishedError as error:
            place = error.place
        if is_cold:
            pipeline.start_cold()
    raise AssertionError("The search does not come to an end.")


def _answer(answers: Iterator[Exception | None]) -> None:
    answer = next(answers)
    if answer is not None:
        raise answer
