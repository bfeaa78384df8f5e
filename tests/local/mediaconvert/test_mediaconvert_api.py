"""The service as boto3 sees it, inside moto's `mock_aws`."""

import socket
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError

from local.mediaconvert.jobs import Jobs
from tests.local.mediaconvert.documents import file_group_of, h264_of, output_of, source_of
from tests.local.mediaconvert.studio import ACCOUNT, INPUT, KEY, OUTPUT, REGION, Studio, wait_until

PREFIX = f"arn:aws:mediaconvert:{REGION}:{ACCOUNT}"


def pause(studio: Studio) -> None:
    """Let the Default queue accept jobs and run none."""
    studio.client.update_queue(Name="Default", Status="PAUSED")


# Jobs


def test_a_job_becomes_a_file(studio: Studio, clip: Path) -> None:
    """CreateJob leads to an encoded, encrypted object whose size and length GetJob tells."""
    studio.upload(clip)
    job = studio.run()
    assert "COMPLETE" == job["Status"], job.get("ErrorMessage")
    assert 100 == job["JobPercentComplete"]
    written = studio.s3.head_object(Bucket=OUTPUT, Key="trips/a b-720p.mp4")
    assert ("video/mp4", "AES256") == (written["ContentType"], written["ServerSideEncryption"])
    (details,) = job["OutputGroupDetails"][0]["OutputDetails"]
    assert {"WidthInPx": 320, "HeightInPx": 180} == details["VideoDetails"]
    assert 1000 == pytest.approx(details["DurationInMs"], abs=50)
    timing = job["Timing"]
    assert timing["SubmitTime"] <= timing["StartTime"] <= timing["FinishTime"]


def test_a_new_job_is_described_in_full(studio: Studio) -> None:
    """CreateJob answers with the job as GetJob will, settings and metadata unchanged."""
    pause(studio)
    document = studio.document(Priority=7, UserMetadata={"preset": "720p", "upload": "ü/1"})
    job = studio.client.create_job(**document)["Job"]
    assert f"{PREFIX}:jobs/{job['Id']}" == job["Arn"]
    assert f"{PREFIX}:queues/Default" == job["Queue"]
    assert ("SUBMITTED", 7) == (job["Status"], job["Priority"])
    assert document["Settings"] == job["Settings"]
    assert {"preset": "720p", "upload": "ü/1"} == job["UserMetadata"]
    assert job == studio.client.get_job(Id=job["Id"])["Job"]


def test_the_base_name_may_come_from_the_input(studio: Studio, clip: Path) -> None:
    """A Destination that ends in / takes the input's name; without Extension it is mp4."""
    studio.upload(clip)
    document = studio.document()
    file_group_of(document)["Destination"] = f"s3://{OUTPUT}/folder/"
    del output_of(document)["Extension"]
    assert "COMPLETE" == studio.run(document)["Status"]
    listed = studio.s3.list_objects_v2(Bucket=OUTPUT)["Contents"]
    assert ["folder/a b-720p.mp4"] == [item["Key"] for item in listed]


def test_several_outputs_of_one_input(studio: Studio, clip: Path) -> None:
    """A job writes each output of each group, and reports them group by group."""
    studio.upload(clip)
    document = studio.document()
    group = document["Settings"]["OutputGroups"][0]
    small = studio.document()["Settings"]["OutputGroups"][0]["Outputs"][0]
    small["NameModifier"] = "-small"
    small["VideoDescription"].update(Width=160, Height=90)
    group["Outputs"].append(small)
    job = studio.run(document)
    sizes = [
        details["VideoDetails"]["WidthInPx"]
        for details in job["OutputGroupDetails"][0]["OutputDetails"]
    ]
    assert [320, 160] == sizes
    assert 2 == studio.s3.list_objects_v2(Bucket=OUTPUT)["KeyCount"]


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", 1010), (b"just text", 1010), (b"\0\0\0\x08ftyp\0\0\0\x08mdat", 1075)],
)
def test_what_is_no_video_ends_in_error(studio: Studio, content: bytes, code: int) -> None:
    """A file that cannot be read ends its job with MediaConvert's code and a sentence."""
    studio.upload(content)
    job = studio.run()
    assert ("ERROR", code) == (job["Status"], job["ErrorCode"])
    assert job["ErrorMessage"].endswith((".", ")."))


