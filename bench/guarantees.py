"""What the guarantees cost: `python -m bench.guarantees` prints three tables.

Uploads pass through a local cloud without any trouble. The functions' own code runs in this
process, in place of Lambda, so that each of its calls is counted.

1. Calls to AWS by each function, for the first and for the last of an upload's two presets, and
   what they come to for an upload and preset.
2. Milliseconds for one message, in the middle, and how many of them the guarantees add before a
   job is made. The cloud is on this machine: AWS needs as many calls, and its own time for each.
3. Dollars for a thousand uploads with two presets, beside the whole estimate.

It fails when the estimate assumes fewer requests than are counted.
"""

import json
import logging
import os
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bench.calls import INDEX_WRITE, ITEM_READ, Calls
from components.defaults import FUNCTION_MEMORY_MB
from components.estimate import prices
from components.estimate.report import RENDITION_USE, UPLOAD_USE, report
from components.presets import PresetArgs, resolve
from components.presets.job_settings import job_document
from handlers import clients, job_outcome, submit_job
from handlers.delivery import FIRST_ATTEMPT, Delivery
from handlers.duties import Duties
from handlers.events import read_uploads
from handlers.ledger import Ledger
from handlers.ledger.items import unix_time
from handlers.mediaconvert.job_request import job_request
from handlers.mediaconvert.job_search import JobSearch
from handlers.mediaconvert.jobs import Jobs
from handlers.names import Environment, JobMetadata
from handlers.observability import logger
from handlers.outcome import Outcome
from handlers.settings import SubmitJobSettings
from handlers.submission import Submission
from handlers.upload_cap import UploadCap
from local.cloud import LocalCloud
from local.sample import make_sample
from operate.stack_config import StackConfig

if TYPE_CHECKING:
    from collections.abc import Iterator

    from types_boto3_mediaconvert.literals import JobStatusType, QueueStatusType

ROOT: Final = Path(__file__).parent.parent

UPLOADS: Final = 50
THOUSAND: Final = 1_000

FIRST: Final = "first"
LAST: Final = "last"
PRESETS: Final = (FIRST, LAST)
"""The first one to see an upload writes it down, the last one to end announces it."""

POLL_SECONDS: Final = 0.1

BARE: Final = "CreateJob alone"

OUTCOME_SECONDS: Final = 0.5
"""How long the estimate takes `job_outcome` to run for a rendition."""

OUTCOME_SQS_REQUESTS: Final = 3
"""EventBridge sends, Lambda receives and deletes."""

READS: Final = ("GetItem", "Query", ITEM_READ)
WRITES: Final = ("PutItem", "UpdateItem", INDEX_WRITE)


def main() -> int:
    """Measure and print; tell by the exit code whether the estimate assumes enough."""
    logger.setLevel(logging.WARNING)
    with LocalCloud(_stack()) as cloud, tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "clip.mp4"
        make_sample(clip, seconds=1)
        bench = Bench(cloud)
        bench.set_pipelines("PAUSED")
        for number in range(UPLOADS):
            bench.submit(f"{number}.mp4", clip.read_bytes())
        bench.set_pipelines("ACTIVE")
        bench.wait_for_jobs()
        bench.record_outcomes()
    _print_calls(bench.calls)
    _print_times(bench.seconds)
    _print_money(bench.calls)
    reads, writes, publishes = _per_upload(bench.calls)
    assumed = (
        UPLOAD_USE.dynamodb_reads + len(PRESETS) * RENDITION_USE.dynamodb_reads,
        UPLOAD_USE.dynamodb_writes + len(PRESETS) * RENDITION_USE.dynamodb_writes,
        UPLOAD_USE.sns_publishes - 1 + len(PRESETS) * RENDITION_USE.sns_publishes,
    )
    print(f"\nReads, writes and announcements of an upload: {reads:g}, {writes:g}, {publishes:g}")
    print(f"The estimate assumes:                         {', '.join(f'{n:g}' for n in assumed)}")
    return 0 if all(a >= b for a, b in zip(assumed, (reads, writes, publishes), strict=True)) else 1


