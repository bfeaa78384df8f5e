"""Keys of uploads with all that paths, URLs, XML, templates and output names can trip over."""

NUMBER = "<n>"
"""Stands for a group's number."""

LONG = "/".join(["x" * 62] * 16)
"""A key that begins so is within S3's 1,024 bytes, and with a rendition's ending it is not."""

SHAPES = (
    "<n>.mp4",
    "<n>.MP4",
    "<n>.mp4.mp4",
    "<n>-tiny.mp4",
    "folder/<n>.mp4",
    "folder/deeper/<n>.mp4",
    "<n> with  spaces .mp4",
    "a+b %20 %2B c% <n>.mp4",
    "$dollar$ ${<n>} $t$.mp4",
    "'single' \"double\" `back` <n>.mp4",
    "😀/été-日本-<n>.mp4",
    "&amp;<tag>;|*?#[]{}\\^~ <n>.mp4",
    "<n>.2024.mp4",
    "<n>~0123456789abcdef0123456789abcdef.mp4",
    ".hidden-<n>.mp4",
    f"{LONG}/<n>.mp4",
)


def hostile_key(number: int) -> str:
    """Give a key that no other number has; neighbours differ in as little as a letter's case."""
    group, shape = divmod(number, len(SHAPES))
    return SHAPES[shape].replace(NUMBER, str(group))
