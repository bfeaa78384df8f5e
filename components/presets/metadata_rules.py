"""What AWS lets a tag, and MediaConvert an entry of user metadata, consist of."""

from collections.abc import Iterator, Mapping

from components.wording import shown

_LONGEST_KEY = 128
_LONGEST_VALUE = 256
_PUNCTUATION = " _.:/=+-@"
"""Allowed beside letters and digits of any language."""


def broken_metadata_rules(entries: Mapping[str, str], path: str, *, most: int) -> Iterator[str]:
    """Yield a sentence for each rule that tags or user metadata break.

    Args:
        entries: keys and values, all text.
        path: what the sentences call them.
        most: how many entries there may be.
    """
    if len(entries) > most:
        yield f"{path} has {len(entries)} entries; there may be at most {most}."
    for key, value in entries.items():
        where = f"{path}[{shown(key)}]"
        if not key:
            yield f"{where} has an empty key."
        if key.lower().startswith("aws:"):
            yield f"{where} begins with aws:, which is reserved for AWS."
        for kind, text, longest in (("key", key, _LONGEST_KEY), ("value", value, _LONGEST_VALUE)):
            if len(text) > longest:
                yield (
                    f"the {kind} of {where} has {len(text)} characters; "
                    f"there may be at most {longest}."
                )
            if not all(char.isalnum() or char in _PUNCTUATION for char in text):
                yield (
                    f"the {kind} of {where} is {shown(text)}; allowed are letters, digits, "
                    f"spaces and {_PUNCTUATION.strip()}"
                )
