"""What the project assumes of AWS: one check for each line that `verify` prints."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from operate.verify import looks
from operate.verify.facts import Facts
from operate.verify.looks import LISTED_WITHIN, Finding, Look, Verdict


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that the project assumes."""

    name: str
    """The beginning of its line."""
    assumes: str
    documented: str
    """The page on which AWS documents it, or that none does."""
    look: Look


@dataclass(frozen=True)
class Line:
    """The result of a check for all presets."""

    check: Check
    findings: Mapping[str, Finding]

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of all presets."""
        return max((each.verdict for each in self.findings.values()), key=list(Verdict).index)

    @property
    def text(self) -> str:
        """The texts of the findings with the worst verdict, each once."""
        told: dict[str, list[str]] = {}
        for preset, finding in self.findings.items():
            if finding.verdict == self.verdict:
                told.setdefault(_told(finding), []).append(preset)
        if len(told) == 1 and len(self.findings) == sum(map(len, told.values())):
            return next(iter(told))
        return "; ".join(f"{', '.join(presets)}: {text}" for text, presets in told.items())

    def as_json(self) -> dict[str, Any]:
        """Its line of `--json`. The members are an interface: other tools read them."""
        return {
            "check": self.check.name,
            "verdict": self.verdict,
            "text": self.text,
            "presets": {
                preset: {
                    "verdict": finding.verdict,
                    "text": finding.text,
                    "seconds": finding.seconds,
                }
                for preset, finding in self.findings.items()
            },
        }


def judge(facts: Facts) -> list[Line]:
    """Run every check on the facts."""
    return [
        Line(check, {name: check.look(facts, branch) for name, branch in facts.branches.items()})
        for check in CHECKS
    ]


def _told(finding: Finding) -> str:
    seconds = None if finding.seconds is None else f"after {finding.seconds:.1f} s"
    return ", ".join(filter(None, (finding.text, seconds)))


API: Final = "MediaConvert API Reference"
"""It has the same members as botocore's model."""

GUIDE: Final = "MediaConvert User Guide"

NO_PAGE: Final = "no page of AWS says"

CHECKS: Final = (
    Check(
        name="notification",
        assumes="S3 notifies the topic about every new object, with its URL-encoded key, version, "
        "ETag and size.",
        documented="S3 User Guide, *Event message structure*; the delay: typically seconds, "
        "sometimes a minute or longer.",
        look=looks.notification,
    ),
    Check(
        name="delivery",
        assumes="The queue's policy lets SNS deliver, and the function accepts the notification: "
        "there is no dead letter.",
        documented="SNS Developer Guide, *Fanout to Amazon SQS queues*, by an example of a policy "
        f"with `aws:SourceArn`. Which other condition keys SNS sends: {NO_PAGE}.",
        look=looks.of_notified(looks.delivery),
    ),
    Check(
        name="job",
        assumes="`submit_job` may create a job in its pipeline and pass the pipeline's role on; "
        "GetJob returns the role, the queue and the metadata that were asked for.",
        documented=f"{API}, *Jobs*; Service Authorization Reference. How soon a new role is known "
        f"to MediaConvert: {NO_PAGE}.",
        look=looks.of_notified(looks.job),
    ),
    Check(
        name="one job",
        assumes="There are no more jobs than attempts.",
        documented=f"{API}, *Jobs*: a ClientRequestToken works for a minute. After that, the "
        "ledger prevents a second job.",
        look=looks.of_job(looks.one_job),
    ),
    Check(
        name="ListJobs",
        assumes="ListJobs of the pipeline, newest first, returns a job within "
        f"{LISTED_WITHIN} seconds of CreateJob: the search for a lost answer relies on it.",
        documented=f"{API}, *Jobs*: the order. How soon a job is listed: {NO_PAGE}.",
        look=looks.listing(lambda branch: branch.listed_at),
    ),
    Check(
        name="SearchJobs",
        assumes="SearchJobs by input file and pipeline returns a job within the same time.",
        documented=f"{API}, *Search*: the filters. How soon a job is found: {NO_PAGE}.",
        look=looks.listing(lambda branch: branch.searched_at),
    ),
    Check(
        name="end of the job",
        assumes="MediaConvert assumes the pipeline's role, whose trust names the pipeline as the "
        "source; it reads the upload and writes the rendition.",
        documented=f"{GUIDE}, on preventing the confused deputy. How long a job waits and takes: "
        f"{NO_PAGE}.",
        look=looks.of_job(looks.end),
    ),
    Check(
        name="billing tags",
        assumes="The job is billed to the tags of its pipeline.",
        documented=f"{API}, *Jobs*, `billingTagsSource`.",
        look=looks.of_job(looks.billing_tags),
    ),
    Check(
        name="tier",
        assumes="The job is billed at the tier that the estimate assumes: basic, where the preset "
        "does not ask for more.",
        documented="The pricing page lists what is beyond the basic tier. No answer of the API "
        "names the tier, except that an accelerated job is professional.",
        look=looks.of_job(looks.tier),
    ),
    Check(
        name="event",
        assumes="EventBridge gets an event of the job's end, with its metadata, the paths of its "
        "outputs and their lengths.",
        documented=f"{GUIDE}, [COMPLETE](https://docs.aws.amazon.com/mediaconvert/latest/ug/"
        "ev_status_complete.html), by an example; [delivery]"
        "(https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-mediaconvert.html): "
        f"durable, which means at least once. The delay: {NO_PAGE}.",
        look=looks.of_job(looks.event),
    ),
    Check(
        name="outcome",
        assumes="The stack's own rule, whose pattern names `aws.mediaconvert`, sends the event to "
        "the outcome queue, and the end is written to the ledger.",
        documented="EventBridge User Guide, [resource-based policies]"
        "(https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html), "
        f"by an example with `aws:SourceArn`. Which other condition keys it sends: {NO_PAGE}.",
        look=looks.of_job(looks.outcome),
    ),
    Check(
        name="output",
        assumes="Every output is written where destination, name modifier and extension say; "
        "stills and segments are numbered behind the modifier.",
        documented=f"{GUIDE}, [output file names and paths]"
        "(https://docs.aws.amazon.com/mediaconvert/latest/ug/output-file-names-and-paths.html).",
        look=looks.of_complete(looks.output),
    ),
    Check(
        name="streams",
        assumes="A picture is fitted into the preset's box and not enlarged; codecs, sound and "
        "length are what the preset asks for.",
        documented=f"{API}, *Jobs*, `scalingBehavior`. How a side is rounded to an even number: "
        f"{NO_PAGE}.",
        look=looks.of_complete(looks.streams),
    ),
    Check(
        name="announcement",
        assumes="A subscriber of the completed topic receives an announcement of each rendition.",
        documented="SNS Developer Guide: at least once.",
        look=looks.of_job(looks.announcement),
    ),
    Check(
        name="asset",
        assumes="It receives the announcement of the asset when all renditions have ended. The "
        "delay is counted from the upload.",
        documented="SNS Developer Guide: at least once.",
        look=looks.of_notified(looks.asset),
    ),
    Check(
        name="dead letter",
        assumes="A file that is no video becomes a dead letter with a code and a reason.",
        documented=f"{GUIDE}, *Error codes*. Which code which file gets: {NO_PAGE}.",
        look=looks.of_notified(looks.dead_letter),
    ),
)
"""In the order of a sample's way through the stack."""
