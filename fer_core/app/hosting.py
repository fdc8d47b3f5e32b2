"""What a visitor may do on this server, and may know of it: what its operator says, and else what is safe."""

import ipaddress
import os
import re
from pathlib import Path

import streamlit as st

DOWNLOAD = "FER_DOWNLOAD"
"""Environment variable: 1 lets every visitor fetch FER2013 from Kaggle, 0 nobody."""
FORWARDED = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP")
"""Headers of a reverse proxy, behind which a stranger's address looks like this machine's."""

ROOT = Path(__file__).resolve().parents[2]
PLACES = ("FER_ARTIFACTS", "FER2013_PATH", "FERPLUS_PATH")
FOLDERS = re.compile(r"(?<!\]\()(?<![\w.:/~\\)\]])(?:[A-Za-z]:)?[/\\](?:[^\s/\\'\"`:,]+[/\\])*(?=[^\s/\\])")
"""The folders before a name in an absolute path; neither an address nor "and/or"."""


def may_download() -> bool:
    """Say whether this visitor may bring FER2013, pictures of real people, to this server.

    Where the operator says nothing (DOWNLOAD), only somebody who sits at this very machine.
    """
    allowed = os.environ.get(DOWNLOAD, "").strip().lower()
    return allowed in ("1", "true", "yes", "on") if allowed else is_at_this_machine()


def is_at_this_machine() -> bool:
    """Say whether the visitor's browser runs on this machine, no proxy between."""
    headers = st.context.headers
    if st.context.ip_address is not None or any(headers.get(name) for name in FORWARDED):
        return False
    host = headers.get("Host") or ""
    return is_local(host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0])


def is_local(hostname: str | None) -> bool:
    """Say whether a page's host name is this very machine."""
    try:
        return ipaddress.ip_address((hostname or "").strip("[]")).is_loopback
    except ValueError:
        return hostname == "localhost"


def hide_folders(text: str) -> str:
    """Leave this server's folders out of a message for visitors; a file's own name stays."""
    named = [Path(os.environ[name]).absolute().parent for name in PLACES if os.environ.get(name)]
    for place in [ROOT, Path.home(), *named]:
        if place != Path(place.anchor):
            text = text.replace(f"{place}{os.sep}", "")  # as a whole: a blank in a folder's name would end the pattern
    return FOLDERS.sub("", text)
