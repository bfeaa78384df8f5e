"""What the page of a local cloud may do: upload, make things go wrong, and redrive."""

import json
import threading
import urllib.request
from collections.abc import Collection, Mapping, Sequence
from typing import Any, BinaryIO, Final

from boto3.s3.transfer import TransferConfig

from handlers.upload import Upload
from local.cloud import LocalCloud
from local.mediaconvert.service import FAULTS_PATH
from operate.clients import Clients
from operate.hold import Hold
from operate.overwritten import obsolete
from operate.page.controls import Fault, RefusedError
from operate.progress import SILENT
from operate.redrive import redrive
from operate.stack_outputs import Stack

ORDERS: Final[Mapping[str, tuple[str, dict[str, Any]]]] = {
    "throttle": (
        "MediaConvert refuses new jobs (429)",
        {"operation": "CreateJob", "error": "TooManyRequestsException"},
    ),
    "offline": ("MediaConvert does not answer", {"offline": True}),
}
"""Faults of the MediaConvert service: what people read, and what it is told."""

PAUSE: Final = "pause"
STOP: Final = "stop"
STOP_OUTCOME: Final = "stop-outcome"

STOPPED: Final = {"ReservedConcurrentExecutions": 0}
"""How AWS lets a function be stopped in an emergency: no invocation is let through."""

MOST_KEY_BYTES: Final = 1024
"""S3's limit for a key in UTF-8."""

UPLOAD: Final = TransferConfig(max_concurrency=2)
"""Parts on their way at a time: each is in memory."""

ANSWER_SECONDS: Final = 5.0
"""How long the MediaConvert service may take to take an order."""


class LocalControls:
    """The hands of a local cloud's page."""

    def __init__(self, cloud: LocalCloud, stack: Stack, suffixes: Sequence[str]) -> None:
        """Find what can be switched.

        Args:
            cloud: it runs.
            stack: what is deployed in it.
            suffixes: the endings of keys that it listens to.
        """
        self._cloud = cloud
        self._stack = stack
        self._suffixes = suffixes
        self._lock = threading.Lock()
        self._on: set[str] = set()
        self._functions = self._find_functions()

    @property
    def suffixes(self) -> Sequence[str]:
        """The endings of keys that the stack listens to."""
        return self._suffixes

    def upload(self, key: str, body: BinaryIO) -> Upload:
        """Put an object into the input bucket.

        Raises:
            RefusedError: nothing would listen to it.
        """
        if not key.endswith(tuple(self._suffixes)) or len(key.encode()) > MOST_KEY_BYTES:
            raise RefusedError(
                f"{key}: the stack listens to names that end in {', '.join(self._suffixes)}, of at "
                f"most {MOST_KEY_BYTES} bytes."
            )
        s3, bucket = self._cloud.clients.client("s3"), self._stack.input_bucket
        s3.upload_fileobj(body, bucket, key, Config=UPLOAD)
        head = s3.head_object(Bucket=bucket, Key=key)
        return Upload(
            bucket=bucket,
            key=key,
            version_id=head["VersionId"],
            etag=head["ETag"].strip('"'),
            sequencer=None,
            size=head["ContentLength"],
        )

    def faults(self) -> Sequence[Fault]:
        """All switches, in the order in which they are shown."""
        with self._lock:
            on = set(self._on)
        found = [("", "job_outcome is stopped", STOP_OUTCOME)]
        found = [("", label, name) for name, (label, _) in ORDERS.items()] + found
        for preset in sorted(self._stack.branches):
            found.append((preset, "Pause the pipeline", f"{PAUSE} {preset}"))
            found.append((preset, "Stop the function", f"{STOP} {preset}"))
        return [
            Fault(name=name, label=label, preset=preset or None, is_on=name in on)
            for preset, label, name in found
        ]

    def switch(self, name: str, *, on: bool) -> None:
        """Turn a fault on or off.

        Raises:
            RefusedError: there is no such fault.
        """
        kind, _, preset = name.partition(" ")
        with self._lock:
            wanted = self._on | {name} if on else self._on - {name}
            if name in ORDERS:
                self._order(wanted)
            elif kind == PAUSE and preset in self._stack.branches:
                self._cloud.clients.client("mediaconvert").update_queue(
                    Name=self._stack.outputs["pipeline_arns"][preset].rpartition("/")[2],
                    Status="PAUSED" if on else "ACTIVE",
                )
            elif name in self._functions:
                self._stop(self._functions[name], on=on)
            else:
                raise RefusedError(f"There is no fault {name!r}.")
            self._on = wanted

    def redrive(self, message_ids: Collection[str]) -> Sequence[str]:
        """Send dead letters back; return a sentence for each that could not be sent."""
        clients = Clients(self._stack)
        with Hold(clients.sqs, progress=SILENT) as hold:
            letters = [
                letter
                for letter in hold.take(self._stack.chosen(None))
                if letter.message_id in message_ids
            ]
            gone = obsolete(clients.dynamodb, self._stack, letters)
            redriven = redrive(clients.sqs, hold, letters, gone, SILENT)
        return [f"{', '.join(each.letter.keys)}: {each.error}" for each in redriven if each.error]

    def _order(self, wanted: Collection[str]) -> None:
        """Let the MediaConvert service have these faults and no others: it only forgets all."""
        self._call("DELETE", b"")
        for name in sorted(wanted & ORDERS.keys()):
            self._call("POST", json.dumps(ORDERS[name][1]).encode())

    def _call(self, method: str, body: bytes) -> None:
        url = self._cloud.environment["AWS_ENDPOINT_URL_MEDIACONVERT"] + FAULTS_PATH
        request = urllib.request.Request(url, body, method=method)  # noqa: S310 -- of this process
        no_proxy = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        no_proxy.open(request, timeout=ANSWER_SECONDS).close()

    def _stop(self, function: str, *, on: bool) -> None:
        client = self._cloud.clients.client("lambda")
        if on:
            client.put_function_concurrency(FunctionName=function, **STOPPED)
        else:
            client.delete_function_concurrency(FunctionName=function)

    def _find_functions(self) -> Mapping[str, str]:
        """The functions by the names of their switches, found by the queues that trigger them."""
        presets = {
            branch.queue_url.rpartition("/")[2]: preset
            for preset, branch in self._stack.branches.items()
        }
        found = {}
        pages = self._cloud.clients.client("lambda").get_paginator("list_event_source_mappings")
        for page in pages.paginate():
            for mapping in page["EventSourceMappings"]:
                preset = presets.get(mapping["EventSourceArn"].rpartition(":")[2])
                name = STOP_OUTCOME if preset is None else f"{STOP} {preset}"
                found[name] = mapping["FunctionArn"]
        return found
