"""How often a JPEG's decoder goes over all pixels, told from the markers of its main picture alone.

A file holds more than that picture: a preview in its EXIF, and behind it what phones append, such as a few seconds of
video. Neither is decoded. The walk reads markers as libjpeg does, takes any bytes, and ends after MAX_SEGMENTS.
"""

from collections.abc import Iterator
from itertools import islice

import numpy as np

MAX_SCANS = 100  # a file can ask for thousands of passes over all pixels
MAX_SEGMENTS = 5_000  # photos have tens
SCAN, END = 0xDA, 0xD9
SEQUENTIAL = (0xC0, 0xC1, 0xC9)
"""Frames whose scans each bring their components whole, unlike a progressive picture's."""
SHORTEST, LONGEST = 2**9, 2**18
"""Bytes searched at once: few while segments lie side by side, many among pixels."""


def has_one_pass(data: bytes) -> bool:
    """Say whether one scan brings the whole picture, so that it can be reduced while it is decoded."""
    components = None
    for kind, content in _walk(data):
        if kind in SEQUENTIAL:
            components = data[content + 5 : content + 6]
        if kind == SCAN:
            return components is not None and data[content : content + 1] >= components
    return False


def takes_too_long(data: bytes) -> bool:
    """Say whether decoding takes more passes than any photo app asks for."""
    if has_one_pass(data):
        return False
    kinds = [kind for kind, _ in _walk(data)]
    return len(kinds) == MAX_SEGMENTS or kinds.count(SCAN) > MAX_SCANS


def _walk(data: bytes) -> Iterator[tuple[int, int]]:
    """Each segment's marker and where its content begins, up to the end of the main picture."""
    return islice(_walk_on(data), MAX_SEGMENTS)


def _walk_on(data: bytes) -> Iterator[tuple[int, int]]:
    place = 2
    while (place := _find_marker(data, place)) is not None and (kind := data[place + 1]) != END:
        yield kind, place + 4
        place += 2 + max(int.from_bytes(data[place + 2 : place + 4]), 2)


def _find_marker(data: bytes, place: int) -> int | None:
    size, values = SHORTEST, np.frombuffer(data, np.uint8)
    while place < len(data) - 1:
        piece = values[place : place + size]
        hits = (piece[:-1] == 0xFF) & _begins_segment(piece[1:])
        first = int(hits.argmax())
        if hits[first]:
            return place + first
        place, size = place + size - 1, min(2 * size, LONGEST)
    return None


def _begins_segment(after: np.ndarray) -> np.ndarray:
    """Whether these bytes begin a segment when FF precedes them: C0 to FE, but for RST0 to RST7.

    Among compressed pixels, FF precedes nothing else than 00 and RST0 to RST7.
    """
    return (after >= 0xC0) & (after < 0xFF) & ((after & 0xF8) != 0xD0)
