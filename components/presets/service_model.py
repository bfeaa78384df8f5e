"""Check a MediaConvert job before it costs anything: by the service's own model, and its rules."""

from collections.abc import Mapping
from typing import Any

from components.aws_requests import check_request, operation
from components.presets.job_rules import broken_rules


def check_job(document: Mapping[str, Any]) -> list[str]:
    """Return every problem of a complete CreateJob request.

    Args:
        document: The request as boto3 takes it (`Role`, `Settings`, ...).

    Returns:
        Sentences that name the path, the value and what is allowed; empty when the request is
        valid. The rules between fields are left out while a type is wrong, because they could
        not be read.
    """
    problems = list(check_request(document, operation("mediaconvert", "CreateJob")))
    sentences = [problem.sentence for problem in problems]
    if any(problem.is_wrong_type for problem in problems):
        return sentences
    return [*sentences, *broken_rules(document)]
