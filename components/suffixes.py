"""Which keys are transcoded: the endings that S3 notifies about."""

from collections.abc import Sequence


class SuffixError(ValueError):
    """The list of suffixes cannot work; the message says which entry and why."""


def case_forms(suffixes: Sequence[str]) -> tuple[str, ...]:
    """Each suffix in lower and in upper case, without repeats, because S3 tells the two apart.

    Raises:
        SuffixError: the list is empty, an entry is no ending such as `.mp4`, or one ends in
            another, which S3 refuses as overlapping.
    """
    if not suffixes:
        raise SuffixError("suffixes: the list is empty; give at least one, such as .mp4")
    for suffix in suffixes:
        if not isinstance(suffix, str) or len(suffix) < 2 or not suffix.startswith("."):  # noqa: PLR2004 -- a dot and a letter
            raise SuffixError(f"suffixes: {suffix!r} is no ending of a file name, such as .mp4")
    forms = tuple(dict.fromkeys(form for s in suffixes for form in (s.lower(), s.upper())))
    for form in forms:
        for other in forms:
            if form != other and form.endswith(other):
                raise SuffixError(
                    f"suffixes: {form!r} ends in {other!r}, and S3 refuses endings that overlap; "
                    f"keep {other!r} alone"
                )
    return forms
