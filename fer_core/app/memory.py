"""What the server keeps in memory, and when it lets go of it."""

import gc
import time

import streamlit as st

from fer_core.app import _compat

SECONDS_BETWEEN = 5.0
_last_collection = 0.0


def keep_uploads_in_memory() -> None:
    """Have the server keep what it receives in memory: by itself it writes files above 1 MB to the disk for a moment.

    The limit for files, server.maxUploadSize, bounds what that takes. It is set before any visitor can upload,
    because it is imported with the first page.
    """
    _compat.keep_uploads_in_memory((st.get_option("server.maxUploadSize") + 1) * 2**20)


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
