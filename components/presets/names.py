"""Which names a preset can have: what AWS and the fan-out's own resources leave."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from components.wording import shown

_NAME = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")

_RESERVED = ("completed", "input", "ledger", "outcome", "output", "reconcile", "topic", "upload")
"""First words of the names of the fan-out's own resources, which stand where a preset's would."""

_DEAD_LETTER_SUFFIX = "-dlq"
"""What a preset's dead-letter queue has behind the preset's own name."""


def name_problems(name: str) -> Iterator[str]:
    """Yield a sentence for each reason why no resource could carry a name.

    Args:
        name: a preset's, or a shared pipeline's.
    """
    if not _NAME.fullmatch(name):
        yield (
            f"{shown(name)} must be lower case letters, digits and hyphens, with a letter or digit "
            "at both ends; S3 takes nothing else in the name of a bucket."
        )
    if name.split("-", maxsplit=1)[0] in _RESERVED or name.endswith(_DEAD_LETTER_SUFFIX):
        yield (
            f"{shown(name)} is taken by the fan-out's own resources; a name must not begin with "
            f"{', '.join(_RESERVED)} or end with {_DEAD_LETTER_SUFFIX}."
        )


def duplicate_names(names: Sequence[Any]) -> Iterator[str]:
    """Yield a sentence for each name that is used more than once.

    Args:
        names: what the entries have as names; only text is looked at.
    """
    texts = [name for name in names if isinstance(name, str)]
    # Bucket names have one case only, so names that differ in nothing else are the same.
    for name, count in Counter(map(str.lower, texts)).items():
        if count > 1:
            spelled = ", ".join(shown(text) for text in texts if text.lower() == name)
            yield f"{count} entries have the same name, {spelled}; every preset needs its own."
