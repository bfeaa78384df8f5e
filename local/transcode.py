"""`python -m local transcode`: files in, renditions out."""

import json
import sys
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import av
from boto3.exceptions import S3UploadFailedError
from botocore.exceptions import BotoCoreError, ClientError

from local import interrupts
from local.cloud import LocalCloud
from local.collect import Shelf, probe
from local.follow import TIMEOUT, Follow
from local.progress import Progress, shown
from local.rendition import UNSEEN, Failure, Rendition, Sight, State
from local.result import Result
from local.table import print_table
from local.titles import titles
from local.upload import keys, upload
from local.watch import Watch
from operate.stack_config import StackConfig

UPLOAD: Final = "upload"
"""Code of a rendition whose file could not be uploaded."""

DOWNLOAD: Final = "download"
"""Code of a rendition that was made but could not be put on this machine."""


@dataclass(frozen=True)
class Order:
    """What the user asked for."""

    sources: Sequence[Path]
    stack: StackConfig
    out: Path
    """The folder for the renditions."""

    timeout: float
    """Seconds without progress after which a rendition is given up."""

    as_json: bool

    paused: Collection[str] = ()
    """Presets whose pipelines do not run: nobody waits for them."""


def transcode(order: Order) -> int:
    """Deploy, upload, wait, fetch, show.

    Returns:
        0 when every rendition is there, 1 when one is not.

    Raises:
        LocalError: the local cloud did not start, or did not last.
    """
    with LocalCloud(order.stack) as cloud:
        run = _Run(cloud, order)
        interrupts.on_exit(run.summary)
        try:
            with shown(run.renditions) as progress:
                for result in run.results(progress):
                    if order.as_json:
                        sys.stdout.write(json.dumps(result.as_json()) + "\n")
                        sys.stdout.flush()
        except BotoCoreError:
            # What cannot be reached may be gone; that error says more.
            cloud.check()
            raise
        if any(result.failure and result.failure.code == TIMEOUT for result in run.ended):
            sys.stderr.write(cloud.log_tail() + "\n")
    if not order.as_json:
        print_table(run.in_order())
    return 1 if any(result.failure for result in run.ended) else 0


class _Run:
    """One run on a cloud that is up."""

    def __init__(self, cloud: LocalCloud, order: Order) -> None:
        self._cloud = cloud
        self._order = order
        self._shelf = Shelf(order.out, order.sources)
        self._uploads = dict(zip(keys(order.sources), order.sources, strict=True))
        self._titles = dict(zip(self._uploads, titles(order.sources), strict=True))
        self.renditions = [
            Rendition(source, key, preset, self._titles[key])
            for key, source in self._uploads.items()
            for preset in cloud.outputs["output_buckets"]
            if preset not in order.paused
        ]
        self.ended: list[Result] = []

    def results(self, progress: Progress) -> Iterator[Result]:
        """Each rendition's result, as it ends."""
        for result in self._results(progress):
            self.ended.append(result)
            yield result

    def summary(self) -> str:
        """What the user has when the run ends before its time."""
        saved = sum(not result.failure for result in self.ended)
        return f"Interrupted: {saved} of {len(self.renditions)} in {self._order.out}/"

    def in_order(self) -> list[Result]:
        """The results in the order of the files, and of the stack's presets."""
        return sorted(self.ended, key=lambda result: self.renditions.index(result.rendition))

    def _results(self, progress: Progress) -> Iterator[Result]:
        refused = self._upload(progress)
        for rendition in self.renditions:
            if rendition.key in refused:
                progress.rendition(rendition, Sight(State.ERROR))
                yield Result(rendition, UNSEEN, failure=Failure(UPLOAD, refused[rendition.key]))
        follow = Follow(
            Watch(self._cloud.clients, self._cloud.outputs),
            [rendition for rendition in self.renditions if rendition.key not in refused],
            self._order.timeout,
        )
        for rendition, sight in follow.until_all_ended(progress.rendition):
            yield (
                Result(rendition, sight, failure=sight.failure)
                if sight.failure
                else self._fetch(rendition, sight)
            )

    def _upload(self, progress: Progress) -> dict[str, str]:
        """Upload every file; why not, by key, for those that could not be."""
        refused = {}
        bucket: str = self._cloud.outputs["input_bucket"]
        for key, source in self._uploads.items():
            try:
                on_bytes = partial(progress.upload, self._titles[key])
                upload(self._cloud.clients, bucket, source, key, on_bytes)
            except (S3UploadFailedError, ClientError, OSError) as error:
                refused[key] = str(error)
        return refused

    def _fetch(self, rendition: Rendition, sight: Sight) -> Result:
        try:
            files = self._shelf.fetch(
                self._cloud.clients, sight.bucket, sight.output_key, rendition
            )
            return Result(rendition, sight, files=files, probe=probe(files[0]))
        except (ClientError, OSError, av.FFmpegError) as error:
            return Result(rendition, sight, failure=Failure(DOWNLOAD, str(error)))