class Bench:
    """The functions in this process, between the queues of a cloud in which none runs.

    Attributes:
        calls: what they have called.
        seconds: how long they took, by what was done.
    """

    def __init__(self, cloud: LocalCloud) -> None:
        """Stop the cloud's functions and take their place."""
        self.calls = Calls()
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self._cloud = cloud
        self._operator = cloud.clients.client("mediaconvert")
        lambda_ = cloud.clients.client("lambda")
        for mapping in lambda_.list_event_source_mappings()["EventSourceMappings"]:
            lambda_.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
        os.environ.update(cloud.environment)
        self._sqs = clients.sqs_client()
        self._sns = clients.sns_client()
        self._dynamodb = clients.dynamodb_client()
        self._mediaconvert = clients.mediaconvert_client()
        for client in (self._sqs, self._sns, self._dynamodb, self._mediaconvert):
            self.calls.watch(client)
        self._branches = {preset: self._submit_job(preset) for preset in PRESETS}
        settings = self._branches[FIRST].settings
        ledger = Ledger.open(self._dynamodb, settings)
        self._outcome = Outcome(
            ledger=ledger, duties=Duties(ledger, self._sqs, self._sns, settings)
        )
        [self._outcomes] = [
            url
            for url in cloud.clients.client("sqs").list_queues()["QueueUrls"]
            if "-outcome-" in url and "-dlq-" not in url
        ]

    def set_pipelines(self, status: "QueueStatusType") -> None:
        """Pause the pipelines, so that no encode disturbs a measurement, or resume them."""
        for arn in self._cloud.outputs["pipeline_arns"].values():
            self._operator.update_queue(Name=arn.rpartition("/")[-1], Status=status)

    def submit(self, key: str, content: bytes) -> None:
        """Upload a file and take it to its jobs, once with all guarantees and once with none."""
        self._cloud.clients.client("s3").put_object(
            Bucket=self._cloud.outputs["input_bucket"], Key=key, Body=content
        )
        for preset, runtime in self._branches.items():
            body = self._take(runtime.settings.queue_url)
            with self._doing(_submitting(preset)):
                submit_job.settle(_delivery(body), runtime)
            with self._doing(BARE):
                self._create_bare_job(body, runtime)

    def wait_for_jobs(self) -> None:
        """Wait until every job has ended."""
        unfinished: tuple[JobStatusType, ...] = ("SUBMITTED", "PROGRESSING")
        while any(self._operator.list_jobs(Status=status)["Jobs"] for status in unfinished):
            time.sleep(POLL_SECONDS)

    def record_outcomes(self) -> None:
        """Take every rendition and every asset to its announcement."""
        seen: set[str] = set()
        for _ in range(UPLOADS * len(PRESETS)):
            body = self._take(self._outcomes)
            upload = json.loads(body)["detail"]["userMetadata"][JobMetadata.UPLOAD]
            with self._doing(f"job_outcome, {LAST if upload in seen else FIRST} preset"):
                job_outcome.settle(body, self._outcome)
            seen.add(upload)

    def _create_bare_job(self, body: str, runtime: submit_job.Runtime) -> None:
        """Do what a function would do that guarantees nothing, for nobody's fan-out."""
        settings = replace(runtime.settings, fanout="nobody")
        [upload] = read_uploads(body)
        request = job_request(runtime.submission.document, upload, FIRST_ATTEMPT, settings)
        self._mediaconvert.create_job(**request)

    @contextmanager
    def _doing(self, what: str) -> "Iterator[None]":
        self.calls.doing = what
        start = time.perf_counter()
        yield
        self.seconds[what].append(time.perf_counter() - start)

    def _take(self, queue_url: str) -> str:
        sqs = self._cloud.clients.client("sqs")
        while not (messages := sqs.receive_message(QueueUrl=queue_url).get("Messages")):
            time.sleep(POLL_SECONDS)
        [message] = messages
        sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
        return message["Body"]

    def _submit_job(self, preset: str) -> submit_job.Runtime:
        settings = SubmitJobSettings.from_environment(self._environment(preset))
        ledger = Ledger.open(self._dynamodb, settings)
        [resolved] = [each for each in resolve(_presets()) if each.name == preset]
        submission = Submission(
            settings=settings,
            document=job_document(resolved),
            mediaconvert=self._mediaconvert,
            search=JobSearch(self._mediaconvert, settings.pipeline_arn),
            cap=UploadCap(max_bytes=0, max_seconds=0, mediaconvert=self._mediaconvert),
            s3=clients.s3_client(),
            jobs=Jobs(mediaconvert=self._mediaconvert, fanout=settings.fanout),
            ledger=ledger,
            duties=Duties(ledger, self._sqs, self._sns, settings),
        )
        return submit_job.Runtime(
            settings=settings, sqs=self._sqs, submission=submission, now=unix_time
        )

    def _environment(self, preset: str) -> Mapping[str, str]:
        functions = self._cloud.clients.client("lambda").list_functions()["Functions"]
        [variables] = [
            function["Environment"]["Variables"]
            for function in functions
            if function["Environment"]["Variables"].get(Environment.PRESET) == preset
        ]
        return variables


