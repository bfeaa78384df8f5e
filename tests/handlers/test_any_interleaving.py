"""Whatever happens in whatever order: one paid job per attempt, no upload lost, everybody told."""

import json
import time
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule
from moto import mock_aws

from handlers.events import read_uploads
from handlers.ledger.rendition import ENDS, State
from handlers.pauses import Pauses
from handlers.settings import SubmitJobSettings
from handlers.upload import Upload
from tests.handlers.fakes import BAD_REQUEST, NO_ANSWER, THROTTLED, KilledError
from tests.handlers.world import World

PRESETS = ("720p", "1080p")
ROUNDS_TO_REST = 30
"""More than the rounds that any run takes to come to rest when nothing goes wrong any more."""

Rendition = tuple[str, str]
"""An upload's digest, and a preset."""

presets = st.sampled_from(PRESETS)
moments = st.tuples(st.integers(1, 12), st.booleans())


class AnyInterleaving(RuleBasedStateMachine):
    """The functions, and all that can happen to them; the model is what MediaConvert saw."""

    uploads = Bundle("uploads")

    @initialize()
    def build(self) -> None:
        """Start with an empty fan-out of two presets."""
        self._mock = mock_aws()
        self._mock.start()
        document = json.loads((Path(__file__).parent / "job.json").read_text("utf-8"))
        self.world = World(
            SubmitJobSettings(
                fanout="fanout",
                ledger_table="ledger",
                ledger_retention_days=90,
                completed_topic_arn="",
                preset="",
                pipeline_arn="",
                pipeline_role_arn="arn:aws:iam::111122223333:role/pipeline",
                output_bucket="",
                queue_url="",
                dead_letter_queue_url="",
                claim_seconds=120,
                max_upload_bytes=0,
                max_upload_seconds=0,
            ),
            document,
            *PRESETS,
        )
        self._clients = (self.world.sqs, self.world.sns, self.world.dynamodb)
        for client in self._clients:
            client.meta.events.register("before-call", self.world.fuse.before_call)
            client.meta.events.register("after-call", self.world.fuse.after_call)
        self.world.sqs.meta.events.register("before-parameter-build.sqs", _at_once)
        self.world.clock.seconds = int(time.time())  # S3 dates what is put there by its own clock.
        self.world.create_input_bucket()
        for preset in PRESETS:
            self.world.s3.create_bucket(
                Bucket=self.world[preset].settings.output_bucket,
                CreateBucketConfiguration={"LocationConstraint": "eu-central-1"},
            )
        self.known: list[Upload] = []
        self.deleted: set[str] = set()
        self.unnoticed: list[Upload] = []
        self.redriven: set[tuple[Rendition, int]] = set()
        self.letters: list[tuple[Rendition, dict[str, str], str]] = []
        self.told: list[dict[str, Any]] = []

    # What users, AWS and operators do.

    @rule(
        target=uploads,
        key=st.sampled_from(["a.mp4", "b.mp4"]),
        lost=st.none() | presets | st.just("late"),
    )
    def upload(self, key: str, lost: str | None) -> Upload:
        """Somebody uploads; S3's notice reaches all queues, all but one, or none for now."""
        upload = replace(self.world.put(key), sequencer=f"{len(self.known):08X}")
        self.known.append(upload)
        self.deleted.discard(key)
        self.world.mediaconvert.objects[f"s3://input/{key}"] = upload.version_id
        if lost == "late":
            self.unnoticed.append(upload)
        else:
            for preset in PRESETS:
                if preset != lost:
                    self.world[preset].notify(upload)
        return upload

    @rule(number=st.integers(0, 50))
    def notify_late(self, number: int) -> None:
        """A notice comes late, perhaps after those of newer uploads, or after reconcile."""
        if self.unnoticed:
            upload = self.unnoticed.pop(number % len(self.unnoticed))
            for preset in PRESETS:
                self.world[preset].notify(upload)

    @rule(key=st.sampled_from(["a.mp4", "b.mp4"]))
    def delete(self, key: str) -> None:
        """Somebody deletes what lies under a key."""
        self.world.s3.delete_object(Bucket="input", Key=key)
        self.world.mediaconvert.objects[f"s3://input/{key}"] = None
        self.deleted.add(key)

    @rule(upload=uploads, preset=presets)
    def deliver_twice(self, upload: Upload, preset: str) -> None:
        """SQS or SNS hands a notice over once more."""
        self.world[preset].notify(upload)

    @rule(
        preset=presets,
        trouble=st.sampled_from(["none", "none", "throttled", "refused", "silent", "half-silent"]),
    )
    def submit(self, preset: str, trouble: str) -> None:
        """submit_job gets a batch; MediaConvert takes it, refuses it, or does not answer."""
        mediaconvert = self.world.mediaconvert
        match trouble:
            case "throttled":
                mediaconvert.refuse(".mp4", THROTTLED)
            case "refused":
                mediaconvert.refuse(".mp4", BAD_REQUEST)
            case "silent":
                mediaconvert.refuse(".mp4", NO_ANSWER)
            case "half-silent":
                mediaconvert.fail_to_answer(".mp4", NO_ANSWER)
        self.world[preset].invoke()
        mediaconvert.recover()

    @rule(preset=presets, moment=moments)
    def submit_and_die(self, preset: str, moment: tuple[int, bool]) -> None:
        """submit_job dies at one of its calls."""
        self._die(moment, self.world[preset].invoke)

    @rule(seconds=st.sampled_from([30, 130, 8000]), preset=st.none() | presets)
    def pass_time(self, seconds: int, preset: str | None) -> None:
        """Time passes, hidden messages come back, and perhaps a function gets them."""
        self.world.clock.pass_(seconds)
        self._end_back_offs()
        if preset is not None:
            self.world[preset].invoke()

    @rule(number=st.integers(0, 50))
    def begin_job(self, number: int) -> None:
        """A job begins."""
        queued = [job for job in self._jobs() if job["Status"] == "SUBMITTED"]
        if queued:
            self.world.mediaconvert.begin(queued[number % len(queued)])

    @rule(
        number=st.integers(0, 50),
        end=st.sampled_from(["COMPLETE", "COMPLETE", "ERROR 1999", "ERROR 1010", "CANCELED"]),
        events=st.integers(0, 2),
    )
    def end_job(self, number: int, end: str, events: int) -> None:
        """A job ends; its event is lost, comes, or comes twice."""
        running = self._running()
        if running:
            self._end(running[number % len(running)], end, events)

    @rule()
    def record_outcomes(self) -> None:
        """job_outcome gets a batch."""
        self.world.outcomes.invoke()

    @rule(moment=moments)
    def record_outcomes_and_die(self, moment: tuple[int, bool]) -> None:
        """job_outcome dies at one of its calls."""
        self._die(moment, self.world.outcomes.invoke)

    @rule(patience=st.sampled_from([None, 0]))
    def reconcile(self, patience: int | None) -> None:
        """The schedule, or an operator, reconciles."""
        self.world.reconcile(patience=patience)

    @rule()
    def reconcile_uploads(self) -> None:
        """An operator looks for lost uploads."""
        self.world.reconcile("uploads", patience=0)

    @rule(moment=moments)
    def reconcile_and_die(self, moment: tuple[int, bool]) -> None:
        """Reconcile dies at one of its calls."""
        self._die(moment, lambda: self.world.reconcile(patience=0))

    @rule(number=st.integers(0, 50))
    def redrive(self, number: int) -> None:
        """An operator sends a dead letter back, perhaps for the second time."""
        self._take_letters()
        if self.letters:
            rendition, reasons, body = self.letters[number % len(self.letters)]
            attempt = int(reasons["attempt"]) + 1
            self.redriven.add((rendition, attempt))
            self.world[rendition[1]].send(body, attempt=str(attempt))

    @rule(preset=presets, key=st.sampled_from(["a.mp4", "b.mp4"]))
    def render_again(self, preset: str, key: str) -> None:
        """An operator asks for a rendition that is there."""
        self.world.reconcile("render-again", preset=preset, key=key, place="", patience=0)
        for upload in self.known:
            rendition = self.world.ledger.renditions.get(upload.digest, preset)
            if rendition is not None:
                self.redriven.add(((upload.digest, preset), rendition.attempt + 1))

    # What must hold.

    @invariant()
    def no_attempt_is_paid_twice(self) -> None:
        """There is at most one job for each upload, preset and attempt."""
        assert [] == [
            attempt for attempt, jobs in Counter(map(_attempt, self._jobs())).items() if jobs > 1
        ]

    @invariant()
    def nobody_pays_for_an_attempt_without_a_reason(self) -> None:
        """A later attempt follows a failure that can pass, a late job, or an operator's wish."""
        failed = {_attempt(job) for job in self._jobs() if job.get("ErrorCode") == 1999}
        unasked: Counter[tuple[str, str]] = Counter()
        overwritten: Counter[tuple[str, str]] = Counter()
        newest = {upload.key: upload.digest for upload in self.known}
        keys = {upload.digest: upload.key for upload in self.known}
        for job in self._jobs():
            rendition, attempt = _attempt(job)
            place = keys[rendition[0]], rendition[1]
            overwritten[place] += rendition[0] != newest[place[0]]
            unasked[place] += not (
                attempt == 1
                or (rendition, attempt - 1) in failed
                or (rendition, attempt) in self.redriven
            )
        assert not unasked - overwritten

    def teardown(self) -> None:
        """When nothing goes wrong any more everything comes to its end, and everybody is told."""
        try:
            if hasattr(self, "world"):
                self._come_to_rest()
                self._check_ends()
        finally:
            for client in getattr(self, "_clients", ()):
                client.meta.events.unregister("before-call", self.world.fuse.before_call)
                client.meta.events.unregister("after-call", self.world.fuse.after_call)
            if hasattr(self, "world"):
                self.world.sqs.meta.events.unregister("before-parameter-build.sqs", _at_once)
                self._mock.stop()

    def _come_to_rest(self) -> None:
        for _ in range(ROUNDS_TO_REST):
            self.world.clock.pass_(8000)
            self._end_back_offs()
            for branch in self.world.branches.values():
                branch.invoke()
            for job in self._running():
                self._end(job, "COMPLETE", events=1)
            self.world.reconcile("uploads", patience=0)
            self.world.outcomes.invoke()
            self.world.reconcile(patience=0)
            if self._is_at_rest():
                return
        raise AssertionError("It does not come to rest.")

    def _is_at_rest(self) -> bool:
        ledger, now = self.world.ledger, self.world.clock()
        pauses = Pauses(lambda: True)
        return (
            not any(branch.waiting() for branch in self.world.branches.values())
            and not any(
                True for p in PRESETS for _ in ledger.renditions.waiting_since(p, now, pauses)
            )
            and not any(True for _ in ledger.assets.waiting_since(now, pauses))
        )

    def _check_ends(self) -> None:
        self._take_letters()
        self.told += self.world.announcements()
        ends = {
            (told["source"]["version_id"], told["preset"], told["attempt"], told["state"])
            for told in self.told
            if told["type"] == "rendition"
        }
        noticed = [upload for upload in self.known if upload not in self.unnoticed]
        newest = {upload.key: upload for upload in self.known if upload.key not in self.deleted}
        for upload in dict.fromkeys([*noticed, *newest.values()]):
            renditions = self.world.ledger.renditions.of_upload(upload.digest)
            assert sorted(PRESETS) == [rendition.preset for rendition in renditions]
            for rendition in renditions:
                if upload == newest.get(upload.key):
                    assert rendition.state is not State.SUPERSEDED
                    if rendition.state is State.COMPLETE:
                        uri = f"s3://input/{upload.key}"
                        written = self.world.mediaconvert.written[rendition.preset, uri]
                        assert upload.version_id == written
                key = (upload.digest, rendition.preset)
                assert rendition.state in ENDS
                if rendition.state is State.DEAD:
                    assert (key, str(rendition.attempt)) in {
                        (letter, reasons["attempt"]) for letter, reasons, _ in self.letters
                    }
                if rendition.state in {State.COMPLETE, State.CANCELED}:
                    [job] = [job for job in self._jobs() if job["Id"] == rendition.job_id]
                    assert (key, rendition.attempt) == _attempt(job)
                    assert job["Status"] == (
                        "CANCELED" if rendition.state is State.CANCELED else "COMPLETE"
                    )
                if rendition.state is not State.SUPERSEDED:
                    assert (
                        upload.version_id,
                        rendition.preset,
                        rendition.attempt,
                        rendition.state,
                    ) in ends
            if State.SUPERSEDED not in {rendition.state for rendition in renditions}:
                assert {rendition.preset: rendition.state for rendition in renditions} in [
                    {end["preset"]: end["state"] for end in told["renditions"]}
                    for told in self.told
                    if told["type"] == "asset" and told["source"]["version_id"] == upload.version_id
                ]

    def _die(self, moment: tuple[int, bool], function: Any) -> None:
        self.world.fuse.light(moment[0], after=moment[1])
        with suppress(KilledError):
            function()
        self.world.fuse.put_out()

    def _end(self, job: dict[str, Any], end: str, events: int) -> None:
        if "Read" not in job and end != "CANCELED":
            self.world.mediaconvert.begin(job)
        if job.get("Read", "") is None:
            end = "ERROR 1404"
        status, _, code = end.partition(" ")
        # A job that fails, or is canceled, may have written by then.
        self.world.mediaconvert.end(job, status, writes=end != "ERROR 1404")
        detail = {"errorCode": int(code), "errorMessage": "No."} if code else {}
        if code:
            job.update({"ErrorCode": int(code), "ErrorMessage": "No."})
        for _ in range(events):
            self.world.tell(job, status, **detail)

    def _end_back_offs(self) -> None:
        for branch in self.world.branches.values():
            branch.end_back_off()
        self.world.outcomes.end_back_off()

    def _take_letters(self) -> None:
        for preset in PRESETS:
            for body, reasons in self.world[preset].dead_letters():
                [upload] = read_uploads(body)
                self.letters.append(((upload.digest, preset), reasons, body))

    def _jobs(self) -> list[dict[str, Any]]:
        return self.world.mediaconvert.jobs

    def _running(self) -> list[dict[str, Any]]:
        return [job for job in self._jobs() if job["Status"] in {"SUBMITTED", "PROGRESSING"}]


def _attempt(job: dict[str, Any]) -> tuple[Rendition, int]:
    metadata = job["UserMetadata"]
    return (metadata["upload"], metadata["preset"]), int(metadata["attempt"])


def _at_once(params: dict[str, Any], **_: Any) -> None:
    """Let no message be delayed: in moto that would be real time."""
    for message in (params, *params.get("Entries", ())):
        if "DelaySeconds" in message:
            message["DelaySeconds"] = 0


TestAnyInterleaving = AnyInterleaving.TestCase
TestAnyInterleaving.settings = hypothesis_settings(
    max_examples=20, stateful_step_count=30, deadline=None
)