def test_a_missing_object_is_error_1404(studio: Studio) -> None:
    """An input that is not there ends the job with 1404 and its name."""
    job = studio.run()
    assert 1404 == job["ErrorCode"]
    assert f"s3://{INPUT}/{KEY}" in job["ErrorMessage"]


def test_a_missing_output_bucket_is_error_1404(studio: Studio, clip: Path) -> None:
    """So does a bucket that cannot be written because it does not exist."""
    studio.upload(clip)
    studio.s3.delete_bucket(Bucket=OUTPUT)
    assert 1404 == studio.run()["ErrorCode"]


def test_two_outputs_may_not_share_a_path(studio: Studio, clip: Path) -> None:
    """Two groups that would write the same object are error 1040, and nothing is written."""
    studio.upload(clip)
    document = studio.document()
    document["Settings"]["OutputGroups"] *= 2
    job = studio.run(document)
    assert 1040 == job["ErrorCode"]
    assert "a b-720p.mp4" in job["ErrorMessage"]
    assert 0 == studio.s3.list_objects_v2(Bucket=OUTPUT)["KeyCount"]


# Refusals


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("QualityTuningLevel", "MULTI_PASS_HQ", "H264Settings.QualityTuningLevel"),
        ("QualityTuningLevel", "SINGEL_PASS", "SINGEL_PASS"),
        ("MaxBitrate", 2_000_000_000, "H264Settings.MaxBitrate"),
    ],
)
def test_a_wrong_document_is_refused(studio: Studio, name: str, value: Any, sentence: str) -> None:
    """CreateJob refuses by name what the model forbids and what is not implemented."""
    document = studio.document()
    h264_of(document)[name] = value
    with pytest.raises(studio.client.exceptions.BadRequestException, match=sentence):
        studio.submit(document)
    assert [] == studio.client.list_jobs()["Jobs"]


def test_what_does_not_exist_is_not_found(studio: Studio) -> None:
    """An unknown job or queue raises NotFoundException, from every operation."""
    missing = studio.client.exceptions.NotFoundException
    with pytest.raises(missing, match="no job '1-a'"):
        studio.client.get_job(Id="1-a")
    with pytest.raises(missing, match="no queue 'q'"):
        studio.client.get_queue(Name="q")
    with pytest.raises(missing):
        studio.submit(studio.document(Queue="q"))
    with pytest.raises(missing):
        studio.client.list_tags_for_resource(Arn=f"{PREFIX}:jobs/1-a")


def test_operations_beyond_these_are_refused_by_name(studio: Studio) -> None:
    """An operation that is not implemented says so."""
    with pytest.raises(studio.client.exceptions.BadRequestException, match="ListPresets"):
        studio.client.list_presets()


def test_only_loopback_is_listened_on(studio: Studio) -> None:
    """The service cannot be reached by another machine."""
    host, port = studio.service.endpoint.removeprefix("http://").split(":")
    assert "127.0.0.1" == host
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", int(port)), timeout=1)


# Tokens


def test_a_token_returns_its_job_for_a_minute() -> None:
    """A token that comes again within a minute yields the same job, later a new one."""
    clock = [datetime(2030, 1, 1, tzinfo=UTC)]
    jobs = Jobs("arn:", lambda: clock[0])
    first, is_new = jobs.create({"ClientRequestToken": "t"}, "queue")
    clock[0] += timedelta(seconds=59)
    assert ((first, False), True) == (jobs.create({"ClientRequestToken": "t"}, "queue"), is_new)
    assert jobs.create({"ClientRequestToken": "u"}, "queue")[1]
    clock[0] += timedelta(seconds=1)
    assert jobs.create({"ClientRequestToken": "t"}, "queue")[1]


def test_a_token_that_comes_again_creates_nothing(studio: Studio) -> None:
    """CreateJob with a used token answers with the first job, which stays the only one."""
    pause(studio)
    document = studio.document(ClientRequestToken="t" * 64)
    assert studio.submit(document) == studio.submit(document)
    assert 1 == len(studio.client.list_jobs()["Jobs"])
    assert 1 == studio.client.get_queue(Name="Default")["Queue"]["SubmittedJobsCount"]