def _submitting(preset: str) -> str:
    return f"submit_job, {preset} preset"


def _presets() -> list[PresetArgs]:
    return [{"name": name, "width": 160, "height": 90} for name in PRESETS]


def _stack() -> StackConfig:
    dev = StackConfig.load(ROOT, "dev")
    return replace(dev, config={**dev.config, f"{dev.project}:presets": _presets()})


def _delivery(body: str) -> Delivery:
    return Delivery(
        message_id="bench",
        receipt_handle="bench",
        body=body,
        receives=1,
        sent_at=unix_time(),
        first_received_at=unix_time(),
        attempt=FIRST_ATTEMPT,
        unless_rendered=False,
    )


def _per_upload(calls: Calls) -> tuple[float, float, float]:
    """Count the ledger's reads and writes, and the announcements, of an upload."""
    total = calls.total()
    reads, writes = (sum(total[operation] for operation in kind) for kind in (READS, WRITES))
    return reads / UPLOADS, writes / UPLOADS, total["Publish"] / UPLOADS


def _print_calls(calls: Calls) -> None:
    print(f"Calls per message, {UPLOADS} uploads")
    for doing in calls.kinds():
        counted = ", ".join(
            f"{operation} {count / _messages(doing):g}"
            for operation, count in sorted(calls.of(doing).items())
        )
        print(f"  {doing:26} {counted}")
    renditions = UPLOADS * len(PRESETS)
    total = calls.total()
    billed = total[INDEX_WRITE] + total[ITEM_READ]  # These are no calls.
    made = total.total() - billed - calls.of(BARE).total()
    print(f"  an upload and preset: {made / renditions:g} calls; CreateJob alone: 1")


def _messages(doing: str) -> int:
    """How many messages there were of a kind."""
    return UPLOADS * (len(PRESETS) if doing == BARE else 1)


def _print_times(seconds: Mapping[str, list[float]]) -> None:
    print("\nMilliseconds per message, the median")
    for doing, measured in seconds.items():
        print(f"  {doing:26} {1_000 * statistics.median(measured):5.1f}")
    bare = statistics.median(seconds[BARE])
    added = [statistics.median(seconds[_submitting(preset)]) - bare for preset in PRESETS]
    print(f"  added before a job is made: {1_000 * statistics.mean(added):.1f}")


def _print_money(calls: Calls) -> None:
    reads, writes, publishes = _per_upload(calls)
    renditions = THOUSAND * len(PRESETS)
    gb_seconds = OUTCOME_SECONDS * FUNCTION_MEMORY_MB / 1_024
    parts = {
        "ledger": THOUSAND * (reads * prices.DYNAMODB_READ + writes * prices.DYNAMODB_WRITE),
        "announcements": THOUSAND * publishes * prices.SNS_PUBLISH,
        "outcome loop": renditions
        * (
            OUTCOME_SQS_REQUESTS * prices.SQS_REQUEST
            + prices.LAMBDA_REQUEST
            + gb_seconds * prices.LAMBDA_GB_SECOND
        ),
    }
    whole = report(resolve(StackConfig.load(ROOT, "dev").value("presets")))["per_thousand_uploads"]
    print(f"\nDollars per thousand uploads with {len(PRESETS)} presets, {prices.AS_OF}")
    for part, dollars in parts.items():
        print(f"  {part:26} {dollars:9.4f}")
    print(f"  {'together':26} {sum(parts.values()):9.4f}")
    print(f"  {'all of the dev stack':26} {whole['total']['total']:9.4f}")


if __name__ == "__main__":
    sys.exit(main())
