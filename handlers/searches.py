"""What reconcile looks for in the input bucket: lost uploads, and renditions to be made (again)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

from handlers.current_version import current_version
from handlers.delivery import FIRST_ATTEMPT
from handlers.inventory import Found, Listed, Wanted
from handlers.ledger import Ledger
from handlers.ledger.branches import Branch
from handlers.ledger.rendition import ENDS, Duty, Failure, Rendition, State
from handlers.ledger.renditions import NotMovedError
from handlers.names import Count
from handlers.output_listing import missing
from handlers.pauses import Pauses

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

LOOKBACK: Final = 14 * 86_400
"""Seconds, as long as a message lives. What is older and unknown is from before the ledger: whether
it is to be rendered is for a person to say, by a backfill."""

OUTPUT_MISSING: Final = Failure(
    code="output_missing",
    reason="A backfill found that the output bucket lacks what was made of the upload.",
)
RENDERED_AGAIN: Final = Failure(
    code="rendered_again", reason="An operator asked for the rendition to be made again."
)


@dataclass(frozen=True, kw_only=True)
class LostUploads:
    """Uploads of the last 14 days that the ledger does not know, for every branch."""

    ledger: Ledger
    branches: Sequence[Branch]
    pauses: Pauses
    s3: "S3Client"
    patience: int
    """Seconds that a notice may take."""

    def choose(self, listed: Sequence[Listed]) -> list[Found | Wanted]:
        """Want what the ledger does not know."""
        recent = [each.upload.digest for each in listed if self.patience <= each.age <= LOOKBACK]
        known = self.ledger.assets.known(recent, self.pauses)
        return [self._choose(each, known) for each in listed]

    def _choose(self, listed: Listed, known: set[str]) -> Found | Wanted:
        if listed.age < self.patience:
            return Found.TOO_YOUNG
        if listed.age > LOOKBACK:
            return Found.TOO_OLD
        if listed.upload.digest in known:
            return Found.KNOWN
        return Wanted(upload=listed.upload, attempt=FIRST_ATTEMPT)

    def prepare(self, wanted: Wanted) -> bool:  # noqa: ARG002 the protocol asks for it
        """Do nothing."""
        return True

    def asked(self, wanted: Wanted) -> None:
        """Note the upload: it is known from now on."""
        presets = [branch.preset for branch in self.branches]
        self.ledger.assets.note(wanted.upload, presets, partial(current_version, self.s3))


@dataclass(kw_only=True)
class _OfOneBranch:
    """What has been rendered for one preset is looked at, and rendered again where it has to be."""

    ledger: Ledger
    branch: Branch
    pauses: Pauses
    _reopens: dict[str, Rendition] = field(default_factory=dict)
    """Renditions that have to be opened again before they are asked for, by the upload's digest."""

    @property
    def branches(self) -> Sequence[Branch]:
        """The one branch."""
        return [self.branch]

    def _renditions(self, listed: Sequence[Listed]) -> dict[str, Rendition]:
        wanted = [(each.upload.digest, self.branch.preset) for each in listed]
        found = self.ledger.renditions.get_all(wanted, self.pauses)
        return {digest: rendition for (digest, _), rendition in found.items()}

    def _again(self, listed: Listed, rendition: Rendition, why: Failure) -> Wanted:
        self._reopens[listed.upload.digest] = rendition
        return Wanted(
            upload=rendition.upload,
            attempt=rendition.attempt + 1,
            failure=why,
            amount=_amount(listed, rendition),
        )

    def prepare(self, wanted: Wanted) -> bool:
        """Open the rendition again, so that the ledger knows of the attempt before the queue."""
        rendition = self._reopens.get(wanted.upload.digest)
        if rendition is None or wanted.failure is None:
            return True
        try:
            reopened = self.ledger.renditions.reopen_ended(rendition, wanted.failure)
        except NotMovedError:
            return False
        self._reopens[wanted.upload.digest] = reopened
        return True

    def asked(self, wanted: Wanted) -> None:
        """Write down that the message is out, which a rendition owed that was opened again."""
        reopened = self._reopens.pop(wanted.upload.digest, None)
        if reopened is None:
            return
        try:
            self.ledger.renditions.done(reopened, Duty.RETRY)
        except NotMovedError:
            return  # The message was quicker than this note of it.


