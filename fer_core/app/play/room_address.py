"""Where phones find a room: an address that they can reach, and its QR code. No Streamlit."""

import io
import socket
from functools import lru_cache
from urllib.parse import urlencode, urlsplit, urlunsplit

import segno

from fer_core.app.hosting import is_local

ROOM = "room"
"""The parameter that holds a room's code in the address of the page to join."""


def make_join_address(url: str, page: str, code: str | None = None) -> str:
    """Return the address of the page "join" beside `page`, which stands at `url`; with `code`, of that room.

    A presenter's own machine is `localhost` to itself alone: then its address in the network takes that place.
    """
    parts = urlsplit(url)
    path = parts.path.removesuffix("/").removesuffix(page)
    host = parts.netloc
    if is_local(parts.hostname) and (found := find_own_address()):
        host = f"{found}:{parts.port}" if parts.port else found
    query = urlencode({ROOM: code}) if code else ""
    return urlunsplit((parts.scheme, host, f"{path.rstrip('/')}/join", query, ""))


def shorten(address: str) -> str:
    """Leave out what nobody types."""
    return address.partition("://")[2]


def find_own_address() -> str | None:
    """Return this machine's address in its network, or None. Asks the routing table; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("10.255.255.255", 1))
            return probe.getsockname()[0]
        except OSError:
            return None


@lru_cache(maxsize=40)
def make_qr_code(address: str) -> bytes:
    """Return a QR code as PNG, black on white in every theme, so that every camera reads it."""
    buffer = io.BytesIO()
    segno.make(address, error="m", micro=False).save(buffer, kind="png", scale=10, border=3)
    return buffer.getvalue()