# Listing


def test_jobs_are_listed_newest_first_in_pages(studio: Studio) -> None:
    """ListJobs goes from the newest to the oldest, page by page, or the other way round."""
    pause(studio)
    ids = [studio.submit() for _ in range(5)]
    first = studio.client.list_jobs(MaxResults=2)
    assert ids[:2:-1] == [job["Id"] for job in first["Jobs"]]
    pages = studio.client.get_paginator("list_jobs").paginate(
        Order="ASCENDING", PaginationConfig={"PageSize": 2}
    )
    assert ids == [job["Id"] for page in pages for job in page["Jobs"]]


def test_a_listing_is_not_disturbed_by_new_jobs(studio: Studio) -> None:
    """A page's token stays valid while jobs are created: nothing is skipped or repeated."""
    pause(studio)
    ids = [studio.submit() for _ in range(4)]
    first = studio.client.list_jobs(MaxResults=2)
    studio.submit()
    second = studio.client.list_jobs(MaxResults=2, NextToken=first["NextToken"])
    assert ids[::-1] == [job["Id"] for page in (first, second) for job in page["Jobs"]]
    assert "NextToken" not in second


def test_a_listing_by_status_survives_changes(studio: Studio) -> None:
    """A page's token stays valid when the job that it stands for no longer has the status."""
    pause(studio)
    ids = [studio.submit() for _ in range(4)]
    first = studio.client.list_jobs(Status="SUBMITTED", MaxResults=2)
    studio.client.cancel_job(Id=first["Jobs"][-1]["Id"])
    second = studio.client.list_jobs(Status="SUBMITTED", NextToken=first["NextToken"])
    assert ids[1::-1] == [job["Id"] for job in second["Jobs"]]


def test_jobs_are_found_by_queue_status_and_input(studio: Studio) -> None:
    """ListJobs filters by queue (name or ARN) and status, SearchJobs by a part of the input too."""
    pause(studio)
    queue = studio.client.create_queue(Name="other", Status="PAUSED")["Queue"]["Arn"]
    here = studio.submit(studio.document(key="cats/one.mp4"))
    there = studio.submit(studio.document(key="dogs/two.mp4", Queue=queue))
    studio.client.cancel_job(Id=here)

    def ids(answer: Any) -> list[str]:
        return [job["Id"] for job in answer["Jobs"]]

    assert [there] == ids(studio.client.list_jobs(Queue="other"))
    assert [there] == ids(studio.client.list_jobs(Queue=queue, Status="SUBMITTED"))
    assert [here] == ids(studio.client.list_jobs(Status="CANCELED"))
    assert [here] == ids(studio.client.search_jobs(InputFile="cats/"))
    assert [] == ids(studio.client.search_jobs(InputFile="cats/", Queue="other"))


@pytest.mark.parametrize("request_", [{"MaxResults": 21}, {"NextToken": "nonsense"}])
def test_a_wrong_page_is_refused(studio: Studio, request_: dict[str, Any]) -> None:
    """More than 20 items and a token of no listing are refused."""
    with pytest.raises(studio.client.exceptions.BadRequestException):
        studio.client.list_jobs(**request_)


# Queues


def test_a_queue_lives_through_its_operations(studio: Studio) -> None:
    """A queue is created, listed, changed and deleted, and found by name and by ARN."""
    created = studio.client.create_queue(Name="q", Description="d", ConcurrentJobs=3)["Queue"]
    assert f"{PREFIX}:queues/q" == created["Arn"]
    assert ("ACTIVE", "CUSTOM", 3) == (
        created["Status"],
        created["Type"],
        created["ConcurrentJobs"],
    )
    updated = studio.client.update_queue(Name="q", Status="PAUSED")["Queue"]
    assert ("PAUSED", "d", 3) == (
        updated["Status"],
        updated["Description"],
        updated["ConcurrentJobs"],
    )
    assert updated == studio.client.get_queue(Name="q")["Queue"]
    names = [queue["Name"] for queue in studio.client.list_queues(ListBy="NAME")["Queues"]]
    assert ["Default", "q"] == names
    studio.client.delete_queue(Name="q")
    assert ["Default"] == [queue["Name"] for queue in studio.client.list_queues()["Queues"]]


