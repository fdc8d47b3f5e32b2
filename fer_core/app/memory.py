"""What the server keeps in memory, and when it lets go of it."""

import gc
import logging
import os
import threading
import time
from collections.abc import Mapping

import streamlit as st

from fer_core.app import _compat
from fer_core.app.formats import format_duration

UPLOADS = "FER_UPLOADS_MB"
"""Environment variable: megabytes of uploads that the server holds at most, of all visitors together."""
OF_VISIT, OF_ALL = 210_000_000, 300_000_000
"""Bytes. Of a visit a little more than its album takes, so that the page says what was left out."""
SECONDS_BETWEEN_VISITS = 15.0
SECONDS_BETWEEN = 5.0
_last_collection = 0.0
logger = logging.getLogger(__name__)


def guard_memory() -> None:
    """Bound what visitors can put into this server's memory, keep it off the disk, and forget it after their visit.

    Called with the first page, before anybody can upload.
    """
    _compat.keep_uploads_in_memory((st.get_option("server.maxUploadSize") + 1) * 2**20)
    if _compat.is_serving():
        _compat.bound_uploads(OF_VISIT, find_bound(os.environ))
        threading.Thread(target=_forget_now_and_then, daemon=True, name="forget").start()


def find_bound(environment: Mapping[str, str]) -> int:
    """Return how many bytes all visitors' uploads may take together: UPLOADS in the environment, else OF_ALL."""
    given = environment.get(UPLOADS, "").strip()
    return int(given) * 1_000_000 if given.isdigit() and int(given) else OF_ALL


def describe_stay() -> str:
    """Return how long pictures outlive the visit that brought them: "2 min"."""
    return format_duration(st.get_option("server.disconnectedSessionTTL"))


def _forget_now_and_then() -> None:
    while True:
        time.sleep(SECONDS_BETWEEN_VISITS)
        try:
            _compat.forget_left_visits()
        except RuntimeError:  # the server ends
            return
        except Exception:  # Streamlit has moved it: visits go when the next visitor comes
            logger.exception("Visits that were left are not forgotten by the clock")
            return
        gc.collect()


def collect_garbage() -> None:
    """Free what visitors who left have left behind; call it after every run of a page.

    Instead of Streamlit's own full collection after each run (runner.postScriptGC), which holds all visitors up for
    a tenth of a second: with twenty at once that was more than half of the server's work.
    """
    global _last_collection
    now = time.monotonic()
    if now - _last_collection > SECONDS_BETWEEN:
        _last_collection = now
        gc.collect()