@dataclass(kw_only=True)
class Backfill(_OfOneBranch):
    """Whatever the branch's output bucket lacks, however old, and whatever the ledger believes."""

    s3: "S3Client"
    patience: int
    """Seconds that the notice of an upload may take that is new to the branch."""

    def choose(self, listed: Sequence[Listed]) -> list[Found | Wanted]:
        """Want what the bucket lacks."""
        renditions = self._renditions(listed)
        lacking = self._lacking(renditions.values())
        return [self._choose(each, renditions.get(each.upload.digest), lacking) for each in listed]

    def _choose(
        self, listed: Listed, rendition: Rendition | None, lacking: set[tuple[str, str]]
    ) -> Found | Wanted:
        if rendition is None and listed.age < self.patience:
            return Found.TOO_YOUNG
        if rendition is None:
            # Its output may be there all the same; `submit_job` knows its name, and looks.
            return Wanted(
                upload=listed.upload,
                attempt=FIRST_ATTEMPT,
                unless_rendered=True,
                amount=_amount(listed, None),
            )
        if rendition.state not in ENDS or rendition.owed:
            return Found.UNDER_WAY
        return self._choose_ended(listed, rendition, lacking)

    def _choose_ended(
        self, listed: Listed, rendition: Rendition, lacking: set[tuple[str, str]]
    ) -> Found | Wanted:
        if rendition.state not in {State.COMPLETE, State.SUPERSEDED}:
            # An attempt before the one that failed may have been complete: `submit_job` looks.
            return Wanted(
                upload=rendition.upload,
                attempt=rendition.attempt + 1,
                unless_rendered=True,
                amount=_amount(listed, rendition),
            )
        outputs = {(output.bucket, output.key) for output in rendition.outputs}
        if not outputs:
            return Found.OUTPUTS_UNKNOWN
        if outputs & lacking:
            return self._again(listed, rendition, OUTPUT_MISSING)
        return Found.RENDERED

    def _lacking(self, renditions: Iterable[Rendition]) -> set[tuple[str, str]]:
        """Find what was written once and is not there any more, by bucket and key."""
        wanted = defaultdict(set)
        for rendition in renditions:
            for output in rendition.outputs:
                wanted[output.bucket].add(output.key)
        return {
            (bucket, key)
            for bucket, keys in wanted.items()
            for key in missing(self.s3, bucket, keys, self.pauses)
        }


@dataclass(kw_only=True)
class RenderAgain(_OfOneBranch):
    """Everything under a prefix, or one key, whether it was rendered or not."""

    key: str | None
    """The only key that is wanted; None for all that are listed."""

    def choose(self, listed: Sequence[Listed]) -> list[Found | Wanted]:
        """Want all that is not under way."""
        renditions = self._renditions(listed)
        return [self._choose(each, renditions.get(each.upload.digest)) for each in listed]

    def _choose(self, listed: Listed, rendition: Rendition | None) -> Found | Wanted:
        if self.key is not None and listed.upload.key != self.key:
            return Found.OTHER_KEY
        if rendition is None:
            return Wanted(upload=listed.upload, attempt=FIRST_ATTEMPT, amount=_amount(listed, None))
        if rendition.state not in ENDS or rendition.owed:
            return Found.UNDER_WAY
        return self._again(listed, rendition, RENDERED_AGAIN)


def _amount(listed: Listed, rendition: Rendition | None) -> Counter[str]:
    """Say how much there is to encode, as far as that is known."""
    outputs = rendition.outputs if rendition else ()
    longest = max((output.duration_ms or 0 for output in outputs), default=0)
    if longest:
        return Counter({Count.MEASURED_SECONDS: -(-longest // 1000)})
    return Counter({Count.UNMEASURED: 1, Count.UNMEASURED_BYTES: listed.upload.size})