def test_queues_are_protected(studio: Studio) -> None:
    """No second queue of a name; Default stays; a queue with unfinished jobs stays."""
    studio.client.create_queue(Name="q", Status="PAUSED")
    studio.submit(studio.document(Queue="q"))
    with pytest.raises(studio.client.exceptions.ConflictException, match="exists already"):
        studio.client.create_queue(Name="q")
    with pytest.raises(studio.client.exceptions.ConflictException, match="unfinished jobs"):
        studio.client.delete_queue(Name="q")
    with pytest.raises(studio.client.exceptions.BadRequestException, match="Default"):
        studio.client.delete_queue(Name="Default")


def test_wrong_values_of_other_operations_are_refused(studio: Studio) -> None:
    """A value outside an enum, and a reserved queue, are refused with what is allowed."""
    with pytest.raises(studio.client.exceptions.BadRequestException, match="ACTIVE, PAUSED"):
        studio.client.create_queue(Name="q", Status="ASLEEP")  # type: ignore[arg-type] # the point
    with pytest.raises(studio.client.exceptions.BadRequestException, match="Reserved"):
        studio.client.create_queue(Name="q", PricingPlan="RESERVED")


def test_a_paused_queue_accepts_jobs_and_runs_none(studio: Studio, clip: Path) -> None:
    """A job waits in a paused queue without an event, and runs when the queue is resumed."""
    studio.upload(clip)
    pause(studio)
    job_id = studio.submit()
    queue = studio.client.get_queue(Name="Default")["Queue"]
    assert (1, 0) == (queue["SubmittedJobsCount"], queue["ProgressingJobsCount"])
    assert [] == studio.events
    studio.client.update_queue(Name="Default", Status="ACTIVE")
    assert "COMPLETE" == studio.finished(job_id)["Status"]


# Canceling


def test_a_waiting_job_is_canceled(studio: Studio) -> None:
    """A canceled job is told once, never runs, and cannot be canceled again."""
    pause(studio)
    job_id = studio.submit()
    studio.client.cancel_job(Id=job_id)
    assert "CANCELED" == studio.client.get_job(Id=job_id)["Job"]["Status"]
    with pytest.raises(studio.client.exceptions.ConflictException, match="it has ended"):
        studio.client.cancel_job(Id=job_id)
    studio.client.update_queue(Name="Default", Status="ACTIVE")
    assert 0 == studio.client.get_queue(Name="Default")["Queue"]["SubmittedJobsCount"]
    assert "CANCELED" == studio.client.get_job(Id=job_id)["Job"]["Status"]


# Hops


def test_a_hop_is_described_and_its_queue_must_exist(studio: Studio) -> None:
    """HopDestinations name queues that exist and a wait; GetJob shows them."""
    pause(studio)
    hop = {"Queue": "other", "WaitMinutes": 5}
    with pytest.raises(studio.client.exceptions.NotFoundException):
        studio.submit(studio.document(HopDestinations=[hop]))
    studio.client.create_queue(Name="other")
    with pytest.raises(studio.client.exceptions.BadRequestException, match="WaitMinutes"):
        studio.submit(studio.document(HopDestinations=[{"Queue": "other"}]))
    job_id = studio.submit(studio.document(HopDestinations=[hop]))
    assert [hop] == studio.client.get_job(Id=job_id)["Job"]["HopDestinations"]


# Tags


def test_tags_of_queues_and_jobs(studio: Studio) -> None:
    """Tags are given at creation or later, read back, and taken away."""
    pause(studio)
    queue = studio.client.create_queue(Name="q", Tags={"a": "1"})["Queue"]["Arn"]
    job = studio.client.create_job(**studio.document(Tags={"b": "2"}))["Job"]["Arn"]

    def tags(arn: str) -> dict[str, str]:
        return studio.client.list_tags_for_resource(Arn=arn)["ResourceTags"]["Tags"]

    studio.client.tag_resource(Arn=queue, Tags={"c": "3"})
    studio.client.untag_resource(Arn=queue, TagKeys=["a"])
    assert ({"c": "3"}, {"b": "2"}) == (tags(queue), tags(job))


