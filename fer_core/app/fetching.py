"""FER2013 on a hosted dashboard: fetched when the server starts, if its operator set FER2013_FETCH; nobody presses a button."""

import logging
import os
import threading
from dataclasses import dataclass

import streamlit as st

from fer_core.app import loading
from fer_core.app.hosting import hide_folders
from fer_core.data import DatasetError
from fer_core.data.fetch import SETTING, fetch_dataset

logger = logging.getLogger(__name__)


@dataclass
class Fetch:
    """How far it is: `share` from 0 to 1, what happens now, and in `problem` why it did not work."""

    share: float = 0.0
    text: str = "Fetching FER2013"
    problem: str = ""
    done: bool = False

    def note(self, share: float, text: str) -> None:
        self.share, self.text = share, text


def start_fetch() -> Fetch | None:
    """Begin to fetch FER2013, once per server, if the operator asked for it and it is not here; None otherwise."""
    origin = os.environ.get(SETTING, "").strip()  # Streamlit puts secrets of a single word there, too
    return _start(origin) if origin else None


@st.cache_resource(show_spinner=False)
def _start(origin: str) -> Fetch | None:
    try:
        if loading.find_dataset_path():
            return None
    except DatasetError:  # FER2013_PATH is wrong, which the pages say
        return None
    fetch = Fetch()
    threading.Thread(target=_work, args=(origin, fetch), name="fetch-fer2013", daemon=True).start()
    return fetch


def _work(origin: str, fetch: Fetch) -> None:
    try:
        fetch_dataset(origin, fetch.note)
    except DatasetError as error:
        fetch.problem = str(error)
        logger.warning("%s", error)
    except Exception:
        fetch.problem = "FER2013 could not be fetched: the server's log says why."
        logger.exception("FER2013 could not be fetched")
    fetch.done = True


def render_fetch() -> bool:
    """Show how far the fetching is; returns False where nothing is being fetched. The page goes on when it is done."""
    fetch = start_fetch()
    if fetch is None or (fetch.done and not fetch.problem):
        return False
    _render(fetch)
    return True


@st.fragment(run_every=1.5)
def _render(fetch: Fetch) -> None:
    if fetch.problem:
        st.warning(hide_folders(fetch.problem), icon=":material/cloud_off:", title="FER2013 is not here yet")
    elif fetch.done:
        st.rerun()
    else:
        st.progress(min(fetch.share, 1.0), f"{fetch.text}. Until it is here, pages show what needs no pictures.")
