"""Which keys are transcoded: the endings that S3 notifies about."""

from collections.abc import Iterator, Sequence
from typing import Any

from components.wording import shown

_SHORTEST = 2
"""A dot and a letter."""


class SuffixError(ValueError):
    """The list of suffixes cannot work; the message says which entries and why."""


def case_forms(suffixes: Sequence[str]) -> tuple[str, ...]:
    """Each suffix in lower and in upper case, without repeats, because S3 tells the two apart.

    Raises:
        SuffixError: something is wrong with the list, as `suffix_problems` says.
    """
    problems = list(suffix_problems(suffixes))
    if problems:
        raise SuffixError("; ".join(problems))
    return _forms(suffixes)


def suffix_problems(suffixes: Any) -> Iterator[str]:
    """Yield what is wrong: no list, an entry that is no ending, or one that ends in another.

    Args:
        suffixes: as the configuration has them.
    """
    if not isinstance(suffixes, list | tuple) or not suffixes:
        yield f"suffixes is {shown(suffixes)}; it must be a list of at least one, such as .mp4"
        return
    wrong = [suffix for suffix in suffixes if not _is_ending(suffix)]
    for suffix in wrong:
        yield f"suffixes: {shown(suffix)} is no ending of a file name, such as .mp4"
    right = dict.fromkeys(suffix.lower() for suffix in suffixes if suffix not in wrong)
    for suffix in right:
        for other in right:
            if suffix != other and suffix.endswith(other):
                yield (
                    f"suffixes: {shown(suffix)} ends in {shown(other)}, and S3 refuses endings "
                    f"that overlap; keep {shown(other)} alone"
                )


def _is_ending(suffix: Any) -> bool:
    # The functions are handed the list with commas between.
    is_text = isinstance(suffix, str) and len(suffix) >= _SHORTEST and "," not in suffix
    return is_text and suffix.startswith(".")


def _forms(suffixes: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(form for s in suffixes for form in (s.lower(), s.upper())))