# Faults


def test_a_refusal_that_is_ordered_passes(studio: Studio) -> None:
    """CreateJob is refused as often as ordered, with the error that was ordered, then works."""
    pause(studio)
    once = boto3.client(
        "mediaconvert",
        region_name=REGION,
        endpoint_url=studio.service.endpoint,
        config=Config(retries={"total_max_attempts": 1}),
    )
    studio.faults(
        "POST", {"operation": "CreateJob", "error": "TooManyRequestsException", "times": 2}
    )
    for _ in range(2):
        with pytest.raises(once.exceptions.TooManyRequestsException):
            once.create_job(**studio.document())
    once.get_queue(Name="Default")
    once.create_job(**studio.document())


def test_job_errors_strike_the_preset_that_is_named(studio: Studio, clip: Path) -> None:
    """A job error that is ordered ends jobs of its preset, as often as ordered, and no others."""
    studio.upload(clip)
    studio.faults("POST", {"job_error": 1999, "preset": "720p", "times": 1})
    other = studio.run(studio.document(UserMetadata={"preset": "1080p"}))
    struck = studio.run(studio.document(UserMetadata={"preset": "720p"}))
    again = studio.run(studio.document(UserMetadata={"preset": "720p"}))
    assert ["COMPLETE", "ERROR", "COMPLETE"] == [job["Status"] for job in (other, struck, again)]
    assert 1999 == struck["ErrorCode"]


def test_a_slow_job_reads_before_and_writes_after_the_time_that_is_ordered(
    studio: Studio, clip: Path
) -> None:
    """Its input may be overwritten meanwhile; what it writes is of what it has read."""
    studio.upload(clip)
    studio.faults("POST", {"seconds": 60, "input": "s3://in/another.mp4"})
    assert "COMPLETE" == studio.run()["Status"]
    source = studio.document()["Settings"]["Inputs"][0]["FileInput"]
    studio.faults("POST", {"seconds": 1, "input": source, "times": 1})
    began = time.monotonic()
    job_id = studio.submit()
    wait_until(lambda: studio.client.get_job(Id=job_id)["Job"].get("CurrentPhase") == "TRANSCODING")
    bucket, _, key = source.removeprefix("s3://").partition("/")
    studio.s3.put_object(Bucket=bucket, Key=key, Body=b"This is no video.")
    assert "COMPLETE" == studio.finished(job_id)["Status"]
    assert time.monotonic() - began >= 1


def test_faults_last_until_they_are_lifted(studio: Studio, clip: Path) -> None:
    """Without `times` a fault strikes for ever, until all are deleted."""
    studio.upload(clip)
    studio.faults("POST", {"job_error": 1010})
    assert [1010, 1010] == [studio.run()["ErrorCode"] for _ in range(2)]
    studio.faults("DELETE")
    assert "COMPLETE" == studio.run()["Status"]


def test_an_offline_service_answers_nothing_but_faults(studio: Studio) -> None:
    """While it is offline every call's connection is closed without an answer."""
    once = boto3.client(
        "mediaconvert",
        region_name=REGION,
        endpoint_url=studio.service.endpoint,
        config=Config(retries={"total_max_attempts": 1}),
    )
    studio.faults("POST", {"offline": True})
    with pytest.raises(ConnectionClosedError):
        once.list_queues()
    studio.faults("DELETE")
    assert once.list_queues()["Queues"]


def test_the_input_may_have_any_name(studio: Studio, clip: Path) -> None:
    """Keys are taken as they are: nothing in them is decoded, expanded or split."""
    key = "ä +%24/quote'd & [x] 100%?#.mp4"
    studio.upload(clip, key=key)
    document = studio.document(key=key)
    assert f"s3://{INPUT}/{key}" == source_of(document)["FileInput"]
    job = studio.run(document)
    assert "COMPLETE" == job["Status"], job.get("ErrorMessage")
    listed = studio.s3.list_objects_v2(Bucket=OUTPUT)["Contents"]
    assert [f"{key.removesuffix('.mp4')}-720p.mp4"] == [item["Key"] for item in listed]
